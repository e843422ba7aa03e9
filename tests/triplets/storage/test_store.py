"""Every store keeps the same promises: a folder, a bucket, and a bucket behind a network that loses things."""

import errno
import os
import stat
import threading

import pytest

from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.store import FolderStore, ObjectStore, open_store
from tests.support.s3 import KEYS, bucket_at, faulty_proxy


def no_links(*_):
    raise OSError(errno.EPERM, "Operation not permitted")


def no_flush(descriptor):
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        raise OSError(errno.EINVAL, "Invalid argument")


@pytest.fixture(params=["folder", "no links", "bucket", "faulty"])
def store(request, tmp_path, monkeypatch):
    if request.param in {"folder", "no links"}:
        if request.param == "no links":  # as exFAT, gcsfuse and many FUSE and SMB mounts answer
            monkeypatch.setattr(os, "link", no_links)
            monkeypatch.setattr(os, "fsync", no_flush)
        yield FolderStore(tmp_path / "store")
        return
    url = request.getfixturevalue("server")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    if request.param == "bucket":
        yield bucket_at(url, monkeypatch)
        return
    with faulty_proxy(url, share=0.3, seed=1) as proxy:
        yield bucket_at(proxy.url, monkeypatch)
        assert sum(proxy.faults.values()) > 0 or request.node.name.startswith("test_spool")


@pytest.mark.parametrize("code", ["EPERM", "EXDEV", "ENOTSUP", "ENOSYS", "EMLINK", "EACCES", "EINVAL", "ENOTTY"])
def test_whatever_a_file_system_answers_to_a_link_creation_stays_exclusive(tmp_path, monkeypatch, code):
    def refused(*_):
        raise OSError(getattr(errno, code), code)

    monkeypatch.setattr(os, "link", refused)
    store = FolderStore(tmp_path)
    assert store.create("a", b"1") and not store.create("a", b"2")
    assert store.read("a") == b"1"


@pytest.mark.parametrize("location", ["s3://", "s3:///", "s3://b/../x", "s3://b/./x", "://x", "s3:/b/x", "a\0b"])
def test_what_names_no_place_is_told(location):
    with pytest.raises(UsageError, match="s3://bucket/prefix"):
        open_store(location)


def test_a_url_is_read_as_people_write_it(tmp_path):
    assert open_store(" S3://bucket/a b/ \n").location == "s3://bucket/a b"
    assert open_store(f"FILE://{tmp_path}").location == str(tmp_path)


def test_empty_names_in_a_url_are_left_out_before_anything_is_written(server, monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    place = bucket_at(server, monkeypatch).location
    doubled = open_store(place.replace("builds/", "builds//") + "//run/")
    doubled.publish_bytes("rows/a", b"1")
    assert doubled.location == f"{place}/run"
    assert open_store(f"{place}/run").sizes("rows") == {"a": 1}


def test_what_is_published_is_read(store, tmp_path):
    store.publish_bytes("rows/a.parquet", b"0123456789")
    spooled = store.spooled()
    spooled.write_bytes(b"x" * 100_000)
    store.publish("shards/b.tar", spooled)
    assert not spooled.exists()
    assert store.read("rows/a.parquet") == b"0123456789"
    assert store.read("shards/b.tar") == b"x" * 100_000
    assert store.read_range("rows/a.parquet", 2, 3) == b"234"
    assert store.read_range("rows/a.parquet", 8, 30) == b"89"
    with store.open("rows/a.parquet") as file:
        file.seek(-2, os.SEEK_END)
        assert file.read() == b"89"


def test_publishing_again_replaces(store):
    store.publish_bytes("build.json", b"one")
    store.publish_bytes("build.json", b"two two")
    assert store.read("build.json") == b"two two"


def test_creating_is_exclusive(store):
    assert store.create("rows/a", b"first")
    assert not store.create("rows/a", b"second")
    assert store.read("rows/a") == b"first"


def test_of_many_that_create_one_wins(store):
    won = []
    threads = [
        threading.Thread(target=lambda n=n: won.append(n) if store.create("rows/a", b"%d" % n) else None)
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert store.read("rows/a") == b"%d" % won[0]


def test_listings(store):
    assert store.sizes("rows") == {}
    assert store.folders("plan") == []
    for name in ("rows/a", "rows/b", "plan/one/x", "plan/two/y", "plan/z"):
        store.publish_bytes(name, name.encode())
    assert store.sizes("rows") == {"a": 6, "b": 6}
    assert store.sizes("plan") == {"z": 6}
    assert store.folders("plan") == ["one", "two"]
    assert store.folders("rows") == []


def test_what_is_not_there(store):
    store.publish_bytes("rows/a", b"a")
    assert store.exists("rows/a")
    assert not store.exists("rows/b")
    assert not store.exists("rows")
    assert not store.exists("nowhere/b")
    with pytest.raises(FileNotFoundError):
        store.read("rows/b")
    with pytest.raises(FileNotFoundError), store.open("rows/b") as file:
        file.read()
    store.delete("rows/a")
    store.delete("rows/a")
    assert not store.exists("rows/a")
    assert store.sizes("rows") == {}


def test_listings_see_what_others_just_wrote(store):
    other = open_store(store.location)
    assert other.sizes("rows") == {}
    store.publish_bytes("rows/a", b"a")
    assert other.sizes("rows") == {"a": 1}
    store.publish_bytes("rows/b", b"b")
    assert other.sizes("rows") == {"a": 1, "b": 1}
    assert other.exists("rows/b")


def test_a_folder_is_not_made_by_looking(tmp_path):
    store = open_store(tmp_path / "deep" / "er")
    assert store.sizes("rows") == {}
    assert store.free_bytes() > 0
    assert not (tmp_path / "deep").exists()
    assert isinstance(open_store("memory://x"), ObjectStore)
    assert open_store(f"file://{tmp_path}").location == str(tmp_path)


@pytest.mark.parametrize("location", ["", "  "])
def test_no_location_is_not_taken_for_the_folder_one_is_in(location):
    with pytest.raises(UsageError, match="no folder is given"):
        open_store(location)
