import hashlib
import json
import math
import os
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.pipelines.build.commit_unit import write_unit
from ieiw.triplets.drawings.edit import Answer
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.rows import read_mark
from ieiw.triplets.layout.shards import ShardWriter, _header, _json, canonical_json, members, sample_json
from ieiw.triplets.records import Attempt, Built, Encoded, Record, Reject, Triplet
from ieiw.triplets.rejects import Place, Reason
from ieiw.triplets.storage.store import SPOOL, FolderStore

REF = UnitRef("some", "0123456789", 0, 4)


def attempt(number, task="removal"):
    return Attempt("some", Record(str(number), str(number), {"picture": "a.jpg"}, {}, "train"), task, 0)


def built(number, data=b"x"):
    before, after = Encoded(b"before" + data, "jpg", 4, 3), Encoded(b"after" + data, "jpg", 4, 3)
    answer = Answer(registered=False, box=(), published={"n": number})
    triplet = Triplet("Remove it.", ("Take it away.",), before, after, answer, 0.25, "pair", "noop")
    return Built(attempt(number), triplet, "0" * 64)


def reject(number):
    return Reject(attempt(number), Reason.REGION_EMPTY, Place.TASK, "none")


def files(store):
    return {
        f"{folder}/{name}": store.read(f"{folder}/{name}")
        for folder in ("shards", "rows", "rejects")
        for name in store.sizes(folder)
    }


def test_files_are_named_by_their_digest_and_the_mark_names_them(tmp_path):
    store = FolderStore(tmp_path)
    mark = write_unit(store, REF, [built(1), reject(2), built(3)])
    assert (mark.attempts, mark.built, mark.rejected) == (3, 2, 1)
    assert read_mark(store.read(REF.rows)) == mark
    shard, rejects = store.read(mark.shard), store.read(mark.rejects)
    assert hashlib.sha256(shard).hexdigest() == mark.shard_sha256
    assert hashlib.sha256(rejects).hexdigest() == mark.rejects_sha256
    assert mark.shard == f"shards/some-{REF.unit}-{mark.shard_sha256[:12]}.tar"
    assert mark.rejects == f"rejects/some-{REF.unit}-{mark.rejects_sha256[:12]}.parquet"
    assert mark.shard_size == len(shard)
    assert [path for path in (tmp_path / SPOOL).rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("verdicts", "folders"),
    [([built(1)], {"shards", "rows"}), ([reject(1)], {"rejects", "rows"}), ([], {"rows"})],
)
def test_a_unit_without_triplets_or_rejects_has_no_such_file(tmp_path, verdicts, folders):
    store = FolderStore(tmp_path)
    mark = write_unit(store, REF, verdicts)
    assert {name.partition("/")[0] for name in files(store)} == folders
    assert read_mark(store.read(REF.rows)) == mark
    assert bool(mark.shard) == ("shards" in folders)


def test_the_second_writer_loses(tmp_path):
    store = FolderStore(tmp_path)
    first = write_unit(store, REF, [built(1)])
    before = files(store)
    write_unit(store, REF, [built(1, b"other pixels")])
    after = files(store)
    assert read_mark(store.read(REF.rows)) == first
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 1  # its tar, which no mark names


def test_the_same_work_twice_leaves_the_same_files(tmp_path):
    store = FolderStore(tmp_path)
    write_unit(store, REF, [built(1), reject(2)])
    before = files(store)
    write_unit(store, REF, [built(1), reject(2)])
    assert files(store) == before


def test_an_error_on_the_way_leaves_nothing_to_see(tmp_path):
    def failing():
        yield built(1)
        raise OSError("the disk is gone")

    store = FolderStore(tmp_path)
    with pytest.raises(OSError, match="gone"):
        write_unit(store, REF, failing())
    assert files(store) == {}
    assert [path for path in (tmp_path / SPOOL).rglob("*") if path.is_file()] == []


def test_spans_point_at_their_members(tmp_path):
    with ShardWriter(tmp_path / "a.tar") as writer:
        spans = [writer.add(built(number, b"x" * number * 700)) for number in range(4)]
    data = (tmp_path / "a.tar").read_bytes()
    with (tmp_path / "a.tar").open("rb") as file:
        found = list(members(file))
    roles = [span[role] for span in spans for role in ("source", "target", "json")]
    for span, member in zip(roles, found, strict=True):
        assert data[span.offset : span.offset + span.size] == member.data
        assert (member.offset, hashlib.sha256(member.data).hexdigest()) == (span.offset, span.sha256)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), _VALUES, max_size=4))
def test_the_quick_json_says_what_pythons_says(value):
    assert json.loads(_json(value)) == json.loads(canonical_json(value))


@given(
    st.dictionaries(st.characters(codec="utf-8"), st.text(st.characters(codec="utf-8")) | st.integers() | st.booleans())
)
def test_without_fractions_it_is_the_same_bytes(value):
    assert _json(value) == canonical_json(value).encode("utf-8")


def test_what_json_cannot_hold_is_refused_or_becomes_a_question_mark():
    for number in (math.nan, math.inf):
        with pytest.raises(ValueError, match="JSON"):
            _json({"joints": [[1.0, number]]})
    assert _json({"a": "b\ud800"}) == b'{"a":"b?"}'
    assert _json({"none": None, "text": "null"}) == b'{"none":null,"text":"null"}'


def test_shards_are_what_webdatasets_own_writer_writes(tmp_path):
    from webdataset.writer import TarWriter

    samples = [built(number, b"x" * number * 700) for number in range(4)]
    with ShardWriter(tmp_path / "ours.tar") as ours:
        for sample in samples:
            ours.add(sample)
    theirs = TarWriter(str(tmp_path / "theirs.tar"), user="ieiw", group="ieiw", mtime=0, encoder=False)
    for sample in samples:
        parts = {
            "source.jpg": sample.triplet.source.data,
            "target.jpg": sample.triplet.target.data,
            "json": sample_json(sample),
        }
        for extension, data in parts.items():
            theirs.write({"__key__": sample.attempt.key, extension: data})
    theirs.close()
    assert (tmp_path / "ours.tar").read_bytes() == (tmp_path / "theirs.tar").read_bytes()


@given(
    name=st.text(st.characters(codec="ascii", exclude_characters="\0/"), min_size=1, max_size=100),
    size=st.integers(0, 8**11 - 1),
)
def test_headers_are_what_tarfile_writes(name, size):
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o444, 0
    info.uname = info.gname = "ieiw"
    assert _header(name, size) == info.tobuf(tarfile.USTAR_FORMAT)


@pytest.mark.parametrize(("name", "size"), [("x" * 101, 1), ("x", 8**11)])
def test_what_a_plain_header_cannot_hold_is_an_error(name, size):
    with pytest.raises(ValueError, match="ustar holds"):
        _header(name, size)


@pytest.mark.parametrize("taken", [0, 1, 511, 5000])
def test_a_kernel_that_takes_less_than_it_was_given_costs_no_byte(tmp_path, monkeypatch, taken):
    def shard(name):
        with ShardWriter(tmp_path / name) as writer:
            for number in range(400):  # more pieces than one call may bring
                writer.add(built(number, b"x" * number))
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == writer.sha256
        return (tmp_path / name).read_bytes()

    whole = shard("whole.tar")
    monkeypatch.setattr(os, "writev", lambda number, pieces: os.write(number, b"".join(pieces)[:taken]))
    assert shard("bits.tar") == whole
