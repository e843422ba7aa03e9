"""Embeddings lose the pictures and instructions that were taken down, and hold for the build that is left."""

import shutil

import numpy as np
import pyarrow as pa
import pytest

from ieiw.pipelines.embed.run import embed
from ieiw.pipelines.engine.run import RunOptions
from ieiw.pipelines.takedown.run import Asked, take_down
from ieiw.triplets.layout.embeddings import (
    ELSEWHERE,
    read_elsewhere,
    read_note,
    read_vectors,
    require_note,
    text_id,
    to_bytes,
    vector_table,
    vectors_file,
    write_elsewhere,
)
from ieiw.triplets.layout.index import open_build
from tests.pipelines.takedown.test_kill import Killed, kill_before
from tests.support.builds import index, stamps
from tests.support.tiny_build import Wanted, tiny_build


def vectors(tiny, name, kind):
    """(unit, id) -> vector."""
    found = {}
    for ref in tiny.state.refs():
        file = vectors_file(name, kind, ref)
        if tiny.store.exists(file):
            ids, of_them = read_vectors(tiny.store, file)
            found |= {(ref.unit, ref.source, each): vector.tobytes() for each, vector in zip(ids, of_them, strict=True)}
    return found


def test_they_lose_pictures_and_instructions_and_nothing_else(tiny):
    names = ("descriptor", "open-clip")
    before = {(name, kind): vectors(tiny, name, kind) for name in names for kind in ("pictures", "texts")}
    row = index(tiny.path, "rows")[9]
    taken = take_down(tiny.store.location, Asked(sha256=(row["source_sha256"],)))
    said = {(each["unit"], each["source"], text_id(each["instruction"])) for each in index(tiny.path, "rows")}
    for name in names:
        kept = {place: v for place, v in before[name, "pictures"].items() if place[2] not in taken.made}
        assert vectors(tiny, name, "pictures") == kept
        texts = {place: v for place, v in before[name, "texts"].items() if place in said}
        assert vectors(tiny, name, "texts") == texts
        note = require_note(tiny.store, name, open_build(tiny.store).digests())
        assert (note["pictures"], note["texts"]) == (len(kept), len(texts))
    assert len(vectors(tiny, "open-clip", "texts")) < len(before["open-clip", "texts"])
    seen = stamps(tiny.path / "embeddings")
    embed(tiny.store.location, "descriptor", {}, RunOptions(workers=1))
    assert stamps(tiny.path / "embeddings") == seen


def test_an_embedding_that_had_only_begun_stays_begun(tiny):
    (tiny.path / "embeddings/descriptor/elsewhere.parquet").unlink()
    note = tiny.path / "embeddings/descriptor/embedding.json"
    note.write_text(note.read_text().replace('"complete": true', '"complete": false'))
    taken = take_down(tiny.store.location, Asked(sha256=(index(tiny.path, "rows")[0]["picture_sha256"],)))
    assert not read_note(tiny.store, "descriptor")["complete"]
    assert not {place[2] for place in vectors(tiny, "descriptor", "pictures")} & set(taken.made)


@pytest.fixture
def lender(tmp_path):
    """A build whose first unit holds a vector that the second and the third need."""
    tiny = tiny_build(tmp_path / "build", Wanted(pictures=6, per_unit=6, sources=("shapes",)))
    embed(str(tiny.path), "descriptor", {}, RunOptions(workers=1))
    first, second, third, *_ = tiny.state.refs()
    ids, of_them = read_vectors(tiny.store, vectors_file("descriptor", "pictures", second))
    mine, my_vectors = read_vectors(tiny.store, vectors_file("descriptor", "pictures", first))
    both = vector_table([*mine, ids[0]], np.concatenate([my_vectors, of_them[:1]]))
    tiny.store.publish_bytes(vectors_file("descriptor", "pictures", first), to_bytes(both))
    less = vector_table(ids[1:], of_them[1:])
    tiny.store.publish_bytes(vectors_file("descriptor", "pictures", second), to_bytes(less))
    owner = f"{first.source}-{first.unit}"
    borrowed = {"unit": [second.unit, third.unit], "id": [ids[0]] * 2, "owner": [owner] * 2}
    write_elsewhere(tiny.store, "descriptor", pa.table(borrowed, schema=ELSEWHERE))
    wish = Asked(sha256=(next(row for row in index(tiny.path, "rows") if row["unit"] == first.unit)["picture_sha256"],))
    return tiny, wish, dict(zip(ids, of_them.tolist(), strict=True))


def check_inherited(tiny, expected):
    """The second unit has its vector back, the third one finds it there, and nothing is embedded again."""
    first, second, third, *_ = tiny.state.refs()
    ids, found = read_vectors(tiny.store, vectors_file("descriptor", "pictures", second))
    assert dict(zip(ids, found.tolist(), strict=True)) == expected
    (row,) = read_elsewhere(tiny.store, "descriptor").to_pylist()
    assert row == {"unit": third.unit, "id": next(iter(expected)), "owner": f"{second.source}-{second.unit}"}
    assert not tiny.store.exists(vectors_file("descriptor", "pictures", first))
    seen, note = (
        stamps(tiny.path / "embeddings"),
        require_note(tiny.store, "descriptor", open_build(tiny.store).digests()),
    )
    assert note["pictures"] == len(vectors(tiny, "descriptor", "pictures"))
    embed(str(tiny.path), "descriptor", {}, RunOptions(workers=1))
    assert stamps(tiny.path / "embeddings") == seen


def test_a_unit_that_is_left_without_triplets_hands_on_what_others_need(lender):
    tiny, wish, expected = lender
    take_down(str(tiny.path), wish)
    check_inherited(tiny, expected)


def test_killed_before_any_change_it_hands_on_as_well(lender):
    tiny, wish, expected = lender
    fresh = tiny.path.with_name("fresh")
    shutil.copytree(tiny.path, fresh)
    count, killed = -1, True
    while killed:
        count, killed = count + 1, False
        shutil.rmtree(tiny.path)
        shutil.copytree(fresh, tiny.path)
        with pytest.MonkeyPatch.context() as patch:
            kill_before(patch, count)
            try:
                take_down(str(tiny.path), wish)
            except Killed:
                killed = True
        (tiny.path / "lock.json").unlink(missing_ok=True)
        take_down(str(tiny.path), wish)
        check_inherited(tiny, expected)
    assert count > 15
