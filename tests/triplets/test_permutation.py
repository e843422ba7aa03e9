import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ieiw.triplets.permutation import draws, key_of, permuted, shuffled

counts, keys = st.integers(0, 3000), st.integers(0, 2**64 - 1)


@given(counts, keys)
def test_every_number_comes_once(count, key):
    assert sorted(shuffled(count, key)) == list(range(count))


@given(counts.filter(bool), keys, st.data())
def test_a_position_is_found_alone_as_in_the_walk(count, key, data):
    at = data.draw(st.integers(0, count - 1))
    assert permuted(np.array([at]), count, key).tolist() == [list(shuffled(count, key))[at]]


def test_the_walk_goes_on_over_its_steps():
    order = list(shuffled(10_000, 3))
    assert order == permuted(np.arange(10_000), 10_000, 3).tolist()


def test_the_numbers_are_the_same_with_every_version():
    # a change would reorder every build and every training run
    assert list(shuffled(10, key_of(0, "phrasecut"))) == by_hand(10, key_of(0, "phrasecut"))


def by_hand(count, key):
    """The same network in unbounded integers, each product cut to 64 bits."""
    most, half = 2**64 - 1, max(1, ((max(count, 2) - 1).bit_length() + 1) // 2)
    seeds = [key_of(key, turn) | 1 for turn in range(4)]

    def step(value):
        left, right = value >> half, value & (2**half - 1)
        for seed in seeds:
            mixed = (right + seed) & most
            mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & most
            mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & most
            left, right = right, left ^ ((mixed ^ (mixed >> 31)) & (2**half - 1))
        return (left << half) | right

    found = []
    for value in range(count):
        value = step(value)
        while value >= count:
            value = step(value)
        found.append(value)
    return found


def test_another_key_is_another_order():
    assert list(shuffled(1000, key_of("a"))) != list(shuffled(1000, key_of("b")))
    assert key_of("a", "b") != key_of("b", "a")


def test_neighbours_are_parted_and_no_place_is_favoured():
    order = list(shuffled(20_000, key_of("0\0phrasecut")))
    steps = [abs(a - b) for a, b in zip(order, order[1:], strict=False)]
    assert sum(step == 1 for step in steps) < 20  # a random order has 2 on average
    assert abs(sum(steps) / len(steps) - 20_000 / 3) < 200  # the mean distance of two random places
    first = order[:2000]
    assert abs(sum(first) / len(first) - 10_000) < 600


def test_it_holds_no_list():
    order = shuffled(10**15, key_of("far"))
    assert len({next(order) for _ in range(1000)}) == 1000


def test_a_draw_depends_on_its_position_alone():
    few, many = draws(np.arange(4), 3, 11), draws(np.arange(50), 3, 11)
    assert np.array_equal(few, many[:4])


def test_draws_are_spread_evenly_and_independent():
    values = draws(np.arange(20_000), 2, 5)
    counted, _ = np.histogram(values, bins=20, range=(0, 1))
    assert abs(counted / 2000 - 1).max() < 0.12
    assert abs(np.corrcoef(values.T)[0, 1]) < 0.03
    assert abs(np.corrcoef(values[1:, 0], values[:-1, 0])[0, 1]) < 0.03
