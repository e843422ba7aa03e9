"""Words that tell a person from the others, and none where no words do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.instructions.person_reference import Company, who

SIZE = (100.0, 100.0)
ONE = (40, 10, 20, 80)


@pytest.mark.parametrize(
    ("one", "others", "crowds", "words"),
    [
        (ONE, [], [], "the person"),
        (ONE, [(80, 10, 5, 10)], [], "the person"),  # a dot in the distance
        (ONE, [(200, 10, 40, 80)], [], "the person"),  # out of view
        ((10, 10, 20, 80), [(60, 10, 20, 80)], [], "the person on the left"),
        ((60, 10, 20, 80), [(10, 10, 20, 80)], [], "the person on the right"),
        ((5, 10, 20, 80), [(40, 10, 20, 80), (75, 10, 20, 80)], [], "the person on the far left"),
        (ONE, [(5, 10, 20, 80), (75, 10, 20, 80)], [], "the person in the middle"),
        (ONE, [(5, 10, 20, 80)], [(0, 0, 100, 30)], "the person in the middle"),
        ((25, 10, 20, 80), [(28, 10, 20, 80)], [], None),  # side by side
        ((20, 10, 55, 90), [(35, 5, 40, 30)], [], "the person in front"),
        ((45, 40, 10, 30), [(54, 5, 34, 90), (4, 10, 20, 80)], [], None),  # in the middle, but behind a larger one
        # the leftmost, and yet not on the left
        ((37, 10, 30, 80), [(72, 30, 9, 50), (85, 30, 9, 50)], [], "the person in the middle"),
        ((40, 10, 30, 80), [(5, 10, 20, 80)], [], "the person on the right"),  # of two, though in the middle
        ((200, 10, 20, 80), [], [], None),  # not in view
        (ONE, [(66, 10, 34, 80)], [], "the person on the left"),
        ((35, 10, 30, 80), [(80, 10, 80, 80)], [], "the person in the middle of the picture"),  # alone, or one of two
        ((10, 10, 30, 80), [(80, 10, 80, 80)], [], None),
        ((35, 10, 30, 80), [(70, 10, 20, 80), (90, 10, 80, 80)], [], "the person in the middle of the picture"),
        ((48, 10, 26, 80), [(0, 40, 75, 40)], [], None),  # one of two is never the one in the middle
    ],
)
def test_words(one, others, crowds, words):
    assert who(Company(one, others, crowds, SIZE)) == words


@pytest.mark.parametrize(
    ("one", "others", "crowds", "words"),
    [
        (ONE, [], [], "the person in the middle of the picture"),
        (ONE, [(5, 10, 20, 80)], [], "the person in the middle of the picture"),
        ((10, 10, 20, 80), [], [], None),  # somebody else may stand further left
        (ONE, [(45, 10, 20, 80)], [], None),
        (ONE, [], [(0, 0, 100, 30)], None),
    ],
)
def test_where_others_may_be_in_view_whom_nobody_listed(one, others, crowds, words):
    assert who(Company(one, others, crowds, SIZE, whole=False)) == words


def test_whose_face_lies_in_another_s_box_is_not_in_front_of_him():
    body, face = (5, 45, 90, 55), (30, 20, 40, 26)
    assert who(Company(body, [face], [], SIZE, joints=[(50, 50), (20, 80)])) == "the person in front"
    assert who(Company(body, [face], [], SIZE, joints=[(50, 50), (50, 25)])) is None


@pytest.mark.parametrize(("body", "words"), [(25, None), (45, "the person in the middle of the picture")])
def test_who_only_reaches_into_the_middle_is_not_there(body, words):
    joints = [(body, 40), (body - 10, 50), (body + 10, 50), (body, 90), (80, 60)]
    assert who(Company((5, 30, 78, 70), [(80, 0, 60, 100)], [], SIZE, joints=joints)) == words


def test_other_nouns():
    assert who(Company(ONE, [], [], SIZE), "zebra") == "the zebra"


box = st.tuples(*[st.integers(-20, 100)] * 2, *[st.integers(5, 60)] * 2)


@given(boxes=st.lists(box, min_size=2, max_size=5))
def test_left_and_right_are_said_of_one_at_most_and_swap_in_a_mirror(boxes):
    flipped = [(100 - x - w, y, w, h) for x, y, w, h in boxes]

    def told(all_boxes):
        return [who(Company(one, all_boxes[:at] + all_boxes[at + 1 :], [], SIZE)) for at, one in enumerate(all_boxes)]

    straight, mirrored = told(boxes), told(flipped)
    swap = {"left": "right", "right": "left"}
    assert [words and " ".join(swap.get(word, word) for word in words.split()) for words in straight] == mirrored
    for place in ("left", "right"):
        at_place = [boxes[at] for at, words in enumerate(straight) if words and words.endswith(place)]
        centres = [min(100, x + w) + max(0, x) for x, _, w, _ in at_place]
        assert len(set(centres)) == len(centres)
