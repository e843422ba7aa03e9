"""Interleaving: how many samples of each stream come among the first so many of an epoch."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


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

    def due(stream: int, sample: int) -> tuple[Fraction, int]:
        return Fraction(2 * sample + 1, taken[stream]), stream

    # By time position/total, rounding says what was due; the few samples too many or too few are then put right in due order.
    counts = [(2 * position * size + total) // (2 * total) if total else 0 for size in taken]
    streams = range(len(taken))
    for _ in range(position - sum(counts)):
        counts[min(due(s, counts[s]) for s in streams if counts[s] < taken[s])[1]] += 1
    for _ in range(sum(counts) - position):
        counts[max(due(s, counts[s] - 1) for s in streams if counts[s])[1]] -= 1
    return counts
