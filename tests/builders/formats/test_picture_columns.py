"""Pictures in Parquet files: any row in any order, and what is not there or damaged is one picture's refusal."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ieiw.builders.formats.dataset_root import MAX_PICTURE_BYTES, Root
from ieiw.builders.formats.picture_columns import PictureColumns, open_parquet, picture_leaf, reference
from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Refusal
from tests.support.hub_rows import PICTURE, write_rows


def _cells(values):
    return [value and {"bytes": value, "path": None} for value in values]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pictures=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=30),
    rows_a_group=st.integers(1, 12),
    order=st.randoms(use_true_random=False),
)
def test_every_row_gives_its_own_bytes_in_any_order(tmp_path, pictures, rows_a_group, order):
    rows = [{"a": cell, "b": {"bytes": cell["bytes"][::-1]}} for cell in _cells(pictures)]
    write_rows(tmp_path / "x.parquet", {"a": PICTURE, "b": PICTURE}, rows, rows_a_group)
    reader, asked = PictureColumns(Root(str(tmp_path))), [(row, name) for row in range(len(rows)) for name in "ab"]
    order.shuffle(asked)
    for row, name in asked:
        found = reader.read(reference("x.parquet", row // rows_a_group, row % rows_a_group, name))
        assert found == (pictures[row] if name == "a" else pictures[row][::-1])


@pytest.mark.parametrize(
    "kind", [pa.binary(), pa.large_binary(), pa.struct([("path", pa.large_string()), ("bytes", pa.large_binary())])]
)
def test_other_ways_to_hold_bytes_are_read_too(tmp_path, kind):
    value = {"bytes": b"pixels", "path": "x.png"} if pa.types.is_struct(kind) else b"pixels"
    write_rows(tmp_path / "x.parquet", {"a": kind}, [{"a": value}])
    assert PictureColumns(Root(str(tmp_path))).read("x.parquet#0/0/a") == b"pixels"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("x.parquet#0/1/a", "picture_missing: the row holds no bytes"),  # null
        ("x.parquet#0/2/a", "picture_missing: the row holds no bytes"),  # a path alone
        ("x.parquet#0/3/a", "picture_missing: the row holds no bytes"),  # no bytes at all
        ("x.parquet#0/9/a", "picture_missing: the row group has 4 rows"),
        ("x.parquet#7/0/a", "picture_missing: the file has 1 row groups"),
        ("x.parquet#0/0/c", "picture_missing: the file has no column 'c'"),
        ("x.parquet#0/0/words", "picture_missing: the file has no column 'words'"),
        ("y.parquet#0/0/a", r"picture_unreadable: .*y\.parquet is missing"),
        ("x.parquet#a/0/a", "picture_missing: names no row"),
        ("../x.parquet#0/0/a", "unsafe_path"),
    ],
)
def test_what_is_not_there_is_said(tmp_path, name, told):
    cells = [{"bytes": b"1", "path": "1.png"}, None, {"bytes": None, "path": "3.png"}, {"bytes": b"", "path": None}]
    write_rows(tmp_path / "x.parquet", {"a": PICTURE, "words": pa.string()}, [{"a": cell} for cell in cells])
    with pytest.raises(Refusal, match=told):
        PictureColumns(Root(str(tmp_path))).read(name)


def test_a_picture_over_the_limit_is_refused_its_neighbours_are_not(tmp_path):
    write_rows(
        tmp_path / "x.parquet", {"a": PICTURE}, [{"a": cell} for cell in _cells([bytes(MAX_PICTURE_BYTES + 1), b"1"])]
    )
    reader = PictureColumns(Root(str(tmp_path)))
    with pytest.raises(Refusal, match="picture_too_large: 67,108,865 bytes"):
        reader.read("x.parquet#0/0/a")
    assert reader.read("x.parquet#0/1/a") == b"1"


def test_a_row_group_that_would_fill_the_memory_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr("ieiw.builders.formats.picture_columns._MOST_BYTES", 100)
    write_rows(tmp_path / "x.parquet", {"a": PICTURE}, [{"a": cell} for cell in _cells([bytes(range(200))])])
    with pytest.raises(Refusal, match="picture_too_large: .*rewrite the file with 100 rows"):
        PictureColumns(Root(str(tmp_path))).read("x.parquet#0/0/a")


def test_damage_refuses_the_picture_and_never_more(tmp_path):
    file = write_rows(
        tmp_path / "x.parquet", {"a": PICTURE}, [{"a": cell} for cell in _cells([bytes(range(256)) * 9] * 3)]
    )
    sound, refused = file.read_bytes(), 0
    for at in range(0, len(sound), 7):
        file.write_bytes(sound[:at] + bytes([sound[at] ^ 0x5A]) + sound[at + 1 :])
        try:
            PictureColumns(Root(str(tmp_path))).read("x.parquet#0/1/a")
        except Refusal as refusal:
            refused += 1
            assert refusal.reason.value in {"picture_unreadable", "picture_missing", "picture_too_large"}
    assert refused > 5
    file.write_bytes(sound[: len(sound) // 2])
    with pytest.raises(Refusal, match=r"picture_unreadable: .*x\.parquet: corrupt_parquet: .*Is the download complete"):
        PictureColumns(Root(str(tmp_path))).read("x.parquet#0/1/a")


def test_a_failing_store_is_no_damage(tmp_path, monkeypatch):
    write_rows(tmp_path / "x.parquet", {"a": PICTURE}, [{"a": {"bytes": b"1"}}])
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", lambda *_, **__: (_ for _ in ()).throw(OSError(5, "I/O error")))
    with pytest.raises(OSError, match="I/O error"):
        PictureColumns(Root(str(tmp_path))).read("x.parquet#0/0/a")


def test_few_files_are_open_at_a_time(tmp_path):
    write_rows(
        tmp_path / "x.parquet", {"a": PICTURE}, [{"a": cell} for cell in _cells([b"%d" % n for n in range(30)])], 1
    )
    reader = PictureColumns(Root(str(tmp_path)))
    for row in [*range(30), 0]:
        assert reader.read(f"x.parquet#{row}/0/a") == b"%d" % row
    assert len(reader._open) == 6


def test_a_file_is_opened_with_one_clear_error(tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"PAR1 is not enough")
    with (
        pytest.raises(UsageError, match=r"x\.parquet: corrupt_parquet"),
        open_parquet(Root(str(tmp_path)), "x.parquet"),
    ):
        pass


def test_a_clone_without_its_large_files_is_told_how_to_get_them(tmp_path):
    (tmp_path / "x.parquet").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(UsageError, match="git lfs pull"), open_parquet(Root(str(tmp_path)), "x.parquet"):
        pass


@pytest.mark.parametrize(
    ("kind", "leaves"),
    [
        (PICTURE, (True, True)),
        (pa.binary(), (True, False)),
        (pa.string(), (False, False)),
        (pa.struct([("path", pa.string())]), (False, True)),
    ],
)
def test_columns_of_pictures_are_told_by_their_type(kind, leaves):
    assert tuple(picture_leaf(pa.field("a", kind), leaf) for leaf in ("bytes", "path")) == leaves
