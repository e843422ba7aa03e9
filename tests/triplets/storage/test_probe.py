"""What a place can: each lack that a file system or a bucket may have is staged here."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from ieiw.triplets.storage.objects import ObjectStore
from ieiw.triplets.storage.probe import probe
from tests.support.s3 import KEYS, bucket_at, client


def found(place):
    return {each.name: each for each in probe(str(place))}


def failing(code):
    def call(*_, **__):
        raise OSError(code, os.strerror(code))

    return call


def test_a_folder_that_can_do_all_of_it_and_is_left_as_it_was(tmp_path):
    abilities = found(tmp_path)
    assert set(abilities) == {"can be written", "exclusive create", "free room"}
    assert all(each.good for each in abilities.values())
    assert "hard link" in abilities["exclusive create"].found
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_yet_is_not_made(tmp_path):
    assert found(tmp_path / "new" / "out")["can be written"].good
    assert not (tmp_path / "new").exists()


def test_a_file_system_without_hard_links(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", failing(errno.EPERM))
    ability = found(tmp_path)["exclusive create"]
    assert ability.good and "no hard links" in ability.found and "one process at a time" in ability.found


def test_a_file_system_without_hard_links_and_locks(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", failing(errno.ENOTSUP))
    monkeypatch.setattr(fcntl, "flock", failing(errno.ENOLCK))
    ability = found(tmp_path)["exclusive create"]
    assert not ability.good and "neither hard links nor locks" in ability.found
    assert "one machine" in ability.remedy or "--workers 1" in ability.remedy


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_place_that_may_only_be_read(tmp_path, monkeypatch, code):
    monkeypatch.setattr(Path, "mkdir", failing(code))
    abilities = found(tmp_path)
    assert not abilities["can be written"].good and os.strerror(code) in abilities["can be written"].found
    assert "--out" in abilities["can be written"].remedy
    assert "exclusive create" not in abilities


def test_a_disk_that_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", failing(errno.ENOSPC))
    ability = found(tmp_path)["can be written"]
    assert not ability.good and "No space left" in ability.found


def test_a_file_is_no_place(tmp_path):
    (tmp_path / "file").touch()
    ability = found(tmp_path / "file")["can be written"]
    assert not ability.good and "is a file" in ability.found


def test_little_room_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("ieiw.triplets.storage.folder.FolderStore.free_bytes", lambda _: 10**9)
    assert (found(tmp_path)["free room"].good, found(tmp_path)["free room"].found) == (False, "1.0 GB")


@pytest.fixture
def bucket(server, monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    bucket_at(server, monkeypatch)


@pytest.mark.usefixtures("bucket")
class TestBucket:
    def test_one_that_writes_on_condition(self, server):
        abilities = found("s3://builds/some")
        assert all(each.good for each in abilities.values()), abilities
        assert "If-None-Match" in abilities["exclusive create"].found
        assert client(server).list_objects_v2(Bucket="builds").get("KeyCount") == 0

    def test_one_that_replaces_what_is_there(self, monkeypatch):
        monkeypatch.setattr(ObjectStore, "create", lambda self, name, data: self.publish_bytes(name, data) or True)
        ability = found("s3://builds/some")["exclusive create"]
        assert not ability.good and "replaces" in ability.found and "one driver" in ability.remedy

    def test_one_that_is_not_there(self):
        ability = found("s3://nosuch-bucket/some")["can be written"]
        assert not ability.good and "nosuch-bucket" in ability.found

    def test_a_protocol_that_nobody_knows(self):
        assert "foo" in found("foo://x/y")["can be written"].found
