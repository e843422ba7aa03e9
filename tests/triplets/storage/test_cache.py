"""Values of the cache: made once, made again where the file is damaged, and never wrong."""

import os
import tempfile
from pathlib import Path

import pytest

from ieiw.triplets.storage.cache import _writable, cache_folder, cached


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    _writable.cache_clear()
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


@pytest.mark.parametrize("home", ["~/.cache", "/proc/.cache"])
def test_a_user_without_a_home_of_his_own_has_a_cache_among_the_temporary_files(home, monkeypatch, tmp_path, caplog):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: Path(home) / name)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert cached("a", lambda: b"one") == b"one"
    assert cached("a", never) == b"one"
    (there,) = tmp_path.iterdir()
    assert there.stat().st_mode & 0o777 == 0o700
    assert str(there) in caplog.text and home in caplog.text
    assert cache_folder("logs") == there / "logs"


def test_a_cache_that_somebody_else_laid_out_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: Path("/proc/none"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    (tmp_path / "theirs").mkdir()
    (tmp_path / "temp" / f"ieiw-cache-{os.getuid()}").symlink_to(tmp_path / "theirs")
    assert cached("a", lambda: b"one") == b"one"
    assert list((tmp_path / "theirs").iterdir()) == []
