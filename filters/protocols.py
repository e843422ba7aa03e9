"""What a score must offer. A score is a pure function of pixels, one small file each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from ieiw.triplets.records import Image, Mask


@dataclass(frozen=True, slots=True)
class Pair:
    """A triplet's pictures as decoded from its shard.

    Attributes:
        source: picture before the edit.
        target: picture after it, of the same size.
        hole: where pixels were allowed to change, as the triplet's answer says; None where it does not.
    """

    source: Image
    target: Image
    hole: Mask | None


class Score(Protocol):
    """What every score says of itself.

    Attributes:
        name: what rules and reports call it.
        version: raised whenever the same pixels would give another value.
        better: whether higher or lower values are better; thresholds follow it.
    """

    name: str
    version: int
    better: Literal["higher", "lower"]


@runtime_checkable
class PictureScore(Score, Protocol):
    """A score of one picture; it is computed for the source and for the target."""

    def of_picture(self, picture: Image) -> float:
        """The score of a picture of at least 16 x 16 pixels; NaN where it has no meaning."""
        ...


@runtime_checkable
class PairScore(Score, Protocol):
    """A score of source and target together."""

    def of_pair(self, pair: Pair) -> float:
        """The score of a pair; NaN where it has no meaning."""
        ...


@runtime_checkable
class PictureHash(Score, Protocol):
    """A fingerprint of one picture; it is kept like a score, and compared, never thresholded."""

    def hash_picture(self, picture: Image) -> int:
        """64 bits."""
        ...
