"""The classes of a data set of label maps."""

from ieiw.builders.vocabulary import classes_document, splitters, unrelated, vocabulary

WORDS = classes_document({0: "wall-brick", 1: "wall-other", 2: "zebra", 3: "clothes", 4: "person"}, (255,))


def test_a_document_is_read_once_and_gives_what_was_written():
    words = vocabulary(WORDS)
    assert words is vocabulary(bytes(WORDS))
    assert [words.names[number].spoken for number in range(3)] == ["brick wall", "wall", "zebra"]
    assert words.void == {255}


def test_classes_know_what_splits_them_and_what_is_unlike_them():
    words = vocabulary(WORDS)
    assert splitters(1, words) == {0}
    assert splitters(3, words) == {4}
    assert unrelated(frozenset({0, 4}), words) == (2,)
