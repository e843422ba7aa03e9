"""Which index for how many vectors. The choice stands in the gallery's note; docs/galleries.md says what it does."""

from __future__ import annotations

from dataclasses import dataclass

FLAT_UP_TO = 50_000
"""Vectors that are best looked at one and all: some milliseconds a query."""
_PER_CELL_TRAINED = 40
"""FAISS warns below 39 training vectors a cell."""
_LARGEST = 65_536
NPROBE = 16
K_FACTOR = 4
GROWTH = 4
"""An index is trained anew once the gallery asks for so many times its cells."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An index.

    Attributes:
        cells: that vectors are sorted into; 0 for none, where every vector is looked at.
    """

    cells: int

    @property
    def string(self) -> str:
        """FAISS's description: in cells, a bit a dimension finds the short list."""
        return f"IVF{self.cells},RaBitQ" if self.cells else "Flat"

    @property
    def sample(self) -> int:
        """Vectors to find the cells from."""
        return self.cells * _PER_CELL_TRAINED

    def outgrown_by(self, count: int) -> bool:
        """Whether so many vectors ask for another index."""
        wanted = choose(count).cells
        return wanted >= GROWTH * self.cells and wanted > 0


def choose(count: int) -> Choice:
    """The index for so many vectors: two to four times the square root of it in cells, a power of two."""
    if count <= FLAT_UP_TO:
        return Choice(0)
    return Choice(min(_LARGEST, 1 << ((16 * count).bit_length() - 1) // 2))


def chosen(string: str) -> Choice:
    """The choice whose ``string`` this is."""
    head = string.partition(",")[0]
    return Choice(int(head.removeprefix("IVF")) if head.startswith("IVF") else 0)
