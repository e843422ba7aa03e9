"""Rows, rejects, marks and plans that disagree: lint names the file and what is wrong."""

import pyarrow.parquet as pq
import pytest

from ieiw.pipelines.lint.run import Kind, lint
from ieiw.triplets.layout.build_state import source_state
from ieiw.triplets.layout.plan import UnitRef, read_unit, write_plan
from ieiw.triplets.layout.rows import read_mark
from tests.support.damage import a_unit, expect, remark, seal, the_files, unit_names
from tests.support.tiny_build import build_unit, edit_state


def test_undamaged(tiny):
    assert lint(tiny.path).findings == ()


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


def test_a_row_file_without_its_mark(tiny):
    name = the_files(tiny)["rows"]
    table = pq.read_table(tiny.path / name).replace_schema_metadata(None)
    pq.write_table(table, tiny.path / name)
    expect(tiny, Kind.MARK, name)


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


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff\xfe", b'{"state": "complete"}'])
def test_a_damaged_build_json(tiny, text):
    (tiny.path / "build.json").write_bytes(text)
    expect(tiny, Kind.STATE, "build.json")


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
