"""Shares: how many samples of each stream come among the first so many of an epoch."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush


def taken_until(position: int, taken: Sequence[int]) -> list[int]:
    """How many of the first ``position`` samples of an epoch come from each stream.

    Error diffusion in closed form: sample k of a stream with n an epoch is due at time (k + 1/2) / n, samples come as they fall
    due, equal times by stream number. Counts never fall as the position grows, and stay within one sample of the exact share
    for two streams, within half their number for more.

    Args:
        position: 0 to the sum of ``taken``.
        taken: samples an epoch takes of each stream.

    Returns:
        Counts whose sum is ``position``.
    """
    total = sum(taken)
    # By time position/total, rounding says what was due; the few samples too many or too few are then put right in due order.
    counts = [(2 * position * size + total) // (2 * total) if total else 0 for size in taken]
    _add(counts, taken, position - sum(counts))
    _remove(counts, taken, sum(counts) - position)
    return counts


def _add(counts: list[int], taken: Sequence[int], missing: int) -> None:
    heap = [_due(counts[s], taken[s], s) for s in range(len(taken)) if counts[s] < taken[s]]
    heapify(heap)
    for _ in range(missing):
        stream = heappop(heap).stream
        counts[stream] += 1
        if counts[stream] < taken[stream]:
            heappush(heap, _due(counts[stream], taken[stream], stream))


def _remove(counts: list[int], taken: Sequence[int], surplus: int) -> None:
    for _ in range(surplus):
        last = max(_due(counts[s] - 1, taken[s], s) for s in range(len(taken)) if counts[s])
        counts[last.stream] -= 1


class _due:  # noqa: N801 - reads as the word it stands for
    """Sample ``k`` of ``n`` of a stream: compares by exact time, without floats."""

    __slots__ = ("_odd", "_size", "stream")

    def __init__(self, k: int, n: int, stream: int) -> None:
        self._odd, self._size, self.stream = 2 * k + 1, n, stream

    def __lt__(self, other: _due) -> bool:
        left, right = self._odd * other._size, other._odd * self._size
        return (left, self.stream) < (right, other.stream)
