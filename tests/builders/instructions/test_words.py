"""Plurals, articles, and what counts as a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.instructions.words import MASS, PEOPLE, article, is_known, is_plural, plural, singular


@pytest.mark.parametrize(
    ("one", "many"),
    [
        *[("man", "men"), ("policewoman", "policewomen"), ("ottoman", "ottomans"), ("grandchild", "grandchildren")],
        *[("box", "boxes"), ("bus", "buses"), ("glass", "glasses"), ("bench", "benches"), ("brush", "brushes")],
        *[("puppy", "puppies"), ("toy", "toys"), ("knife", "knives"), ("giraffe", "giraffes"), ("roof", "roofs")],
        *[("tomato", "tomatoes"), ("photo", "photos"), ("shoe", "shoes"), ("canoe", "canoes"), ("cookie", "cookies")],
        *[("mouse", "mice"), ("person", "people"), ("ski", "skis"), ("cactus", "cacti"), ("octopus", "octopuses")],
        *[("dress", "dresses"), ("trellis", "trellises"), ("axe", "axes"), ("horse", "horses"), ("house", "houses")],
        *[
            ("lens", "lenses"),
            ("stomach", "stomachs"),
            ("bookshelf", "bookshelves"),
            ("canvas", "canvases"),
            ("vase", "vases"),
        ],
        *[("glove", "gloves"), ("olive", "olives"), ("wave", "waves"), ("bureau", "bureaus"), ("goalie", "goalies")],
        *[
            ("salesperson", "salespeople"),
            ("quiche", "quiches"),
            ("mustache", "mustaches"),
            ("echo", "echoes"),
        ],
    ],
)
def test_plurals(one, many):
    assert plural(one) == many == plural(many)
    assert is_plural(many) and not is_plural(one)
    if one not in {"person", "glass", "ski"}:  # people, glasses and skis are names of their own
        assert singular(many) == one == singular(one)


@pytest.mark.parametrize("noun", ["sheep", "fish", "broccoli", "grass"])
def test_nouns_without_a_plural_stay(noun):
    assert plural(noun) == noun and not is_plural(noun)


@given(st.sampled_from(sorted((PEOPLE | {"dog", "bus", "box", "city", "leaf", "tree"}) - MASS - {"people"})))
def test_singular_undoes_plural(noun):
    if noun != "person":
        assert singular(plural(noun)) == noun


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *[("umbrella", "an"), ("unicorn", "a"), ("hour", "an"), ("horse", "a"), ("european", "a"), ("egg", "an")],
        *[("one", "a"), ("orange", "an"), ("uninhabited", "an"), ("used", "a"), ("eight", "an"), ("x-ray", "an")],
        *[("ugly", "an"), ("utility", "a"), ("usual", "a"), ("heirloom", "an"), ("unusual", "an"), ("upper", "an")],
    ],
)
def test_article_follows_the_sound(word, expected):
    assert article(word) == expected


@pytest.mark.parametrize(
    "word", "giraffe computer t-shirt tv skateboarder countertop multi-colored mother's crosswalk".split()
)
def test_words_are_known(word):
    assert is_known(word)


@pytest.mark.parametrize(
    "word",
    """
    frm thr btm wth yuh agianst seond shrit whte sittng couchb rigth lable griaffe bannana gy hoddie speghetti byotself umberella
    zeebra motocycle sandwhich womans
    """.split(),
)
def test_slips_of_the_finger_are_not(word):
    assert not is_known(word)
