"""Members of zip files by name: what comes out is what went in, and what must not be read is refused."""

import io
import zipfile

import pytest

from ieiw.builders.formats.json_stream import DocumentError
from ieiw.builders.formats.zips import ZipFiles
from ieiw.triplets.rejects import Reason, Refusal


def _zip(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_come_out_as_they_went_in_any_order(method):
    files = {f"{number:07d}/ü{number}.jpg": bytes([number]) * number for number in range(200)}
    found = ZipFiles(_zip(files, method), "a.zip")
    assert len(found) == 200
    for name in sorted(files, reverse=True):
        assert name in found
        assert found.read(name) == files[name]
    assert "other" not in found
    with pytest.raises(Refusal, match=r"no such file in a\.zip"):
        found.read("other")


def test_a_bomb_is_refused_before_it_is_unpacked():
    found = ZipFiles(_zip({"bomb": bytes(20 * 2**20)}), "a.zip")
    with pytest.raises(Refusal) as caught:
        found.read("bomb")
    assert caught.value.reason is Reason.PICTURE_TOO_LARGE


def test_damage_is_refused():
    data = bytearray(_zip({"a": b"x" * 1000}, zipfile.ZIP_STORED).getvalue())
    data[500] ^= 1
    with pytest.raises(Refusal, match="damaged"):
        ZipFiles(io.BytesIO(bytes(data)), "a.zip").read("a")


@pytest.mark.parametrize("data", [b"", b"PK", b"no archive"])
def test_what_is_no_zip_is_one_clear_error(data):
    with pytest.raises(DocumentError, match=r"a\.zip: corrupt_archive"):
        ZipFiles(io.BytesIO(data), "a.zip")


def test_a_changed_name_before_the_bytes_is_refused():
    data = _zip({"abcd": b"x"}, zipfile.ZIP_STORED).getvalue().replace(b"abcd", b"evil", 1)
    with pytest.raises(Refusal, match="damaged"):
        ZipFiles(io.BytesIO(data), "a.zip").read("abcd")
