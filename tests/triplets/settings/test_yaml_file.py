"""Settings in YAML: what YAML would take in silence is told by line; changes of the command line reach their place."""

from typing import Annotated, Literal

import pytest
from pydantic import Field

from ieiw.triplets.errors import UsageError
from ieiw.triplets.settings.yaml_file import Strict, known_keys, load_settings, read_yaml


class Circle(Strict):
    kind: Literal["circle"]
    radius: float = 1


class Square(Strict):
    kind: Literal["square"]
    side: float = 1


class Drawing(Strict):
    title: str = ""
    shapes: tuple[Annotated[Circle | Square, Field(discriminator="kind")], ...] = ()
    by_name: dict[str, Circle] = {}  # noqa: RUF012 - frozen


def written(tmp_path, text):
    file = tmp_path / "drawing.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def complaint(tmp_path, text, changes=()):
    with pytest.raises(UsageError) as caught:
        load_settings(Drawing, written(tmp_path, text), "drawing", changes=changes)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: a\nshapes: []\ntitle: b\n", ["line 3", "`title` stands twice, first in line 1"]),
        ("by_name:\n  a: {kind: circle}\n  'a': {kind: circle}\n", ["line 3", "`a` stands twice, first in line 2"]),
        ("shapes:\n  - {kind: circle, radius: 1, radius: 2}\n", ["line 2", "`radius`"]),
        ("title: a\noff: 3\n", ["line 2", "`off` for true or false", "quotes"]),
        ("by_name: {no: {kind: circle}}\n", ["line 1", "`no` for true or false"]),
        ("by_name:\n  7: {kind: circle}\n", ["line 2", "`7` for int"]),
        ("~: 1\n", ["`~` for null"]),
        ("? [a]\n: 1\n", ["line 1", "key"]),
    ],
)
def test_keys_that_yaml_would_take_in_silence_are_told_by_line(tmp_path, text, words):
    message = complaint(tmp_path, text)
    assert "drawing.yaml" in message
    for word in words:
        assert word in message


def test_merged_and_quoted_keys_are_right(tmp_path):
    text = "base: &b {kind: circle}\nby_name:\n  'on': {<<: *b, radius: 2}\n  other: *b\n"
    values = read_yaml(written(tmp_path, text), "drawing")[0]
    assert values["by_name"] == {"on": {"kind": "circle", "radius": 2}, "other": {"kind": "circle"}}


def test_an_alias_inside_its_own_anchor_ends(tmp_path):
    assert read_yaml(written(tmp_path, "a: &a [*a]\n"), "drawing")[0]["a"]


@pytest.mark.parametrize(
    ("location", "keys"),
    [
        (("titel",), ["title", "shapes", "by_name"]),
        (("shapes", 0, "square", "radius"), ["kind", "side"]),
        (("shapes", 0, "circle", "side"), ["kind", "radius"]),
        (("by_name", "mine", "side"), ["kind", "radius"]),
        (("shapes", 0, "side"), []),
    ],
)
def test_the_keys_that_would_be_right_are_those_of_the_model_that_stands_there(location, keys):
    assert known_keys(Drawing, location) == keys


def test_an_unknown_key_of_one_kind_among_several_is_explained(tmp_path):
    message = complaint(tmp_path, "shapes:\n  - kind: square\n    radius: 2\n")
    assert message.endswith("line 3, shapes.0.square.radius: unknown key; remove it or mend its spelling "
                            "(known here: kind, side)")  # fmt: skip
