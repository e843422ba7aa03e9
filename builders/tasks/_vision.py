"""What InstructCV's tasks share: the forms in which they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

import numpy as np

from ieiw.builders.instructions.template_sets import chosen
from ieiw.builders.instructions.vision_sentences import FIXED, NATURAL, SIMPLE, filled
from ieiw.builders.options import Options
from ieiw.builders.tasks._base import TaskBase

Form = Literal["natural", "fixed", "simple"]
"""Sentences, one fixed sentence as InstructCV's, or the paper's simple indicator."""


class VisionOptions(Options):
    """Options of all of them."""

    instructions: Form = "natural"


OptionsT = TypeVar("OptionsT", bound=VisionOptions)


class VisionTask(TaskBase[OptionsT]):
    """Base of the tasks."""

    def _sentences(self, words: Mapping[str, str], rng: np.random.Generator) -> tuple[str, ...]:
        """The task's sentences with words put in; ``rng`` draws among those that a recipe brings."""
        form = self._options.instructions
        if form == "natural":
            return filled(chosen(self._tools.wordings, self.name, NATURAL[self.name], rng), words)
        return filled((SIMPLE if form == "simple" else FIXED)[self.name], words)
