"""Instructions by a language model: asked over a real connection, checked line by line, cached, gone on with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.instructions.expand import Budget, document, expand, lines_of, unfit
from ieiw.builders.instructions.template_sets import check_templates, hand_written, kinds, placeholders
from ieiw.models.write.local import LocalWriter
from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.store import open_store
from tests.support.chat_server import MODEL, chat_server
from tests.support.writers import quick, requests


def test_answers_are_checked_counted_and_join_the_hand_written_ones(tmp_path, log):
    with chat_server(log) as address:
        author = quick(address)
        found = expand("removal", author, open_store(tmp_path / "cache"), Budget(rounds=2))
    originals = hand_written("removal")
    assert tuple(found.templates[: len(originals)]) == originals
    assert len(found.templates) == len(originals) * 3 + len(originals)  # kindly once; for me, once a round
    assert len(set(found.templates)) == len(found.templates)
    check_templates("removal", found.templates)
    # Each of the 20 answers holds one of these; in the second round the polite one is a duplicate too.
    assert found.refused == {
        "placeholders": 60, "negation": 20, "sides": 20, "duplicate": 30, "length": 20,
    }  # fmt: skip
    written = document(found, author)
    assert written["provenance"]["model"] == MODEL
    assert written["provenance"]["requests"] == found.asked == 20
    assert {request["body"]["model"] for request in requests(log)} == {MODEL}


def test_empty_answers_are_counted_never_kept_and_asked_for_again(tmp_path, log):
    cache = open_store(tmp_path / "cache")
    with chat_server(log, "--empty=3") as address:
        first = expand("removal", quick(address), cache)
        second = expand("removal", quick(address), cache)
    assert (first.empty, first.asked, second.empty, second.asked) == (3, 20, 0, 3)
    assert len(second.templates) > len(first.templates)


def test_a_model_that_answers_nothing_is_an_error_with_its_remedy_and_can_be_mended(tmp_path, log):
    cache = open_store(tmp_path / "cache")
    with chat_server(log, "--empty=5") as address:
        with pytest.raises(UsageError, match="max_tokens"):
            expand("removal", quick(address), cache)
        assert len(requests(log)) == 5
        assert expand("removal", quick(address, max_tokens=77), cache).asked == 20
    assert requests(log)[-1]["body"]["max_tokens"] == 77


def test_answers_in_parts_are_read(tmp_path, log):
    with chat_server(log, "--parts=1") as address:
        parts = expand("removal", quick(address), open_store(tmp_path / "a"))
    with chat_server(log) as address:
        whole = expand("removal", quick(address), open_store(tmp_path / "b"))
    assert parts.templates == whole.templates


def test_a_second_run_asks_nothing_and_gives_the_same(tmp_path, log):
    cache = open_store(tmp_path / "cache")
    with chat_server(log) as address:
        first = expand("depth", quick(address, model=MODEL), cache, Budget(rounds=1))
    again = expand("depth", quick("http://127.0.0.1:9", model=MODEL), cache, Budget(rounds=1))  # nobody listens there
    assert (again.templates, again.asked, again.refused) == (first.templates, 0, first.refused)


def test_no_more_templates_than_wanted(tmp_path, log):
    with chat_server(log) as address:
        found = expand("removal", quick(address), open_store(tmp_path / "cache"), Budget(rounds=2, most=15))
    assert len(found.templates) == 15
    assert found.requests < 10


def test_passing_trouble_is_tried_again(tmp_path, log):
    with chat_server(log, "--fail", "503,half,429,cut,500,drop") as address:
        found = expand("deblur", quick(address, tries=7), open_store(tmp_path / "cache"), Budget(rounds=1, most=13))
    assert found.requests == 1
    assert len(requests(log)) == 7


@pytest.mark.parametrize(("fail", "tries"), [("503,503,503,503", 4), ("drop,drop,drop,drop", 4), ("400", 1)])
def test_lasting_trouble_is_one_clear_error_and_what_was_written_is_kept(tmp_path, log, fail, tries):
    with chat_server(log, "--fail", fail) as address:
        with pytest.raises(UsageError, match=address) as caught:
            expand("deblur", quick(address), open_store(tmp_path / "cache"), Budget(rounds=1))
        assert len(requests(log)) == tries
        assert ("kept" in str(caught.value)) == (tries > 1)


def test_a_key_comes_from_the_environment_and_is_never_written_down(tmp_path, log, monkeypatch):
    with chat_server(log, "--key", "s3cret") as address:
        with pytest.raises(UsageError, match="OPENAI_API_KEY"):
            quick(address, model=MODEL).write("a\n\nb", 0)
        monkeypatch.setenv("OPENAI_API_KEY", "s3cret")
        author = quick(address, model=MODEL)
        found = expand("deblur", author, open_store(tmp_path / "cache"), Budget(rounds=1, most=13))
    kept = "".join(path.read_text() for path in (tmp_path / "cache").glob("*.json"))
    assert "s3cret" not in kept + str(document(found, author))


@pytest.mark.parametrize(
    ("template", "line", "reason"),
    [
        ("remove {the}", "please take {the} away", ""),
        ("remove {the}", "please take it away", "placeholders"),
        ("remove {the}", "take {the} and {the} away", "placeholders"),
        ("remove {the}", "take {the} away {now}", "placeholders"),
        ("remove {the}", "take { the } and {the} away", "placeholders"),
        ("remove {the}", "don't touch {the}", "negation"),
        ("remove {the}", "don’t touch {the}", "negation"),
        ("the picture should not have {the}", "{the} should not be here", ""),
        ("remove {the}", "remove {the} from the left", "sides"),
        ("mark the left {what} in {color}", "paint the right {what} in {color}", "sides"),
        ("mark the left {what} in {color}", "paint {what} on the left in {color}", ""),
        ("{color} for {what}, {other} if not", "{other} unless {what}, else not {color}", "order"),
        ("from {near} to {far}", "{far} down to {near}", "order"),
        ("remove {the}", "{the}", "length"),
        ("remove {the}", "Sure! Remove {the}", "chatter"),
        ("remove {the}", "remove {the}:", "chatter"),
        ("remove {the}", "Remove {the}!", "duplicate"),
        ("remove {the}", "take \x07 {the} away", "characters"),
    ],
)
def test_what_may_become_a_template(template, line, reason):
    assert unfit(line, template, {"remove {the}"}) == reason


@given(st.text(max_size=60), st.sampled_from([template for kind in kinds() for template in hand_written(kind)]))
def test_whatever_is_accepted_can_be_filled(line, template):
    for found in lines_of(line):
        if not unfit(found, template):
            assert placeholders(found) == placeholders(template)
            assert found == found.strip() and "\n" not in found


def test_numbers_bullets_quotes_and_thoughts_are_no_part_of_a_sentence():
    text = '<think>\nhm\n</think>\n1. "erase {the}"\n(2) wipe out {the}\n• “lose {the}”\n\n - {the}, off!\n3D glasses on {the}'
    assert list(lines_of(text)) == ["erase {the}", "wipe out {the}", "lose {the}", "{the}, off!", "3D glasses on {the}"]


def test_a_server_with_a_language_model_behind_it_is_asked_like_any_other(tmp_path, log, tiny_model):
    """A real model in a real server process: seeds give other answers, runs ask once, what is accepted keeps its words."""
    cache = open_store(tmp_path / "cache")
    with chat_server(log, "--model", str(tiny_model)) as address:
        author = quick(address, timeout=60)
        assert author.write("a\n\nremove the picture", 1) == author.write("a\n\nremove the picture", 1)
        assert author.write("a\n\nremove the picture", 1) != author.write("a\n\nremove the picture", 2)
        asked = len(requests(log))
        found = expand("deblur", author, cache, Budget(rounds=1))
        again = expand("deblur", author, cache, Budget(rounds=1))
    originals = hand_written("deblur")
    assert (found.asked, again.asked, len(requests(log)) - asked) == (len(originals), 0, len(originals))
    assert found.templates == again.templates and found.refused == again.refused
    assert found.refused.total() > 0 and len(found.templates) > len(originals)
    check_templates("deblur", found.templates)
    words = {"remove", "please", "the", "picture", "erase", "away", "take"}
    assert {word for line in found.templates[len(originals) :] for word in line.split()} <= words


def test_the_last_line_of_an_answer_that_was_cut_is_no_sentence(tiny_model, tmp_path, log):
    short, long = LocalWriter(str(tiny_model), max_tokens=12), LocalWriter(str(tiny_model), max_tokens=200)
    pairs = [(short.write("remove the picture", seed), long.write("remove the picture", seed)) for seed in range(8)]
    assert all(whole.startswith(cut) and whole[len(cut) :][:1] in {"", "\n"} for cut, whole in pairs if cut)
    assert any(cut and cut != whole for cut, whole in pairs)
    with chat_server(log, "--reason", "length") as address:
        found = expand("deblur", quick(address), open_store(tmp_path / "cache"), Budget(rounds=1))
    assert found.refused["length"] == 0  # the parrot's last line is too long: it is not even looked at
