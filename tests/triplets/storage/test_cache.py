"""Values that are remembered: made once, made anew where the note is damaged, and never wrong."""

import pytest

from ieiw.triplets.storage.cache import remembered


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "ieiw" / "remembered"


def never():
    raise AssertionError("made again")


def test_a_value_is_made_once_a_key():
    assert remembered("a", lambda: b"one") == b"one"
    assert remembered("a", never) == b"one"
    assert remembered("b", lambda: b"") == b""
    assert remembered("b", never) == b""


def test_a_damaged_note_is_made_anew(cache):
    remembered("a", lambda: b"one")
    (note,) = cache.iterdir()
    note.write_bytes(note.read_bytes()[:-1] + b"x")
    assert remembered("a", lambda: b"two") == b"two"
    note.write_bytes(b"")
    assert remembered("a", lambda: b"three") == b"three"


def test_without_a_place_to_write_the_value_is_made_each_time(cache):
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    assert remembered("a", lambda: b"one") == b"one"
    assert remembered("a", lambda: b"two") == b"two"


def test_an_error_leaves_no_note(cache):
    with pytest.raises(AssertionError):
        remembered("a", never)
    assert not cache.exists()
