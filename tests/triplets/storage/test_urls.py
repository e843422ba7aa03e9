"""URLs are opened by fsspec; what it does not know is refused in words."""

import pytest

from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.urls import file_system


def test_a_url_gives_its_file_system_and_path():
    system, path = file_system("memory://bucket/prefix")
    system.pipe_file(f"{path}/a", b"x")
    assert system.cat_file("/bucket/prefix/a") == b"x"


def test_an_unknown_protocol_is_refused():
    with pytest.raises(UsageError, match=r"foo://x: .*Give a folder, or a URL such as s3://"):
        file_system("foo://x")
