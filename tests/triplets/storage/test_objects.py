"""A build in a bucket: a store or a bucket that is not there is named."""

import pytest

from ieiw.triplets.storage.store import open_store
from tests.support.s3 import KEYS, bucket_at


def test_a_store_that_is_gone_says_so(monkeypatch, server):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("ieiw.triplets.storage.objects._ATTEMPTS", 2)
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    store = bucket_at("http://127.0.0.1:9", monkeypatch)
    for call in (
        lambda: store.exists("a"),
        lambda: store.read("a"),
        lambda: store.sizes("a"),
        lambda: store.create("a", b""),
    ):
        with pytest.raises(OSError, match="s3://builds"):
            call()


def test_a_bucket_that_is_not_there_says_so(monkeypatch, server):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    bucket_at(server, monkeypatch)
    with pytest.raises(OSError, match="nosuchbucket"):
        open_store("s3://nosuchbucket/x").publish_bytes("a", b"a")
