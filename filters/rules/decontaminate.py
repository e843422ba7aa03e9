"""``kind: decontaminate``."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from ieiw.filters.frame import Frame
from ieiw.filters.rules.base import Bools, Outcome, PictureSet, Rule


class Decontaminate(Rule):
    """Rows with a picture within ``distance`` bits of an evaluation picture, and the other rows of that picture.

    ``pictures`` are folders, or builds, of which the sources count; ``sets`` are data sets in their official layouts.
    """

    kind: Literal["decontaminate"]
    pictures: tuple[str, ...] = ()
    sets: tuple[PictureSet, ...] = ()
    distance: int = Field(default=6, ge=0, le=16)

    @model_validator(mode="after")
    def _of_something(self) -> Decontaminate:
        if not self.places():
            raise ValueError("give `pictures`, folders or builds, or `sets`, a list of {dataset, root, split}")
        return self

    def places(self) -> tuple[str | PictureSet, ...]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return *self.pictures, *self.sets

    def words(self) -> str:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        names = [*self.pictures, *(f"{each.dataset} {each.split}" for each in self.sets)]
        return f"no picture within {self.distance} bits of one in {', '.join(names)}"

    def scores(self) -> set[str]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return {"phash"}

    def ask(self, frame: Frame, alive: Bools) -> Outcome:
        """Rows with a picture near one of the given ones, and all others of that picture; the value is the least distance in bits.

        A crop (of one person, say) does not look like the whole: a row that shows the whole counts for those that show a part.
        """
        hashes, inverse = np.unique([frame.score("phash", role) for role in ("source", "target")], return_inverse=True)
        least = frame.nearest(hashes, self.places())[inverse].reshape(2, -1).min(axis=0).astype(np.float32)
        for column in ("source+group", "picture_sha256", "source+group"):
            _, codes = np.unique(frame.codes(column), return_inverse=True)
            least_of_code = np.full(int(codes.max(initial=-1)) + 1, np.inf, np.float32)
            np.minimum.at(least_of_code, codes, least)
            least = least_of_code[codes]
        return Outcome(least <= self.distance, least, {"all": [float(self.distance + 1), None]})
