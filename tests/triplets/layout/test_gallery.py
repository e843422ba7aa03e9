"""What a gallery holds on disk, and what is said where it is not so."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.pipelines.gallery.run import build
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout import gallery_writing
from ieiw.triplets.layout.gallery import check_embedder, gallery_store, open_gallery
from ieiw.triplets.layout.gallery_writing import write_parts
from tests.support.fillings import directions, filling, tree


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(gallery_writing, "ROWS_PER_PART", 100)
    monkeypatch.setattr(gallery_writing, "_ROWS_PER_GROUP", 30)


@pytest.fixture
def made(tmp_path, small_parts):
    build(str(tmp_path / "g"), filling(directions(250)))
    return open_gallery(str(tmp_path / "g"))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 130), min_size=1, max_size=8))
def test_parts_are_the_same_whatever_the_tables_lengths(tmp_path_factory, lengths):
    folder, monkeypatch = tmp_path_factory.mktemp("parts"), pytest.MonkeyPatch()
    monkeypatch.setattr(gallery_writing, "ROWS_PER_PART", 100)
    whole = next(filling(directions(sum(lengths)), step=max(1, sum(lengths))).tables(), None)
    if whole is not None:
        ends = np.cumsum(lengths)
        tables = [whole.slice(end - length, length) for end, length in zip(ends, lengths, strict=True)]
        one, _ = write_parts(gallery_store(str(folder)), [whole])
        other, columns = write_parts(gallery_store(str(folder)), tables)
        assert one == other and columns == {"number": "int64"}
        assert [part.rows for part in one] == [100] * (sum(lengths) // 100) + [sum(lengths) % 100] * (
            sum(lengths) % 100 > 0
        )
    monkeypatch.undo()


def test_rows_are_found_by_number_and_by_id_in_the_order_asked_for(made):
    assert [part.rows for part in made.note.parts] == [100, 100, 50]
    assert made.take([249, 0, 100, 0]) == [{"id": f"v{row}", "number": row} for row in (249, 0, 100, 0)]
    assert made.rows_of(["v249", "nobody", "v0", "v249"]).tolist() == [249, -1, 0, 249]
    assert made.rows_of([]).tolist() == []
    assert np.array_equal(np.concatenate(list(made.vectors())), directions(250))


def test_vectors_stand_in_parquet_as_fixed_size_binary(made):
    table = pq.read_table(made.store.location + "/" + made.note.parts[0].name)
    assert str(table.schema.field("vector").type) == "fixed_size_binary[32]"


@pytest.mark.parametrize("which", ["part", "index"])
@pytest.mark.parametrize("harm", ["cut", "changed", "gone"])
def test_a_damaged_file_is_named(made, which, harm):
    file = made.note.parts[1] if which == "part" else made.note.index.file
    path = made.index_file.parent / file.name
    data = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes(data[: len(data) // 2] if harm == "cut" else data[:99] + bytes([data[99] ^ 1]) + data[100:])
    with pytest.raises(UsageError, match=path.name):
        made.check_files()
    if which == "part" and harm != "changed":
        with pytest.raises(UsageError, match=path.name):
            made.take([150])


@pytest.mark.parametrize("text", ["", "{", "{}", '{"format": 1, "future": 2}'])
def test_a_note_that_cannot_be_read_is_named(made, text):
    made.store.publish_bytes("gallery.json", text.encode())
    with pytest.raises(UsageError, match=r"gallery\.json"):
        open_gallery(made.store.location)


def test_no_gallery_and_a_bucket_are_refused(tmp_path):
    with pytest.raises(UsageError, match="no complete gallery"):
        open_gallery(str(tmp_path))
    with pytest.raises(UsageError, match="lies in a folder"):
        open_gallery("s3://bucket/gallery")


def test_another_embedder_is_refused_by_both_names_and_other_weights_by_their_digests(made):
    check_embedder(made, {"embedder": "descriptor", "version": "1", "device": "cuda"})
    with pytest.raises(UsageError, match=r"descriptor.*clip-l14"):
        check_embedder(made, {"embedder": "clip-l14", "weights_sha256": "0" * 64})
    with pytest.raises(UsageError, match=r"version 1.*version 2"):
        check_embedder(made, {"embedder": "descriptor", "version": "2"})


def test_what_no_note_names_is_removed_and_what_is_not_ours_stays(made):
    place = made.index_file.parent
    for name in ("parts/00009-000000000000.parquet", "index-000000000000.faiss", "work/x.faiss", "README.md"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("x")
    gallery_writing.write_note(made.store, made.note)
    assert set(tree(place)) == {
        "gallery.json",
        "README.md",
        made.note.index.file.name,
        *(part.name for part in made.note.parts),
    }
