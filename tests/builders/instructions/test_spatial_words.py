"""Words of place compared with boxes."""

from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.instructions.spatial_words import Place


@given(st.sampled_from([-1, 1]), st.floats(0, 0.8), st.lists(st.floats(0, 0.8), max_size=4))
def test_a_place_and_its_mirror_image_judge_alike(sign, one, rivals):
    """Left of a picture is right of its mirror image."""

    def box(x, mirrored):
        return (0.8 - x if mirrored else x) * 100, 10.0, 20.0, 20.0

    def verdict(mirrored):
        place = Place(-sign if mirrored else sign, 0)
        return place.holds(box(one, mirrored), [box(x, mirrored) for x in rivals], (100.0, 100.0), alike=True)

    assert verdict(False) == verdict(True)
