"""Write: what was seen before and after becomes one instruction, by templates or by a language model, and is checked."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import cast

from ieiw.builders.instructions.replacing import (
    PROMPT,
    Described,
    check_written,
    phrases,
    prompt_of,
    read_answer,
    sentences,
)
from ieiw.models.endpoint import RefusedError
from ieiw.models.protocols import Writer
from ieiw.pipelines.replacement.step import TASK
from ieiw.pipelines.replacement.worker import Item, StepWorker
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.replacement import Captioned, Outcome, Painted, Written, read_outcomes, unit_file
from ieiw.triplets.records import Attempt, attempt_rng
from ieiw.triplets.rejects import Reason, Refusal

_AT_ONCE = 8
"""Requests that an endpoint is given together."""

Ready = list[tuple[Attempt, Captioned, Painted]]


class WriteWorker(StepWorker[Ready]):
    """The step; see :class:`~ieiw.pipelines.replacement.worker.StepWorker`."""

    reads = Captioned
    _kind = Written

    @cached_property
    def _writer(self) -> Writer | None:
        """The language model; None where templates do."""
        return cast(Writer, self.components.backend("write")) if "write" in self._recipe.backends else None

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_AT_ONCE if self._writer and self._writer.device == "remote" else 1)

    def start(self, ref: UnitRef) -> None:
        """Read what was painted: its labels go into the sentence."""
        folder = self._step.before[-2]
        outcomes = read_outcomes(self.store, unit_file(folder, ref), Painted, files=False)
        self._painted = {each.key: each.value for each in outcomes if isinstance(each.value, Painted)}

    def ready(self, items: Sequence[Item]) -> Ready:
        """Nothing takes long."""
        return [
            (item.attempt, cast(Captioned, item.before and item.before.value), self._painted[item.attempt.key])
            for item in items
        ]

    def make(self, ready: Ready) -> list[Outcome]:
        """One sentence an attempt."""
        return list(self._threads.map(lambda each: self._outcome(*each), ready))

    def _outcome(self, attempt: Attempt, seen: Captioned, painted: Painted) -> Outcome:
        retrieved = painted.retrieved
        reference = retrieved.references[painted.candidates[painted.chosen].reference]
        source = Described(seen.source.caption, retrieved.label, seen.source.colour, retrieved.place, retrieved.alike)
        target = Described(seen.target.caption, reference.label, seen.target.colour, "", 0)
        try:
            if self._writer is None:
                return Outcome(attempt.key, self._from_templates(attempt, source, target))
            whole = (seen.source.whole, seen.target.whole)
            return Outcome(attempt.key, self._asked(self._writer, attempt, source, target, whole))
        except Refusal as refusal:
            return Outcome(attempt.key, refusal)

    def _from_templates(self, attempt: Attempt, source: Described, target: Described) -> Written:
        """A sentence of the templates, drawn by the seed; the others are its alternatives."""
        rng = attempt_rng(self.seed, attempt)
        made = sentences(source, target, self.components.wordings.get(TASK, ()))
        return Written(made[int(rng.integers(len(made)))], made, *phrases(source, target), 0)

    def _asked(
        self, writer: Writer, attempt: Attempt, source: Described, target: Described, whole: tuple[str, str]
    ) -> Written:
        """The first answer that stands the checks.

        Raises:
            Refusal: nothing can be said of the two; or no answer did, and the last complaint is told.
        """
        if not source.caption or not target.caption:
            raise Refusal(Reason.NO_CAPTION, f"{'source' if not source.caption else 'target'} has no caption")
        names = phrases(source, target)  # before a model is asked in vain
        prompt = prompt_of(source, target, whole, self.rules.write.prompt or PROMPT)
        first = int(attempt_rng(self.seed, attempt).integers(2**31 - self.rules.write.tries))
        complaint = Refusal(Reason.INSTRUCTION_UNUSABLE, "no answer")
        for turn in range(self.rules.write.tries):
            try:
                sentence = read_answer(writer.write(prompt, first + turn))
                check_written(sentence, source, target)
            except RefusedError as error:
                complaint = Refusal(Reason.INSTRUCTION_UNUSABLE, str(error))
            except Refusal as refusal:
                complaint = refusal
            else:
                return Written(sentence, (sentence,), *names, turn + 1)
        raise complaint
