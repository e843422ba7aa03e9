"""Archives from outside: good members come, all others are reported, and damage is never silent."""

import gzip
import io
import stat
import tarfile
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.builders.formats.archives import ArchiveLimits, Member, members
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.triplets.rejects import Reason, Refusal


def tar(*entries, mode="w", form=tarfile.USTAR_FORMAT):
    """A tar of (name, bytes) or ready-made TarInfo."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode, format=form) as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
                continue
            info = tarfile.TarInfo(entry[0])
            info.size = len(entry[1])
            archive.addfile(info, io.BytesIO(entry[1]))
    return stream.getvalue()


def zipped(*entries, compression=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return stream.getvalue()


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def walk(data, **limits):
    good, bad = {}, []
    for found in members(io.BytesIO(data), ArchiveLimits(**limits), "a.tar"):
        if isinstance(found, Member):
            good[found.name] = found.read()
            assert len(good[found.name]) == found.size
            if found.offset is not None:
                assert data[found.offset : found.offset + found.size] == good[found.name]
        else:
            bad.append((found.reason, found.detail))
    return good, bad


MAKERS = {"tar": tar, "tar.gz": lambda *entries: tar(*entries, mode="w:gz"), "zip": zipped}
NAMES = ["../out", "a/../../out", "/etc/passwd", "..\\out", "C:\\out", "\\\\host\\out"]


@pytest.mark.parametrize("kind", MAKERS)
@given(contents=st.lists(st.binary(max_size=1100) | st.sampled_from([bytes(512), bytes(1024)]), max_size=5))
def test_members_come_back_in_order(kind, contents):
    entries = [(f"folder/{number}.jpg", data) for number, data in enumerate(contents)]
    good, bad = walk(MAKERS[kind](*entries))
    assert list(good.items()) == entries
    assert not bad


@pytest.mark.parametrize("kind", MAKERS)
def test_a_path_may_be_given(kind, tmp_path):
    file = tmp_path / "a.bin"
    file.write_bytes(MAKERS[kind](("a.jpg", b"picture")))
    assert [found.read() for found in members(file)] == [b"picture"]
    assert [found.name for found in members(str(file))] == ["a.jpg"]


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("name", NAMES)
def test_names_out_of_the_folder_are_reported(kind, name):
    good, bad = walk(MAKERS[kind](("a.jpg", b"a"), (name, b"x"), ("b.jpg", b"b")))
    assert list(good) == ["a.jpg", "b.jpg"]
    assert [reason for reason, _ in bad] == [Reason.UNSAFE_PATH]
    assert repr(name)[1:-1] in bad[0][1]


def test_a_nul_in_a_zip_name_is_reported():
    data = zipped(("aXb.jpg", b"x")).replace(b"aXb.jpg", b"a\0b.jpg")
    assert walk(data)[1][0][0] is Reason.UNSAFE_PATH


@pytest.mark.parametrize(
    "entry",
    [
        special("link", tarfile.SYMTYPE, "../out"),
        special("hard", tarfile.LNKTYPE, "a.jpg"),
        special("pipe", tarfile.FIFOTYPE),
        special("device", tarfile.CHRTYPE),
    ],
    ids=lambda entry: entry.name,
)
@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_what_is_no_file_is_reported(entry, mode):
    good, bad = walk(tar(("a.jpg", b"a"), entry, special("folder", tarfile.DIRTYPE), ("b.jpg", b"b"), mode=mode))
    assert list(good) == ["a.jpg", "b.jpg"]
    assert [reason for reason, _ in bad] == [Reason.UNSAFE_PATH]


def test_what_lies_behind_a_link_is_reported():
    good, bad = walk(
        tar(special("far", tarfile.SYMTYPE, "/etc"), ("./far/passwd", b"x"), ("far", b"x"), ("farther", b"y"))
    )
    assert list(good) == ["farther"]
    assert [reason for reason, _ in bad] == [Reason.UNSAFE_PATH] * 3


def test_a_link_in_a_zip_is_reported():
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    good, bad = walk(zipped((link, "/etc/passwd"), ("folder/", b""), ("a.jpg", b"a")))
    assert list(good) == ["a.jpg"]
    assert bad[0][0] is Reason.UNSAFE_PATH


@pytest.mark.parametrize("kind", MAKERS)
def test_the_first_of_a_name_is_kept(kind):
    good, bad = walk(MAKERS[kind](("a.jpg", b"first"), ("./a.jpg", b"second"), ("../a.jpg", b"x")))
    assert good == {"a.jpg": b"first"}
    assert [reason for reason, _ in bad] == [Reason.DUPLICATE_RECORD, Reason.UNSAFE_PATH]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_member_over_the_limit_is_reported_and_the_rest_comes(kind):
    good, bad = walk(MAKERS[kind](("a.jpg", bytes(3000)), ("b.jpg", b"b")), max_member_bytes=2999)
    assert list(good) == ["b.jpg"]
    assert bad[0][0] is Reason.PICTURE_TOO_LARGE


def test_bombs_are_refused():
    many = [(f"{number}.jpg", bytes(100_000)) for number in range(20)]
    limits = {"max_ratio": 20, "ratio_from": 300_000}
    good, bad = walk(zipped(*many), **limits)
    assert len(good) + len(bad) == 20
    assert {reason for reason, _ in bad} == {Reason.PICTURE_TOO_LARGE}
    assert sum(map(len, good.values())) <= 300_000
    with pytest.raises(DocumentError) as caught:
        walk(tar(*many, mode="w:gz"), **limits)
    assert caught.value.kind == "archive_bomb"
    with pytest.raises(DocumentError) as caught:
        walk(tar(*many), max_members=5)
    assert caught.value.kind == "archive_bomb"


@pytest.mark.parametrize("packed", [False, True])
def test_a_header_that_asks_for_memory_is_refused(packed):
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 8**11 - 1
    data = info.tobuf(tarfile.USTAR_FORMAT) + bytes(10_000)
    with pytest.raises(DocumentError) as caught:
        walk(gzip.compress(data) if packed else data)
    assert caught.value.kind == "corrupt_archive"


def test_a_packed_tar_is_unpacked_once(monkeypatch):
    data = tar(*[(f"{number}.jpg", bytes(512)) for number in range(300)], mode="w:gz")
    rewinds = []
    monkeypatch.setattr(gzip._GzipReader, "_rewind", lambda self: rewinds.append(1))
    assert len(walk(data)[0]) == 300
    assert not rewinds


@pytest.mark.parametrize("kind", MAKERS)
@given(share=st.floats(0, 1, exclude_max=True))
@settings(deadline=None)
def test_a_cut_archive_is_never_silent(kind, share):
    entries = [(f"{number}.jpg", bytes([number]) * 700) for number in range(5)]
    whole = MAKERS[kind](*entries)
    used = len(whole) if kind != "tar" else 5 * 1536 + 512  # behind that, a tar holds nothing but zeros
    seen = []
    with pytest.raises((DocumentError, Refusal)) as caught:
        for found in members(io.BytesIO(whole[: int(used * share)]), name="a.tar"):
            seen.append((found.name, found.read()))
    assert seen == entries[: len(seen)]
    if isinstance(caught.value, DocumentError):
        assert caught.value.kind == "corrupt_archive"


@pytest.mark.parametrize("kind", MAKERS)
@settings(deadline=None, max_examples=150)
@given(changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=5))
def test_damage_raises_nothing_but_what_is_named(kind, changes):
    data = bytearray(MAKERS[kind](*[(f"{number}.jpg", bytes([number]) * 700) for number in range(3)]))
    for place, value in changes:
        data[int(place * len(data))] = value
    try:
        for found in members(io.BytesIO(bytes(data)), name="a.tar"):
            if isinstance(found, Member):
                found.read()
    except DocumentError as error:
        assert error.kind in {"corrupt_archive", "archive_bomb"}
    except Refusal as refusal:
        assert refusal.reason is Reason.PICTURE_UNREADABLE


@pytest.mark.parametrize("data", [b"", b"<html>", b"PK", b"\x1f\x8b", b"x" * 2000])
def test_what_is_no_archive_is_named(data):
    with pytest.raises(DocumentError) as caught:
        walk(data)
    assert caught.value.kind == "corrupt_archive"


def test_a_header_damaged_in_the_middle_is_not_taken_for_the_end():
    data = bytearray(tar(*[(f"{number}.jpg", b"x") for number in range(4)]))
    data[2 * 1024 + 150] ^= 1  # the checksum of the third member
    with pytest.raises(DocumentError, match="damaged, at byte 2,048"):
        walk(bytes(data))


@pytest.mark.parametrize("kind", MAKERS)
def test_reading_too_late_is_told_from_damage(kind):
    (late,) = list(members(io.BytesIO(MAKERS[kind](("a.jpg", b"a")))))
    with pytest.raises(ValueError, match="not after"):
        late.read()


def test_long_names_come_whole():
    name = "/".join(["folder"] * 50) + "/é.jpg"
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        assert list(walk(tar((name, b"x"), form=form))[0]) == [name]


def test_memory_does_not_grow_with_the_members(tmp_path):
    file = tmp_path / "a.tar"
    file.write_bytes(tar(*[(f"{number}.jpg", b"x") for number in range(3000)]))
    tracemalloc.start()
    assert sum(1 for _ in members(file)) == 3000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5e6  # the names; tarfile itself would keep some 5 MB
