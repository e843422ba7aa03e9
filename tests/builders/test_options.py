"""Options of a recipe: what is wrong is named, with the keys that are known."""

import pytest

from ieiw.builders.options import Options, parse_options
from ieiw.triplets.errors import UsageError


class Sizes(Options):
    side: int = 3


class Nothing(Options):
    pass


@pytest.mark.parametrize(
    ("model", "values", "message"),
    [
        (Sizes, {"sides": 1}, r"task_options.x.sides: unknown key; remove it or mend its spelling \(known: side\)"),
        (Nothing, {"side": 1}, r"unknown key; remove it or leave the block out \(known: none\)"),
        (Sizes, {"side": "wide"}, r"task_options.x.side: .*\(known: side\)"),
    ],
)
def test_what_is_wrong_is_named(model, values, message):
    with pytest.raises(UsageError, match=message):
        parse_options(model, values, "task_options.x")


def test_sound_values_are_taken():
    assert parse_options(Sizes, {"side": 5}, "task_options.x").side == 5
