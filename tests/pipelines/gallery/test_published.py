"""Embedding sets as clip-retrieval and LAION publish them become galleries."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ieiw.pipelines.gallery.published import of_folder, stated
from ieiw.pipelines.gallery.run import build
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import open_gallery
from tests.support.fillings import directions

CLIP = {"embedder": "clip-l14"}


def publish(folder, parts, names="img_emb_{}.npy metadata_{}.parquet", dtype=np.float16, **columns):
    """Arrays and metadata of parts of these lengths; returns all vectors."""
    (folder / "img_emb").mkdir(parents=True)
    (folder / "metadata").mkdir()
    vectors, start = directions(sum(parts)), 0
    array, rows = names.split()
    for number, length in enumerate(parts):
        some = slice(start, start + length)
        np.save(folder / "img_emb" / array.format(number), vectors[some].astype(dtype) * 3)
        told = {
            "image_path": [f"{at:09d}" for at in range(start, start + length)],
            "caption": [f"picture {at}" for at in range(start, start + length)],
            "width": [float(at) for at in range(length)] if number else list(range(length)),
            "exif": [None] * length,
            "sizes": [[1, 2]] * length,
            "raw": [b"\xff"] * length,
            "NSFW": pa.array(["UNLIKELY"] * length).dictionary_encode(),
            "similarity": [0.25] * length,
        }
        pq.write_table(
            pa.table(told | {name: give(some) for name, give in columns.items()}),
            folder / "metadata" / rows.format(number),
        )
        start += length
    return vectors


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("names", ["img_emb_{}.npy metadata_{}.parquet", "img_emb_{:04d}.npy metadata_{:04d}.parquet"])
def test_vectors_keep_their_rows_in_the_order_of_the_numbers(tmp_path, names, dtype):
    parts = [3, 2, 4, 1, 1, 1, 1, 1, 1, 1, 2]  # 10 comes after 9, not after 1
    vectors = publish(tmp_path / "set", parts, names, dtype)
    made = build(str(tmp_path / "g"), of_folder(str(tmp_path / "set"), CLIP))
    gallery = open_gallery(str(tmp_path / "g"))
    known = gallery.take(range(sum(parts)))
    assert [each["id"] for each in known] == [f"{at:09d}" for at in range(sum(parts))]
    assert known[4]["NSFW"] == "UNLIKELY" and known[4]["similarity"] == 0.25
    assert known[4]["caption"] == "picture 4" and set(known[0]) == {
        "id",
        "caption",
        "width",
        "exif",
        "NSFW",
        "similarity",
    }
    found = np.concatenate(list(gallery.vectors())).astype(np.float32)
    assert np.allclose(found, vectors.astype(np.float32), atol=2e-3)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)
    assert made.note.embedder == CLIP and not made.note.stand_in


def test_one_folder_may_hold_both_and_texts_are_passed_over(tmp_path):
    publish(tmp_path / "set", [4])
    for path in [*(tmp_path / "set").glob("*/*")]:
        path.rename(tmp_path / path.name)
    np.save(tmp_path / "text_emb_0.npy", directions(4))
    assert build(str(tmp_path / "g"), of_folder(str(tmp_path), CLIP)).added == 4


def test_vectors_that_are_not_finite_or_zero_and_ids_that_stand_twice_are_counted(tmp_path):
    publish(tmp_path / "set", [5], key=lambda some: ["a", "b", "b", "c", "d"])
    file = tmp_path / "set/img_emb/img_emb_0.npy"
    values = np.load(file)
    values[0], values[3, 2], values[4, 0] = 0, np.nan, np.inf
    np.save(file, values)
    made = build(str(tmp_path / "g"), of_folder(str(tmp_path / "set"), CLIP))
    assert (made.added, made.known, made.undirected) == (1, 1, 3)


def test_a_column_of_ids_can_be_named(tmp_path):
    publish(tmp_path / "set", [3], url=lambda some: ["http://a", "http://b", None])
    with pytest.raises(UsageError, match="1 rows without url"):
        build(str(tmp_path / "g"), of_folder(str(tmp_path / "set"), CLIP, "url"))
    with pytest.raises(UsageError, match="no column nosuch.*caption"):
        of_folder(str(tmp_path / "set"), CLIP, "nosuch")


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda folder: cut(folder / "img_emb/img_emb_1.npy"), r"img_emb_1\.npy.*[Dd]ownload"),
        (lambda folder: cut(folder / "metadata/metadata_1.parquet"), r"metadata_1\.parquet.*Download"),
        (lambda folder: (folder / "metadata/metadata_1.parquet").unlink(), r"img_emb_1\.npy: nothing of number 1"),
        (lambda folder: (folder / "img_emb/img_emb_1.npy").unlink(), r"metadata_1\.parquet: nothing of number 1"),
        (lambda folder: np.save(folder / "img_emb/img_emb_1.npy", directions(3)), "3 vectors for the 2 rows"),
        (lambda folder: np.save(folder / "img_emb/img_emb_1.npy", directions(2, 8)), r"lengths \[8, 16\]"),
        (lambda folder: np.save(folder / "img_emb/img_emb_1.npy", np.zeros((2, 16), np.int64)), "int64"),
        (
            lambda folder: np.save(folder / "img_emb/img_emb_1.npy", np.array([{}, {}]), allow_pickle=True),
            "no array that can be read",
        ),
        (lambda folder: np.save(folder / "img_emb/img_emb_01.npy", directions(2)), "has the number of"),
        (lambda folder: np.save(folder / "img_emb/all.npy", directions(2)), "ends in no number"),
    ],
)
def test_a_set_that_is_not_whole_is_refused_by_file(tmp_path, harm, told):
    publish(tmp_path / "set", [4, 2])
    harm(tmp_path / "set")
    with pytest.raises(UsageError, match=told):
        of_folder(str(tmp_path / "set"), CLIP)


def test_no_set_and_an_unknown_embedder_are_refused(tmp_path):
    with pytest.raises(UsageError, match="img_emb"):
        of_folder(str(tmp_path), CLIP)
    with pytest.raises(UsageError, match="nosuch"):
        stated("nosuch")
    assert stated("clip-b32") == {"embedder": "clip-b32"}
