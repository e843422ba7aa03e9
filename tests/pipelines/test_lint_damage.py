"""Every kind of damage that we could think of is planted, and lint must name the file it is in."""

import json
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ieiw.pipelines.lint.run import Kind, lint
from ieiw.triplets.images.codec import encode_jpeg, encode_png
from ieiw.triplets.layout.build_state import source_state
from ieiw.triplets.layout.plan import UnitRef, read_unit, write_plan
from ieiw.triplets.layout.rows import read_mark
from ieiw.triplets.storage.store import open_store
from tests.support.damage import Piece, flip, open_unit, remark, seal, unit_names
from tests.support.tiny_build import Tiny, Wanted, build_unit, edit_state, tiny_build

SMALL = Wanted(pictures=8, sources=("shapes",))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return tiny_build(tmp_path_factory.mktemp("whole") / "build", SMALL)


@pytest.fixture
def tiny(whole, tmp_path):
    shutil.copytree(whole.path, tmp_path / "build")
    return Tiny(open_store(tmp_path / "build"), tmp_path / "build", whole.state, whole.wanted)


def test_undamaged(tiny):
    assert lint(tiny.path).findings == ()


def expect(tiny, kind, where):
    """Lint must tell of this kind in this file; the whole report is shown where it does not."""
    report = lint(tiny.path)
    json.dumps(report.as_json())
    assert not report.ok
    assert (kind, where) in {(finding.kind, finding.where) for finding in report.findings}, report.findings
    return report


def a_unit(tiny):
    name = unit_names(tiny)[0]
    return name, open_unit(tiny, name)


# Damage below the digests: everything is sealed again, so only a look inside can tell.


def _swap_members(unit):
    unit.pieces[0], unit.pieces[1] = unit.pieces[1], unit.pieces[0]


def _swap_samples(unit):
    unit.pieces[:6] = unit.pieces[3:6] + unit.pieces[:3]


def _add_member(unit):
    unit.pieces.append(Piece("stray.json", b"{}"))


def _json_first(unit):
    unit.pieces[:3] = unit.pieces[2:3] + unit.pieces[:2]


def _rename(unit):
    unit.pieces[0].name = unit.pieces[0].name.replace(".source.jpg", ".source.jpeg")


def _png_among_jpeg(unit):
    piece = unit.piece(0, "source")
    pixels = _pixels()
    piece.name, piece.data = piece.name.replace("jpg", "png"), encode_png(pixels).data


def _pixels(size=(32, 48)):
    return np.full((*size, 3), 90, np.uint8)


def _wrong_spans(unit):
    unit.spans = False
    unit.rows[1]["target_offset"] += 1


def _wrong_member_digest(unit):
    unit.spans = False
    unit.rows[1]["json_sha256"] = "0" * 64


IN_SHARD = {
    "mtime": (Kind.TAR, lambda unit: unit.pieces[2].header.update(mtime=1)),
    "mode": (Kind.TAR, lambda unit: unit.pieces[2].header.update(mode=0o644)),
    "owner": (Kind.TAR, lambda unit: unit.pieces[2].header.update(uid=1000)),
    "owner's name": (Kind.TAR, lambda unit: unit.pieces[2].header.update(uname="root")),
    "symbolic link": (Kind.TAR, lambda unit: unit.pieces[2].header.update(type=b"2", linkname="/etc/passwd")),
    "pax header": (Kind.TAR, lambda unit: unit.pieces[2].pax.update(comment="hello")),
    "trailing bytes": (Kind.TAR, lambda unit: setattr(unit, "tail", b"\0" * 512)),
    "trailing text": (Kind.TAR, lambda unit: setattr(unit, "tail", b"x" * 10240)),
    "swapped members": (Kind.MEMBER, _swap_members),
    "swapped samples": (Kind.MEMBER, _swap_samples),
    "json first": (Kind.MEMBER, _json_first),
    "added member": (Kind.MEMBER, _add_member),
    "lost member": (Kind.MEMBER, lambda unit: unit.pieces.pop()),
    "lost sample": (Kind.MEMBER, lambda unit: unit.pieces.__delitem__(slice(3, 6))),
    "foreign extension": (Kind.MEMBER, _rename),
    "mixed extensions": (Kind.MEMBER, _png_among_jpeg),
    "wrong offset in row": (Kind.MEMBER, _wrong_spans),
    "wrong digest in row": (Kind.MEMBER, _wrong_member_digest),
    "truncated picture": (Kind.PICTURE, lambda unit: setattr(unit.pieces[0], "data", unit.pieces[0].data[:-40])),
    "no picture": (Kind.PICTURE, lambda unit: setattr(unit.pieces[1], "data", b"<html>404</html>")),
    "empty picture": (Kind.PICTURE, lambda unit: setattr(unit.pieces[1], "data", b"")),
    "another size": (Kind.PICTURE, lambda unit: setattr(unit.pieces[1], "data", encode_jpeg(_pixels((32, 40))).data)),
    "size in row": (Kind.PICTURE, lambda unit: unit.rows[0].update(width=7)),
}
IN_JSON = {
    "null": lambda v: v.update(split=None),
    "number for text": lambda v: v.update(instruction=7),
    "text for list": lambda v: v.update(alternatives="Remove it."),
    "no alternatives": lambda v: v.update(alternatives=[]),
    "null alternative": lambda v: v.update(alternatives=[None]),
    "field lost": lambda v: v.pop("answer"),
    "field added": lambda v: v.update(score=0.5),
    "answer as object": lambda v: v.update(answer={}),
    "answer no JSON": lambda v: v.update(answer="{'a': 1}"),
    "answer a list": lambda v: v.update(answer="[1]"),
    "answer not a number": lambda v: v.update(answer='{"a": NaN}'),
    "another instruction": lambda v: v.update(instruction="Remove the moon."),
    "another task": lambda v: v.update(task="addition-2"),
    "another data set": lambda v: v.update(dataset="other"),
    "provenance lost": lambda v: v.update(provenance="{}"),
    "provenance of another record": lambda v: v.update(provenance=v["provenance"].replace('"record":"', '"record":"9')),
}


@pytest.mark.parametrize("name", IN_SHARD)
def test_damage_inside_a_shard(tiny, name):
    kind, damage = IN_SHARD[name]
    row_file, unit = a_unit(tiny)
    damage(unit)
    mark = seal(tiny, row_file, unit)
    expect(tiny, kind, mark.shard)


@pytest.mark.parametrize("name", IN_JSON)
def test_damage_inside_a_json_member(tiny, name):
    row_file, unit = a_unit(tiny)
    unit.piece(0, "json").edit_json(IN_JSON[name])
    expect(tiny, Kind.SAMPLE, seal(tiny, row_file, unit).shard)


def test_json_that_is_none(tiny):
    row_file, unit = a_unit(tiny)
    unit.piece(0, "json").data = b'{"instruction": "cut o'
    expect(tiny, Kind.SAMPLE, seal(tiny, row_file, unit).shard)


# Damage to rows and rejects, sealed again.


def _drop_row(unit):
    unit.pieces = [piece for piece in unit.pieces if not piece.name.startswith(unit.rows[0]["key"])]
    del unit.rows[0]


def _both(unit):
    row = unit.rows[0]
    unit.rejects.insert(0, {name: row.get(name, "") for name in unit.rejects[0]} | _refused(unit))


def _refused(unit):
    return {name: unit.rejects[0][name] for name in ("reason", "stage", "detail")}


def _repeat_row(unit):
    unit.rows.append(dict(unit.rows[0]))


def _mirror_lost(unit):
    number = unit.first("addition")
    unit.piece(number, "target").data = unit.piece(unit.first("dots"), "target").data


IN_ROWS = {
    "dropped row": (Kind.BOOKS, _drop_row),
    "built and rejected": (Kind.BOOKS, _both),
    "row twice": (Kind.DUPLICATE, _repeat_row),
    "rows in another order": (Kind.BOOKS, lambda unit: unit.rows.reverse()),
    "a key never planned": (Kind.BOOKS, lambda unit: unit.rows[0].update(key="shapes-" + "a" * 20)),
    "a key in capitals": (Kind.KEY, lambda unit: unit.rows[0].update(key=unit.rows[0]["key"].upper())),
    "another split": (Kind.PLAN, lambda unit: unit.rows[0].update(split="test")),
    "another record": (Kind.PLAN, lambda unit: unit.rows[0].update(record="99__9")),
    "another unit": (Kind.MARK, lambda unit: unit.rows[0].update(unit="0-000000")),
    "share above one": (Kind.MARK, lambda unit: unit.rows[0].update(region_share=1.5)),
    "share not a number": (Kind.MARK, lambda unit: unit.rows[0].update(region_share=float("nan"))),
    "no width": (Kind.MARK, lambda unit: unit.rows[0].update(width=0)),
    "a digest that is none": (Kind.MARK, lambda unit: unit.rows[0].update(picture_sha256="?")),
    "no mirror": (Kind.PAIR, _mirror_lost),
}


@pytest.mark.parametrize("name", IN_ROWS)
def test_damage_inside_a_row_file(tiny, name):
    kind, damage = IN_ROWS[name]
    row_file, unit = a_unit(tiny)
    damage(unit)
    seal(tiny, row_file, unit)
    expect(tiny, kind, row_file)


@pytest.mark.parametrize("change", [{"reason": "bad_luck"}, {"stage": "nowhere"}, {"reason": "unknown"}])
def test_reasons_and_stages_off_the_list(tiny, change):
    row_file, unit = a_unit(tiny)
    unit.rejects[0] |= change
    expect(tiny, Kind.MARK, seal(tiny, row_file, unit).rejects)


def test_a_reject_lost(tiny):
    row_file, unit = a_unit(tiny)
    del unit.rejects[0]
    seal(tiny, row_file, unit)
    expect(tiny, Kind.BOOKS, row_file)


@pytest.mark.parametrize(
    "change",
    [{"built": 3}, {"rejected": 0}, {"attempts": 5}, {"unit": "abcdef-000009"}, {"source": "other"}, {"shard": ""}],
    ids=str,
)
def test_marks_that_lie(tiny, change):
    name = unit_names(tiny)[0]
    remark(tiny, name, **change)
    expect(tiny, Kind.MARK, name)


@pytest.mark.parametrize("change", [{"shard_size": 5}, {"shard_sha256": "0" * 64}], ids=str)
def test_marks_with_wrong_digests(tiny, change):
    name = unit_names(tiny)[0]
    remark(tiny, name, **change)
    expect(tiny, Kind.DIGEST, read_mark(tiny.store.read(name)).shard)


# Files flipped, cut, lost, added.


def the_files(tiny):
    mark = read_mark(tiny.store.read(unit_names(tiny)[0]))
    plan = next(f"plan/shapes/{name}" for name in tiny.store.sizes("plan/shapes"))
    return {
        "shard": mark.shard,
        "rejects": mark.rejects,
        "rows": unit_names(tiny)[0],
        "index of rows": "index/rows-00000.parquet",
        "index of rejects": "index/rejects-00000.parquet",
        "plan": plan,
    }


FILES = ("shard", "rejects", "rows", "index of rows", "index of rejects", "plan")


@pytest.mark.parametrize("which", FILES)
def test_a_file_is_lost(tiny, which):
    name = the_files(tiny)[which]
    tiny.store.delete(name)
    expect(tiny, Kind.MISSING, name)


@pytest.mark.parametrize("which", FILES)
@pytest.mark.parametrize("keep", [0, 0.6, 0.99])
def test_a_file_is_cut_short(tiny, which, keep):
    name = the_files(tiny)[which]
    data = (tiny.path / name).read_bytes()
    (tiny.path / name).write_bytes(data[: int(len(data) * keep)])
    found = {finding.where for finding in lint(tiny.path).findings}
    assert name in found


def test_a_byte_of_a_shard_is_flipped(tiny):
    name = the_files(tiny)["shard"]
    flip(tiny.path / name, 800)
    report = expect(tiny, Kind.DIGEST, name)
    assert Kind.MEMBER in {finding.kind for finding in report.findings}


def test_a_header_is_flipped(tiny):
    name = the_files(tiny)["shard"]
    flip(tiny.path / name, 3)
    expect(tiny, Kind.TAR, name)


def test_a_size_of_eight_gigabytes_costs_no_memory(tiny):
    name = the_files(tiny)["shard"]
    data = bytearray((tiny.path / name).read_bytes())
    data[124:136] = b"77777777777\0"
    data[148:156] = b" " * 8
    data[148:156] = f"{sum(data[:512]):06o}\0 ".encode()
    (tiny.path / name).write_bytes(bytes(data))
    expect(tiny, Kind.TAR, name)


@pytest.mark.parametrize("folder", ["shards", "rejects", "rows", "index", "plan", "plan/shapes", "shards/deep"])
def test_a_stray_file(tiny, folder):
    tiny.store.publish_bytes(f"{folder}/stray", b"x")
    expect(tiny, Kind.ORPHAN, f"{folder}/stray")


def test_a_zombies_shard(tiny):
    shard = the_files(tiny)["shard"]
    other = shard[:-16] + "0123456789ab.tar"
    shutil.copy(tiny.path / shard, tiny.path / other)
    expect(tiny, Kind.ORPHAN, other)


@pytest.mark.parametrize("which", ["rejects", "rows", "index of rows", "index of rejects", "plan"])
def test_a_file_of_another_schema(tiny, which):
    name = the_files(tiny)[which]
    pq.write_table(pa.table({"key": ["a"]}), tiny.path / name)
    expect(tiny, Kind.SCHEMA, name)


def test_a_row_file_without_its_mark(tiny):
    name = the_files(tiny)["rows"]
    table = pq.read_table(tiny.path / name).replace_schema_metadata(None)
    pq.write_table(table, tiny.path / name)
    expect(tiny, Kind.MARK, name)


# The index and build.json.


@pytest.mark.parametrize("change", ["dropped row", "swapped rows", "another value", "added row"])
def test_a_stale_index(tiny, change):
    file = tiny.path / "index/rows-00000.parquet"
    rows = pq.read_table(file).to_pylist()
    if change == "dropped row":
        del rows[3]
    elif change == "swapped rows":
        rows[0], rows[1] = rows[1], rows[0]
    elif change == "added row":
        rows.append(rows[0])
    else:
        rows[2]["instruction"] += "!"
    pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(file)), file)
    expect(tiny, Kind.INDEX, "index/rows-00000.parquet")
    expect(tiny, Kind.DIGEST, "index/rows-00000.parquet")


def _first(values, name):
    return next(iter(values[name].values()))


STATES = {
    "attempts": lambda v: _first(v, "sources").update(attempts=5),
    "records": lambda v: _first(v, "sources").update(records=5),
    "faults": lambda v: _first(v, "sources").update(faults=5),
    "units too few": lambda v: _first(v, "sources").update(units=1),
    "units without end": lambda v: _first(v, "sources").update(units=10**12),
    "built": lambda v: _first(v, "counts").update(built=1),
    "rejected": lambda v: _first(v, "counts").update(rejected=1),
    "shards": lambda v: _first(v, "counts").update(shards=1),
    "shard bytes": lambda v: _first(v, "counts").update(shard_bytes=1),
    "reasons": lambda v: _first(v, "counts").update(reasons={"empty_phrase": 1}),
    "no counts": lambda v: v.update(counts={}),
    "counts of a stranger": lambda v: v["counts"].update(other=v["counts"]["shapes"]),
}


@pytest.mark.parametrize("name", STATES)
def test_numbers_of_build_json_are_not_trusted(tiny, name):
    edit_state(tiny, STATES[name])
    found = {(finding.kind, finding.where) for finding in lint(tiny.path).findings}
    assert found & {(Kind.COUNTS, "build.json"), (Kind.COUNTS, the_files(tiny)["plan"])}


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"rows": 1}, {"name": "index/other.parquet"}], ids=str)
def test_index_parts_of_build_json_are_not_trusted(tiny, change):
    edit_state(tiny, lambda values: values["index"][0].update(change))
    found = {finding.where for finding in lint(tiny.path).findings}
    assert found & {"index/rows-00000.parquet", "index/rejects-00000.parquet", "build.json"}


def test_an_index_that_build_json_forgot(tiny):
    edit_state(tiny, lambda values: values.update(index=[]))
    report = expect(tiny, Kind.ORPHAN, "index/rows-00000.parquet")
    assert Kind.INDEX in {finding.kind for finding in report.findings}


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff\xfe", b'{"state": "complete"}'])
def test_a_damaged_build_json(tiny, text):
    (tiny.path / "build.json").write_bytes(text)
    expect(tiny, Kind.STATE, "build.json")


# Keys.


def replan(tiny, change):
    """Plan again with changed rows, and build what the plan says."""
    refs = [ref for ref in tiny.state.refs() if ref.round == 0]
    units = [read_unit(tiny.store, ref) for ref in refs]
    change(units)
    for folder in ("rows", "shards", "rejects"):
        for name in tiny.store.sizes(folder):
            tiny.store.delete(f"{folder}/{name}")
    first = refs[0]
    size = write_plan(tiny.store, iter(units), first)
    planned = source_state(first.fingerprint, tiny.state.sources["shapes"].inputs, size)
    edit_state(tiny, lambda values: values["sources"].update(shapes=planned.model_dump(mode="json")))
    for number in range(size.units):
        build_unit(tiny.store, UnitRef(first.source, first.fingerprint, 0, number), tiny.wanted)
    return [UnitRef(first.source, first.fingerprint, 0, number) for number in range(size.units)]


def test_a_key_planned_in_two_units(tiny):
    refs = replan(tiny, lambda units: units[1].extend(row | {"unit": units[1][0]["unit"]} for row in units[0][:3]))
    report = expect(tiny, Kind.DUPLICATE, refs[0].part)
    assert any(refs[0].unit in finding.detail for finding in report.findings if finding.kind == Kind.DUPLICATE)


def test_a_key_planned_twice_in_a_unit(tiny):
    refs = replan(tiny, lambda units: units[0].append(dict(units[0][0])))
    expect(tiny, Kind.DUPLICATE, refs[0].part)


def test_a_key_that_its_record_does_not_give(tiny):
    refs = replan(tiny, lambda units: units[0][0].update(key="shapes-" + "b" * 20))
    expect(tiny, Kind.KEY, refs[0].part)


def test_a_plan_row_of_another_unit(tiny):
    refs = replan(tiny, lambda units: units[0][0].update(unit="abcdef-000077"))
    expect(tiny, Kind.PLAN, refs[0].part)


# Anything at all.


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_damage_is_found_and_never_crashes(whole, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("fuzz") / "build"
    shutil.copytree(whole.path, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    victim = data.draw(st.sampled_from(files))
    content = bytearray(victim.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    damaged = bytes(content) != victim.read_bytes()
    victim.write_bytes(bytes(content))
    report = lint(folder)
    sealed = victim.parent.name in ("shards", "rejects", "index")
    assert not (report.ok and sealed and damaged)
    shutil.rmtree(folder)
