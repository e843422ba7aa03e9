"""Sentences that ask for a see-through mask."""

from ieiw.builders.instructions.mask_sentences import SENTENCES, fill_what


def test_there_are_ten_sentences_of_each_kind_and_none_is_written_twice():
    for kind, sentences in SENTENCES.items():
        assert len(set(sentences)) == len(sentences)
        assert len(sentences) >= 10 or kind.endswith("-simple")
        assert all("{color}" in text and "{what}" in text for text in sentences)


def test_the_colour_never_follows_what_somebody_may_be_dressed_in_or_stand_beside():
    for kind in ("segment", "refer"):
        assert all(text.index("{color}") < text.index("{what}") for text in SENTENCES[kind])


def test_braces_in_a_name_stay_data():
    assert all("{ color}" in text for text in fill_what("segment", "a {color} {what}"))
