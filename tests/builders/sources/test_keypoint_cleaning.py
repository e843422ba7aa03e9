"""Ears on the far side of the head: not asked for, however the head is tilted; all others stay."""

import json
import math
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.sources._keypoint_cleaning import without_far_ears
from ieiw.builders.sources._persons import joints_of

NONE = (0.0, 0.0, 0)
RIGHT_PROFILE = {
    "nose": (60, 40),
    "left_eye": (56, 28),
    "right_eye": (50, 29),
    "left_ear": (30, 33),
    "right_ear": (20, 34),
}
"""A face that looks to the viewer's right: its right ear can be seen, its left one is a guess."""
FRONT = {"nose": (50, 40), "left_eye": (58, 28), "right_eye": (42, 28), "left_ear": (72, 33), "right_ear": (28, 33)}
NAMES = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")


def face(places, turn=0.0, mirrored=False, seen=2):
    """COCO's joints, all but the face's unlabelled; turned by an angle in radians."""
    made = []
    for name in NAMES:
        x, y = places[_other(name) if mirrored else name]
        x = -x if mirrored else x
        made.append((x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn), seen))
    return (*made, *[NONE] * 12)


def _other(name):
    return name.replace("left", "?").replace("right", "left").replace("?", "right")


@given(turn=st.floats(-math.pi, math.pi), mirrored=st.booleans())
def test_the_far_ear_goes_at_any_tilt(turn, mirrored):
    kept = without_far_ears(face(RIGHT_PROFILE, turn, mirrored), "coco")
    far, near = (4, 3) if mirrored else (3, 4)
    assert kept[far] == NONE
    assert kept[near] == face(RIGHT_PROFILE, turn, mirrored)[near]


@given(turn=st.floats(-math.pi, math.pi), mirrored=st.booleans())
def test_a_frontal_face_keeps_both(turn, mirrored):
    joints = face(FRONT, turn, mirrored)
    assert without_far_ears(joints, "coco") == joints


def test_hidden_ears_faces_without_nose_and_layouts_without_ears_stay():
    hidden = face(RIGHT_PROFILE, seen=1)
    assert without_far_ears(hidden, "coco") == hidden
    no_nose = (NONE, *face(RIGHT_PROFILE)[1:])
    assert without_far_ears(no_nose, "coco") == no_nose
    body = tuple((float(at), float(at), 2) for at in range(14))
    assert without_far_ears(body, "crowdpose") == body


@pytest.mark.skipif(not os.environ.get("IEIW_REAL_DATA"), reason="IEIW_REAL_DATA is not set: no real samples")
def test_coco_s_own_ears_all_stay():
    files = (Path(os.environ["IEIW_REAL_DATA"]) / "coco" / "annotations").glob("person_keypoints_*.json")
    persons = [
        entry for file in files for entry in json.loads(file.read_bytes())["annotations"] if not entry["iscrowd"]
    ]
    faces = [joints_of(entry["keypoints"], "coco", shift=0.5) for entry in persons]
    ears = sum(joint[2] == 2 for joints in faces for joint in joints[3:5])
    assert ears > 40
    assert all(without_far_ears(joints, "coco") == joints for joints in faces)
