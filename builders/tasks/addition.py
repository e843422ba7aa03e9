"""Addition: a removal read backwards; source is the picture without the region, target is the picture."""

from __future__ import annotations

from ieiw.builders.instructions.phrases import NounPhrase
from ieiw.builders.tasks._erasure import Erasure
from ieiw.triplets.rejects import Reason, Refusal


class Addition(Erasure):
    """IEIW's object addition: the exact bytes of the removal, swapped."""

    name = "addition"
    mirrors = "removal"

    def _check_sayable(self, phrase: NounPhrase) -> None:
        if not phrase.indefinite:
            raise Refusal(Reason.PHRASE_UNUSABLE, f"{phrase.raw!r} is told by what is not there before it is added")
