"""Nothing outside a data set's root is ever read, and nothing in it hangs or fills the memory."""

import hashlib
import os
import time
import unicodedata
from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.formats._root_storage import FOLLOW_LINKS
from ieiw.builders.formats.dataset_root import Root
from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Reason, Refusal


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(FOLLOW_LINKS, raising=False)
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.jpg").write_bytes(b"outside")
    root = tmp_path / "data"
    (root / "images").mkdir(parents=True)
    (root / "images" / "a.jpg").write_bytes(b"picture")
    return root


@pytest.fixture
def bucket():
    system = fsspec.filesystem("memory")
    system.pipe_file("/bucket/data/images/a.jpg", b"picture")
    yield "memory://bucket/data"
    system.rm("/bucket", recursive=True)


def reason(root, reference, **options):
    with pytest.raises(Refusal) as caught:
        root.read(reference, **options)
    return caught.value.reason


def test_a_range_of_a_file_is_read_alone(folder, bucket):
    for root in (Root(str(folder)), Root(bucket)):
        assert root.read_range("images/a.jpg", 2, 3) == b"ctu"
        assert root.read_range("images/a.jpg", 7, 0) == b""
        for name, start, size, expected in (
            ("images/a.jpg", 5, 9, Reason.PICTURE_UNREADABLE),
            ("images/b.jpg", 0, 1, Reason.PICTURE_MISSING),
            ("../outside/a.jpg", 0, 1, Reason.UNSAFE_PATH),
        ):
            with pytest.raises(Refusal) as caught:
                root.read_range(name, start, size)
            assert caught.value.reason is expected


UNSAFE = [
    "/etc/passwd",
    "../secret.txt",
    "images/../../secret.txt",
    "..\\secret.txt",
    "\\\\host\\share",
    "C:\\a",
    "a\0b",
    "\ud800",
]


@pytest.mark.parametrize("reference", UNSAFE)
def test_references_out_of_the_root_are_refused(folder, bucket, reference):
    for root in (Root(str(folder)), Root(bucket)):
        assert reason(root, reference) is Reason.UNSAFE_PATH
        for ask in (root.exists, root.size, root.open, root.fingerprint):
            with pytest.raises(Refusal):
                ask(reference)


def test_links_out_of_the_root_are_refused_unless_allowed(folder, monkeypatch):
    (folder / "link.jpg").symlink_to(folder.parent / "secret.txt")
    (folder / "far").symlink_to(folder.parent / "outside")
    (folder / "near.jpg").symlink_to(folder / "images" / "a.jpg")
    (folder / "neighbour").symlink_to(f"{folder}-2")
    (folder.parent / "data-2").mkdir()
    (folder.parent / "data-2" / "a.jpg").write_bytes(b"x")
    root = Root(str(folder))
    assert root.read("near.jpg") == b"picture"
    for name in ("link.jpg", "far/a.jpg", "neighbour/a.jpg"):
        assert reason(root, name) is Reason.UNSAFE_PATH
    monkeypatch.setenv(FOLLOW_LINKS, "1")
    assert Root(str(folder)).read("far/a.jpg") == b"outside"


def test_the_root_itself_may_be_a_link(folder):
    (folder.parent / "link").symlink_to(folder)
    assert Root(str(folder.parent / "link")).read("images/a.jpg") == b"picture"


@given(st.text(max_size=30))
def test_any_reference_reads_inside_or_is_refused(tmp_path_factory, reference):
    root = Root(str(tmp_path_factory.getbasetemp()))
    with pytest.raises(Refusal):
        root.read(f"{reference}-none")


def test_reading(folder, bucket):
    for root in (Root(str(folder)), Root(f"file://{folder}/"), Root(bucket), Root(f"{bucket}/")):
        assert root.read("images/a.jpg") == b"picture"
        assert root.read("images/a.jpg", max_bytes=7) == b"picture"
        assert reason(root, "images/a.jpg", max_bytes=6) is Reason.PICTURE_TOO_LARGE
        assert reason(root, "images/b.jpg") is Reason.PICTURE_MISSING
        assert root.exists("images/a.jpg") and root.exists("images") and not root.exists("b")
        assert root.size("images/a.jpg") == 7
        assert root.names("images") == ["a.jpg"]
        assert root.names("nowhere") == []
        with root.open("images/a.jpg") as file:
            file.seek(3)
            assert file.read() == b"ture"


def test_what_is_no_plain_file_is_refused_and_does_not_hang(folder):
    os.mkfifo(folder / "pipe.jpg")
    root = Root(str(folder))
    assert reason(root, "pipe.jpg") is Reason.PICTURE_UNREADABLE
    assert reason(root, "images") is Reason.PICTURE_UNREADABLE
    assert reason(root, "images/a.jpg/b.jpg") is Reason.PICTURE_MISSING
    assert reason(root, "n" * 300) is Reason.PICTURE_MISSING
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        reason(root, "images")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_too_large_is_known_before_reading(folder):
    with (folder / "huge.jpg").open("wb") as file:
        file.truncate(2**40)
    assert reason(Root(str(folder)), "huge.jpg") is Reason.PICTURE_TOO_LARGE


def test_what_is_missing_is_named_with_its_remedy(folder):
    with pytest.raises(UsageError, match=r"no such folder.*`root`"):
        Root(str(folder / "nowhere")).require("a.json", "annotation file")
    with pytest.raises(UsageError, match="a file"):
        Root(str(folder / "images" / "a.jpg")).require("a.json", "annotation file")
    with pytest.raises(UsageError, match=r"data: the annotation file a\.json is missing\. Download it"):
        Root(str(folder)).require("a.json", "annotation file", "Download it.")
    for ask in (Root(str(folder)).open, Root(str(folder)).size, Root(str(folder)).fingerprint):
        with pytest.raises(UsageError, match=r"a\.json is missing"):
            ask("a.json")


def aged(file):
    """As if written an hour ago."""
    stamp = time.time_ns() - 3600 * 10**9
    os.utime(file, ns=(stamp, stamp))


def test_a_folder_where_a_file_should_be_is_one_error(folder):
    (folder / "list.json").mkdir()
    for ask in (Root(str(folder)).open, Root(str(folder)).fingerprint):
        with pytest.raises(UsageError, match=r"list\.json is a folder, not a file"):
            ask("list.json")


def test_a_fingerprint_is_computed_once(folder, monkeypatch):
    file = folder / "images" / "a.jpg"
    aged(file)
    expected = hashlib.sha256(b"picture").hexdigest()
    assert Root(str(folder)).fingerprint("images/a.jpg") == expected
    monkeypatch.setattr(Root, "open", None)  # a second reading would fail
    assert Root(str(folder)).fingerprint("images/a.jpg") == expected


def test_a_fingerprint_follows_the_content(folder):
    file = folder / "images" / "a.jpg"
    root = Root(str(folder))
    for content in (b"picture", b"PICTURE", b"longer than before"):
        file.write_bytes(content)  # the first two within a tick, of one size
        assert root.fingerprint("images/a.jpg") == hashlib.sha256(content).hexdigest()
        aged(file)
        assert root.fingerprint("images/a.jpg") == hashlib.sha256(content).hexdigest()
        file.unlink()


def test_a_store_without_versions_is_read_each_time(bucket):
    root = Root(bucket)
    system = fsspec.filesystem("memory")
    assert root.fingerprint("images/a.jpg") == hashlib.sha256(b"picture").hexdigest()
    system.pipe_file("/bucket/data/images/a.jpg", b"PICTURE")
    assert root.fingerprint("images/a.jpg") == hashlib.sha256(b"PICTURE").hexdigest()


def test_no_place_for_the_cache_costs_only_time(folder, monkeypatch):
    aged(folder / "images" / "a.jpg")
    (folder.parent / "blocked").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "blocked"))
    assert Root(str(folder)).fingerprint("images/a.jpg") == hashlib.sha256(b"picture").hexdigest()


def test_what_a_mac_packs_beside_a_folder_is_not_there(tmp_path):
    for name in ("__MACOSX", ".DS_Store", "GOPRO_Large"):
        (tmp_path / name).mkdir()
    assert Root(str(tmp_path)).names() == ["GOPRO_Large"]


@pytest.mark.parametrize(
    ("said", "real"),
    [
        ("sub\\a.jpg", "sub/a.jpg"),
        ("sub\\a.jpg", "sub/a.JPG"),
        (unicodedata.normalize("NFC", "café.jpg"), unicodedata.normalize("NFD", "café.jpg")),
        (unicodedata.normalize("NFD", "café.jpg"), unicodedata.normalize("NFC", "café.JPG")),
        ("한글\\å.png", unicodedata.normalize("NFD", "한글/å.png")),
        ("a\\b.jpg", "a\\b.jpg"),
    ],
)
def test_names_are_found_as_windows_and_macos_write_them(tmp_path, said, real):
    (tmp_path / real).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / real).write_bytes(b"here")
    assert Root(str(tmp_path)).read(said) == b"here"


def test_two_files_that_may_be_meant_are_named_and_none_is_taken(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("sub/a.jpg", "sub/a.JPG"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(Refusal, match="sub/a.jpg and sub/a.JPG") as caught:
        Root(str(tmp_path)).read("sub\\a.jpg")
    assert caught.value.reason == "picture_missing"


def test_backslashes_lead_out_of_the_root_no_more_than_slashes(tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"no")
    (tmp_path / "root").mkdir()
    with pytest.raises(Refusal, match="unsafe_path"):
        Root(str(tmp_path / "root")).read("..\\secret.jpg")
