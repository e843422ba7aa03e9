"""One value of a settings file changed by its path."""

import pytest

from ieiw.triplets.settings.overrides import apply_change


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my run #2", "my run #2"),
        ("#2", "#2"),
        ("3 # three", "3 # three"),
        ("a#b", "a#b"),
        ("'my run #2'", "my run #2"),
        ("[1, 2] # two", [1, 2]),
        ("3e-4", 3e-4),
        ("7", 7),
        ("", None),
    ],
)
def test_nothing_of_a_value_is_taken_for_a_comment(text, value):
    values = {}
    apply_change(values, f"out={text}", "out=run")
    assert values == {"out": value}
