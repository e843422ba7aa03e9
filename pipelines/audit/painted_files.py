"""Small pictures of references and candidates, which the step *paint* keeps beside what it painted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ieiw.pipelines.audit.contact_sheets import Card
from ieiw.pipelines.audit.replacement_steps import damage_named, step_folders
from ieiw.pipelines.audit.thumbnails import small
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.layout.replacement import Outcome, Painted, read_outcomes, unit_file
from ieiw.triplets.layout.replacement_facts import Facts
from ieiw.triplets.storage.store import Store

_MOST = 8
"""Candidates that are shown of a triplet: the best, and of the references those that they were painted from."""


@dataclass(frozen=True, slots=True)
class Found:
    """Digests by number, and WebP bytes by digest; all empty where the files are gone."""

    references: Mapping[int, str] = field(default_factory=dict)
    candidates: Mapping[int, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)


class PaintedFiles:
    """Finds them.

    Args:
        store: of the build.
        state: of the build.
        side: pixels of the longer side of a picture.
    """

    def __init__(self, store: Store, state: BuildState, side: int) -> None:
        self._store, self._side = store, side
        self._refs = {(ref.source, ref.unit): ref for ref in state.refs()}

    def of(self, card: Card, facts: Facts) -> Found:
        """The pictures of one triplet.

        Raises:
            UsageError: they are damaged.
        """
        for folder in step_folders(self._store, card.source, "paint"):
            file = unit_file(folder, self._refs[card.source, card.unit])
            if not self._store.exists(file):
                continue
            with damage_named(self._store, file):
                for outcome in read_outcomes(self._store, file, Painted, keys=[card.key]):
                    if _is_of(outcome, facts):
                        return self._found(outcome, facts, file)
        return Found()

    def _found(self, outcome: Outcome, facts: Facts, file: str) -> Found:
        used = list(dict.fromkeys(each.reference for each in facts.candidates))
        _, *files = outcome.files
        if len(files) != len(facts.candidates) + len(used):
            raise ValueError(f"{len(files)} pictures of {outcome.key}")
        best = shown_candidates(facts)
        pictures: dict[str, bytes] = {}

        def kept(numbers: Iterable[int], data: Mapping[int, bytes]) -> dict[int, str]:
            digests: dict[int, str] = {}
            for number in numbers:
                picture = small(data[number], self._side, f"{self._store.location}/{file}, {outcome.key}")
                digests[number] = hashlib.sha256(picture).hexdigest()
                pictures[digests[number]] = picture
            return digests

        painted_from = dict.fromkeys(facts.candidates[number].reference for number in best)
        candidates = kept(best, dict(enumerate(files)))
        references = kept(painted_from, dict(zip(used, files[len(facts.candidates) :], strict=True)))
        return Found(references, candidates, pictures)


def shown_candidates(facts: Facts) -> tuple[int, ...]:
    """Numbers of the candidates that are shown: the chosen one, then the others by their scores, the best first."""
    rest = [number for number in range(len(facts.candidates)) if number != facts.chosen]
    rest.sort(key=lambda number: -max(facts.candidates[number].scores.values(), default=0.0))
    return (facts.chosen, *rest)[:_MOST]


def _is_of(outcome: Outcome, facts: Facts) -> bool:
    """Whether this, and not a painting under another recipe, is what the triplet was made of."""
    made = outcome.value
    if not isinstance(made, Painted):
        return False
    references = [each.id for each in made.retrieved.references]
    told = [each.id for each in facts.references]
    return (made.candidates, made.chosen, references) == (facts.candidates, facts.chosen, told)
