"""Names of one thing."""

import pytest

from ieiw.builders.instructions.sameness import is_kind_of, same_thing

SAME = """
dog = dogs|person = man|puppy = dog|automobile = car|animal = horse|vehicle = bus|bird = duck|table = coffee table|couch = sofa
polar bear = bear|slice of pizza = pizza|cup of coffee = cup|brick house = building|furniture = chair|fruit = apple|bunny = rabbit
"""
OTHER = """
dog = cat|man = woman|boy = man|duck = parrot|hot dog = dog|teddy bear = bear|bus = train|traffic light = street light
coffee table = pool table|apple = banana|tennis racket = baseball bat|wine glass = bottle|surfer = surfboard
"""


def pairs(text):
    return [tuple(entry.strip().split(" = ")) for entry in text.strip().replace("\n", "|").split("|")]


@pytest.mark.parametrize(("one", "two"), pairs(SAME))
def test_names_of_one_thing_are_the_same_both_ways(one, two):
    assert same_thing(one, two) and same_thing(two, one)


@pytest.mark.parametrize(("one", "two"), pairs(OTHER))
def test_names_of_two_things_are_not(one, two):
    assert not same_thing(one, two) and not same_thing(two, one)


def test_a_kind_of_something_is_no_name_for_it():
    assert is_kind_of("man", "person") and is_kind_of("car", "vehicle") and is_kind_of("dog", "animal")
    assert not is_kind_of("person", "man") and not is_kind_of("dog", "dog") and not is_kind_of("dog", "cat")
