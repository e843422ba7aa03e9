"""Which index, for how many."""

from hypothesis import given
from hypothesis import strategies as st

from ieiw.models.gallery.choice import FLAT_UP_TO, choose, chosen


@given(st.integers(1, 10**9))
def test_cells_have_vectors_enough_and_grow_with_the_gallery(count):
    choice = choose(count)
    assert (choice.cells == 0) == (count <= FLAT_UP_TO)
    assert choice.sample <= count
    assert choose(2 * count).cells >= choice.cells
    assert chosen(choice.string) == choice
    assert not choice.outgrown_by(count)


def test_the_index_is_stated():
    assert choose(1_000).string == "Flat"
    assert choose(1_000_000).string == "IVF2048,RaBitQ"


def test_a_gallery_outgrows_its_index():
    assert choose(1_000).outgrown_by(FLAT_UP_TO + 1) and not choose(1_000).outgrown_by(FLAT_UP_TO)
    assert choose(100_000).outgrown_by(4_000_000) and not choose(1_000_000).outgrown_by(2_000_000)
