"""Values of the cache: made once, made again where the file is damaged, and never wrong."""

from pathlib import Path

import pytest

from ieiw.triplets.storage.cache import cached


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "ieiw" / "values"


def never():
    raise AssertionError("made again")


def test_a_value_is_made_once_a_key():
    assert cached("a", lambda: b"one") == b"one"
    assert cached("a", never) == b"one"
    assert cached("b", lambda: b"") == b""
    assert cached("b", never) == b""


def test_a_damaged_file_is_made_again(cache):
    cached("a", lambda: b"one")
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert cached("a", lambda: b"two") == b"two"
    file.write_bytes(b"")
    assert cached("a", lambda: b"three") == b"three"


def test_without_a_place_to_write_the_value_is_made_each_time(cache):
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    assert cached("a", lambda: b"one") == b"one"
    assert cached("a", lambda: b"two") == b"two"


def test_an_error_caches_nothing(cache):
    with pytest.raises(AssertionError):
        cached("a", never)
    assert not cache.exists()


def test_a_user_without_a_home_has_no_cache(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: Path("~/.cache") / name)
    assert cached("a", lambda: b"one") == b"one"
    assert list(tmp_path.iterdir()) == []
