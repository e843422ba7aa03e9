"""Names that tell an object of a scene graph from all others."""

import pytest

from ieiw.builders.instructions.scene_graph import Scene, SceneObject
from ieiw.triplets.rejects import Reason, Refusal


def _said(scene, key="1"):
    return [phrase.definite for phrase in scene.phrases(key)]


def test_a_thing_alone_goes_by_name_attribute_relation_and_place():
    dog = SceneObject("dog", ("brown",), (("to the left of", "2"), ("eating", "2")), "to the left")
    scene = Scene({"1": dog, "2": SceneObject("tree")})
    assert _said(scene) == ["the dog", "the brown dog", "the dog to the left of the tree", "the dog on the left"]
    assert scene.phrases("1")[1].indefinite == "a brown dog"


def test_two_of_a_name_are_told_apart_in_every_phrase():
    left = SceneObject("cup", ("blue",), (("on", "3"), ("next to", "4")), "to the left")
    right = SceneObject("cup", ("blue",), (("on", "3"),), "to the right")
    scene = Scene({"1": left, "2": right, "3": SceneObject("table"), "4": SceneObject("bottle")})
    # Both stand on the table: that relation says nothing.
    assert _said(scene) == ["the cup on the left", "the blue cup on the left", "the cup next to the bottle"]


def test_a_relation_to_one_of_several_says_nothing():
    dog = SceneObject("dog", (), (("near", "2"),))
    assert _said(Scene({"1": dog, "2": SceneObject("chair"), "3": SceneObject("chair")})) == ["the dog"]


@pytest.mark.parametrize("places", [("to the left", "to the left"), ("", ""), ("to the left", "to the right", "")])
def test_what_cannot_be_told_apart_is_refused(places):
    scene = Scene({str(at): SceneObject("cup", position=place) for at, place in enumerate(places, 1)})
    with pytest.raises(Refusal) as caught:
        scene.phrases("1")
    assert caught.value.reason is Reason.AMBIGUOUS


def test_an_unreadable_name_is_refused():
    with pytest.raises(Refusal) as caught:
        Scene({"1": SceneObject("xqzzv")}).phrases("1")
    assert caught.value.reason is Reason.PHRASE_UNUSABLE


def test_a_name_that_compares_serves_no_direction():
    scene = Scene({"1": SceneObject("cup", ("smaller", "blue"))})
    assert _said(scene) == ["the cup", "the blue cup"]
