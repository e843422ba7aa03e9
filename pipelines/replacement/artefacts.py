"""What the steps committed for a unit, as the build's assembler asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ieiw.builders.replacement.made import Replaced, ReplacementJob
from ieiw.pipelines.replacement.stage import StepStage
from ieiw.triplets.images.codec import decode
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.replacement import Captioned, Outcome, Painted, V, Written, read_outcomes
from ieiw.triplets.records import Attempt
from ieiw.triplets.rejects import Refusal
from ieiw.triplets.storage.store import Store


class Committed:
    """Gives replacements by record.

    Args:
        store: of the build.
        steps: of the source, in order.
        ref: the unit.
        attempts: of the unit that are replacements.
    """

    batch = 16

    def __init__(self, store: Store, steps: Sequence[StepStage], ref: UnitRef, attempts: Iterable[Attempt]) -> None:
        _, paint, caption, write = (step.mark(ref) for step in steps)
        self._painted = _by_key(read_outcomes(store, paint, Painted))
        self._captioned = _by_key(read_outcomes(store, caption, Captioned))
        self._written = _by_key(read_outcomes(store, write, Written))
        self._variants: dict[str, dict[int, str]] = {}
        for attempt in attempts:
            self._variants.setdefault(attempt.record.id, {})[attempt.variant] = attempt.key

    def get(self, jobs: Sequence[ReplacementJob]) -> Sequence[Mapping[int, Replaced | Refusal]]:
        """For each record: variant -> what was made, or why nothing was."""
        return [{at: self._one(key) for at, key in self._variants[job.record].items()} for job in jobs]

    def _one(self, key: str) -> Replaced | Refusal:
        written = self._written[key].value
        if isinstance(written, Refusal):
            return written
        painted, captioned = _of(self._painted[key], Painted), _of(self._captioned[key], Captioned)
        return Replaced(
            painted, decode(self._painted[key].files[0]).pixels, captioned, _of(self._written[key], Written)
        )


def _by_key(outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
    return {each.key: each for each in outcomes}


def _of(outcome: Outcome, kind: type[V]) -> V:
    """The value of an outcome that stands.

    Raises:
        TypeError: it does not: files of two steps do not fit together.
    """
    if not isinstance(outcome.value, kind):
        raise TypeError(f"{outcome.key}: {type(outcome.value).__name__} where {kind.__name__} was expected")
    return outcome.value
