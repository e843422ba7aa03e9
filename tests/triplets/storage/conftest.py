"""A server of buckets for this folder's tests."""

import pytest

from tests.support.s3 import client, s3_server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with s3_server(tmp_path_factory.mktemp("moto") / "log") as url:
        client(url).create_bucket(Bucket="builds")
        yield url
