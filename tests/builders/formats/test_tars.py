"""Tar files by member: what is plain is read by its range, and nothing else; a cut tar is one clear error."""

import io
import os
import tarfile

import fsspec
import numpy as np
import pytest

from ieiw.builders.formats import tars
from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.builders.formats.tars import Tars
from ieiw.triplets.rejects import Refusal

FILES = {"sa_1.jpg": b"one" * 200, "sa_1.json": b"{}", "sa_2.jpg": b"", "long/" * 30 + "ä.jpg": b"long"}


def pack(path, files, style=tarfile.PAX_FORMAT, extra=()):
    with tarfile.open(path, "w", format=style) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in extra:
            archive.addfile(info)


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(tars, "cache_folder", lambda name: tmp_path / "cache" / name)


def settled(path, seconds=1_000_000_000):
    """Make a file look old enough to be remembered."""
    os.utime(path, (seconds, seconds))


@pytest.mark.parametrize("style", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("lead", ["", "./"])
def test_every_member_is_read_by_its_name_in_each_format(tmp_path, style, lead):
    pack(tmp_path / "a.tar", {lead + name: content for name, content in FILES.items()}, style)
    found = Tars(Root(str(tmp_path)))
    assert {name: found.read("a.tar", name) for name in FILES} == FILES
    assert len(found.index("a.tar")) == len(FILES)
    assert list(found.index("a.tar")["name"]) == sorted(name.encode() for name in FILES)


def test_only_plain_members_are_read(tmp_path):
    folder = tarfile.TarInfo("folder")
    folder.type = tarfile.DIRTYPE
    extra = [
        link("soft.jpg", "/etc/passwd"),
        link("hard.jpg", "sa_1.jpg", tarfile.LNKTYPE),
        link("pipe.jpg", "", tarfile.FIFOTYPE),
        tarfile.TarInfo("/etc/absolute.jpg"),
        tarfile.TarInfo("../up.jpg"),
        tarfile.TarInfo("sa_1.jpg"),
        folder,
    ]
    pack(tmp_path / "a.tar", {"sa_1.jpg": b"one"}, extra=extra)
    found, reasons = Tars(Root(str(tmp_path))), {}
    for name in ("soft.jpg", "hard.jpg", "pipe.jpg", "/etc/absolute.jpg", "../up.jpg", "none.jpg", "folder"):
        with pytest.raises(Refusal) as refused:
            found.read("a.tar", name)
        reasons[name] = refused.value.reason.value
    assert reasons == {
        **dict.fromkeys(("soft.jpg", "hard.jpg", "pipe.jpg"), "picture_unreadable"),
        **dict.fromkeys(("/etc/absolute.jpg", "../up.jpg"), "unsafe_path"),
        **dict.fromkeys(("none.jpg", "folder"), "picture_missing"),
    }
    assert found.read("a.tar", "sa_1.jpg") == b"one"
    assert (found.index("a.tar")["kind"] == tars.TWICE).sum() == 1


def test_a_tar_cut_anywhere_is_refused_as_a_whole(tmp_path):
    pack(tmp_path / "whole.tar", FILES)
    whole = (tmp_path / "whole.tar").read_bytes()
    end = len(whole.rstrip(b"\0"))
    for length in (0, 100, 512, 1000, 1536, end // 2 // 512 * 512, end - 700, end - 10, (end + 511) // 512 * 512):
        (tmp_path / "cut.tar").write_bytes(whole[:length])
        with pytest.raises(DocumentError, match=r"cut\.tar: corrupt_archive.*download complete"):
            Tars(Root(str(tmp_path))).index("cut.tar")


@pytest.mark.parametrize("content", [b"no tar at all" * 100, b"\x1f\x8b" + bytes(600)])
def test_what_is_no_tar_is_refused(tmp_path, content):
    (tmp_path / "a.tar").write_bytes(content)
    with pytest.raises(DocumentError, match="corrupt_archive"):
        Tars(Root(str(tmp_path))).index("a.tar")


def test_a_header_that_claims_gigabytes_is_not_read(tmp_path):
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 2**31
    (tmp_path / "a.tar").write_bytes(info.tobuf(tarfile.USTAR_FORMAT) + bytes(2048))
    with pytest.raises(DocumentError, match=r"a header of 2,147,483,648 bytes"):
        Tars(Root(str(tmp_path))).index("a.tar")


def test_a_large_member_is_refused_by_its_header(tmp_path, monkeypatch):
    pack(tmp_path / "a.tar", FILES)
    monkeypatch.setattr(tars, "MAX_PICTURE_BYTES", 100)
    with pytest.raises(Refusal, match="picture_too_large: 600 bytes, the limit is 100"):
        Tars(Root(str(tmp_path))).read("a.tar", "sa_1.jpg")


def test_headers_are_read_once_and_the_index_is_mapped_afterwards(tmp_path, monkeypatch):
    pack(tmp_path / "a.tar", FILES)
    settled(tmp_path / "a.tar")
    Tars(Root(str(tmp_path))).index("a.tar")
    monkeypatch.setattr(tars, "_read_index", lambda *_: pytest.fail("read again"))
    again = Tars(Root(str(tmp_path)))
    assert isinstance(again.index("a.tar"), np.memmap)
    assert again.read("a.tar", "sa_1.json") == b"{}"


def test_a_tar_that_changed_is_read_anew_and_so_is_a_damaged_index(tmp_path):
    pack(tmp_path / "a.tar", FILES)
    settled(tmp_path / "a.tar")
    Tars(Root(str(tmp_path))).index("a.tar")
    (kept,) = (tmp_path / "cache" / "tars").iterdir()
    kept.write_bytes(kept.read_bytes()[:-7])
    assert Tars(Root(str(tmp_path))).read("a.tar", "sa_1.json") == b"{}"
    pack(tmp_path / "a.tar", {"sa_9.jpg": b"nine"})
    settled(tmp_path / "a.tar", 1_100_000_000)
    assert Tars(Root(str(tmp_path))).read("a.tar", "sa_9.jpg") == b"nine"


def test_a_tar_that_shrank_after_it_was_read_refuses_its_members(tmp_path):
    pack(tmp_path / "a.tar", FILES)
    found = Tars(Root(str(tmp_path)))
    found.index("a.tar")
    (tmp_path / "a.tar").write_bytes((tmp_path / "a.tar").read_bytes()[:600])
    with pytest.raises(Refusal, match="picture_unreadable: ends after"):
        found.read("a.tar", "sa_1.jpg")


def test_no_more_than_so_many_indices_are_mapped(tmp_path, monkeypatch):
    monkeypatch.setattr(tars, "_MAPPED", 3)
    for number in range(6):
        pack(tmp_path / f"{number}.tar", FILES)
    found = Tars(Root(str(tmp_path)))
    for number in range(6):
        assert found.read(f"{number}.tar", "sa_1.json") == b"{}"
    assert found._kept.cache_info().currsize == 3


def test_a_tar_in_a_bucket_is_read_by_range_as_well(tmp_path):
    pack(tmp_path / "a.tar", FILES)
    system = fsspec.filesystem("memory")
    system.pipe_file("/tars/a.tar", (tmp_path / "a.tar").read_bytes())
    found = Tars(Root("memory://tars"))
    assert {name: found.read("a.tar", name) for name in FILES} == FILES
    system.rm("/tars", recursive=True)
