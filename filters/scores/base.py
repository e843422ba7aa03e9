"""What a score offers: one small file each, a pure function of what it looks at."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy.typing as npt

from ieiw.models.weights import Weights
from ieiw.triplets.records import Image, Mask

Kind = Literal["picture", "pair", "hash"]
Better = Literal["higher", "lower"]
Vectors = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """A triplet's pictures as decoded from its shard.

    Attributes:
        source: picture before the edit.
        target: picture after it, of the same size.
        hole: where pixels were allowed to change, as the triplet's answer says; None where it does not.
        instruction: what turns one into the other.
    """

    source: Image
    target: Image
    hole: Mask | None
    instruction: str = ""


class Score(ABC):
    """What every score says of itself. Rules and reports read it of the class: its module loads no heavy library.

    Attributes:
        name: what rules and reports call it.
        kind: what it looks at: one picture (source and target in turn), the pair, or one picture for a hash.
        version: raised whenever the same input would give another value.
        better: whether higher or lower values are better; thresholds follow it.
        needs: ``pixels``, ``embedding`` or ``judge`` (pixels, and a model that is asked about each pair).
        weights: the published file that it cannot do without, or None.
        batch: how many triplets a worker hands over at once.
    """

    name: ClassVar[str]
    kind: ClassVar[Kind]
    version: ClassVar[int] = 1
    better: ClassVar[Better] = "higher"
    needs: ClassVar[str] = "pixels"
    weights: ClassVar[Weights | None] = None
    batch: ClassVar[int] = 1

    def describe(self) -> dict[str, str]:
        """Settings that change values (weights digest, picture size), for the score's note; values of others are stale."""
        return {}

    def tally(self) -> Counter[str]:
        """What to tell of the work since the last call, such as tokens spent; ``no value: …`` is worth another try."""
        return Counter()


class PictureScore(Score):
    """A score of one picture; it is computed for the source and for the target."""

    kind: ClassVar[Kind] = "picture"

    @abstractmethod
    def of_picture(self, picture: Image) -> float:
        """The score of a picture of at least 16 x 16 pixels; NaN where it has no meaning."""

    def of_pictures(self, pictures: Sequence[Image]) -> Sequence[float]:
        """The score of each picture; a model takes them at once."""
        return [self.of_picture(picture) for picture in pictures]


class PictureHash(PictureScore):
    """A fingerprint of one picture, a whole number of 64 bits; it is kept like a score, and compared, never thresholded."""

    kind: ClassVar[Kind] = "hash"

    @abstractmethod
    def of_picture(self, picture: Image) -> int:
        """0..2^64 - 1."""


class PairScore(Score):
    """A score of source and target together."""

    kind: ClassVar[Kind] = "pair"

    @abstractmethod
    def of_pair(self, pair: Pair) -> float:
        """The score of a pair; NaN where it has no meaning."""

    def of_pairs(self, pairs: Sequence[Pair]) -> Sequence[float]:
        """The score of each pair; a model takes them at once."""
        return [self.of_pair(pair) for pair in pairs]


class _ByEmbedding(Score):
    """What scores by embedding share.

    Args:
        embedder: whose embeddings, which ``ieiw embed`` made. Where none is given, those of ``own``.
    """

    needs: ClassVar[str] = "embedding"
    own: ClassVar[str] = "clip-l14"
    has_texts: ClassVar[bool] = False
    """Whether the instruction's embedding is needed too."""

    def __init__(self, embedder: str = "") -> None:
        self.embedder = embedder or self.own

    def check_embeddings(self, settings: Mapping[str, str]) -> None:  # noqa: B027 - most scores take what they are given
        """Look at the settings of the build's embeddings before any is scored.

        Raises:
            UsageError: the score was made for others.
        """


class EmbeddingScore(_ByEmbedding):
    """A score of one picture by its embedding; computed for the source and for the target."""

    kind: ClassVar[Kind] = "picture"

    @abstractmethod
    def of_embeddings(self, vectors: Vectors, ids: Sequence[str]) -> Vectors:
        """(pictures,); NaN where it has no meaning.

        Args:
            vectors: (pictures, dimension), float32, each of length 1.
            ids: SHA-256 of each picture, in hex.

        Raises:
            UsageError: the vectors are not those that the score was made for.
        """


@dataclass(frozen=True, slots=True)
class VectorPairs:
    """Triplets by their embeddings, float32, each of length 1; NaN where a unit was set aside.

    Attributes:
        sources: (triplets, dimension).
        targets: (triplets, dimension).
        instructions: (triplets, dimension); (0, dimension) unless the score asks for texts.
    """

    sources: Vectors
    targets: Vectors
    instructions: Vectors


class EmbeddingPairScore(_ByEmbedding):
    """A score of source, target and perhaps instruction by their embeddings."""

    kind: ClassVar[Kind] = "pair"

    @abstractmethod
    def of_pairs(self, pairs: VectorPairs) -> Vectors:
        """(triplets,); NaN where it has no meaning."""
