from hypothesis import given
from hypothesis import strategies as st

from pipelines.shuffle import shuffled


@given(st.integers(0, 3000), st.text(max_size=20))
def test_every_number_comes_once(count, key):
    assert sorted(shuffled(count, key)) == list(range(count))


@given(st.integers(0, 3000), st.text(max_size=20))
def test_count_and_key_alone_decide(count, key):
    assert list(shuffled(count, key)) == list(shuffled(count, key))


def test_another_key_is_another_order():
    assert list(shuffled(1000, "a")) != list(shuffled(1000, "b"))


def test_neighbours_are_parted_and_no_place_is_favoured():
    order = list(shuffled(20_000, "0\0phrasecut"))
    steps = [abs(a - b) for a, b in zip(order, order[1:], strict=False)]
    assert sum(step == 1 for step in steps) < 20  # a random order has 2 on average
    assert abs(sum(steps) / len(steps) - 20_000 / 3) < 200  # the mean distance of two random places
    first = order[:2000]
    assert abs(sum(first) / len(first) - 10_000) < 600


def test_it_holds_no_list():
    order = shuffled(10**15, "far")
    assert len({next(order) for _ in range(1000)}) == 1000
