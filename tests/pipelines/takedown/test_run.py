"""Pictures are taken down from a whole build: nothing of them is left, everything else is what it was."""

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ieiw.pipelines.build.finalise import finalise
from ieiw.pipelines.cut.run import cut
from ieiw.pipelines.lint.run import lint
from ieiw.pipelines.planning.retry import plan_retries
from ieiw.pipelines.takedown.run import Asked, look, take_down
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.borrowed import borrow
from ieiw.triplets.layout.build_state import require_state, save_state
from ieiw.triplets.layout.cut_state import load_cut
from ieiw.triplets.layout.index import open_build
from ieiw.triplets.layout.marks import mark_of
from ieiw.triplets.layout.plan import read_unit
from ieiw.triplets.layout.rows import REJECTS, to_parquet
from ieiw.triplets.layout.takedown import tombstones
from tests.support.builds import balanced, index, stamps
from tests.support.scored import ALL, RULES, copied, score_serially
from tests.support.taken import check_gone, everything, members
from tests.support.tiny_build import THINGS, retry_round


def of_picture(tiny, row):
    """Keys of all attempts, built or not, on a row's picture."""
    both = [*index(tiny.path, "rows"), *index(tiny.path, "rejects")]
    return {each["key"] for each in both if (each["source"], each["group"]) == (row["source"], row["group"])}


def take(tiny, **asked):
    return take_down(tiny.store.location, Asked(**{kind: (value,) for kind, value in asked.items()}))


WISHES = {
    "official": lambda row: {"sha256": row["picture_sha256"]},
    "source in a shard": lambda row: {"sha256": row["source_sha256"]},
    "target in a shard": lambda row: {"sha256": row["target_sha256"]},
    "record": lambda row: {"record": f"{row['source']}/{row['record']}"},
}


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("number", [0, 40, -1])
def test_all_of_a_picture_goes_and_nothing_else(tiny, wish, number):
    before, shards = index(tiny.path, "rows"), members(tiny.path)
    row = before[number]
    keys = of_picture(tiny, row)
    assert len({each["task"] for each in before if each["key"] in keys}) == 3
    taken = take(tiny, **WISHES[wish](row))
    assert set(taken.keys) == keys
    assert (taken.triplets, taken.rejects) == (len(keys & {each["key"] for each in before}), len(keys) - taken.triplets)
    check_gone(before, tiny.path, keys)
    untouched = {name[1:]: digest for name, digest in shards.items() if name[1] not in keys}
    assert {name[1:]: digest for name, digest in members(tiny.path).items()} == untouched
    assert row["picture_sha256"] in tombstones(tiny.store).pictures


@pytest.mark.parametrize("address", ["images/3.jpg", "café “Zoë” sign"])
def test_an_address_is_found_wherever_the_record_names_it(tiny, address):
    """The address of a picture stands in its reference, or in whatever field of the annotation its data set has for it."""
    before, dead = index(tiny.path, "rows"), index(tiny.path, "rejects")
    numbers = range(tiny.wanted.pictures * tiny.wanted.phrases)
    groups = {str(n // tiny.wanted.phrases) for n in numbers if THINGS[n % len(THINGS)] == address} or {"3"}
    taken = take(tiny, url=address)
    assert set(taken.keys) == {row["key"] for row in (*before, *dead) if row["group"] in groups}
    check_gone(before, tiny.path, set(taken.keys), words=(address,) if "/" in address else ())


def test_a_record_without_its_source_is_looked_for_in_all(tiny):
    row = index(tiny.path, "rows")[0]
    taken = take(tiny, record=row["record"])
    assert {key.rpartition("-")[0] for key in taken.keys} == set(tiny.wanted.sources)


def test_a_picture_that_only_gave_rejects_leaves_the_plan_too(tiny):
    built = {(row["source"], row["group"], row["record"]) for row in index(tiny.path, "rows")}
    dead = next(r for r in index(tiny.path, "rejects") if (r["source"], r["group"], r["record"]) not in built)
    before = index(tiny.path, "rows")
    taken = take(tiny, record=f"{dead['source']}/{dead['record']}")
    check_gone(before, tiny.path, set(taken.keys))
    assert taken.rejects >= 3


def test_the_plan_keeps_the_id_and_nothing_else(tiny):
    row = index(tiny.path, "rows")[3]
    taken = take(tiny, sha256=row["source_sha256"])
    planned = [each for ref in tiny.state.refs() for each in read_unit(tiny.store, ref) if each["key"] in taken.keys]
    assert {each["key"] for each in planned} == set(taken.keys)
    for each in planned:
        assert (each["files"], each["annotation"], each["fault"]) == (b"{}", b"{}", "taken_down")
        assert (each["licence"], each["width"], each["height"], each["fault_detail"]) == ("", 0, 0, "")


def test_cuts_are_what_the_same_rules_make_of_the_rest(tiny):
    """Rules that look at each row alone choose the same; the verdicts of the others stay where they are."""
    names = ("all", "strict", "copies")
    old = {name: load_cut(tiny.store, name) for name in names}
    take(tiny, sha256=index(tiny.path, "rows")[7]["source_sha256"])
    seen = stamps(tiny.path / "cuts")
    assert cut(tiny.store.location, "all", ALL) == load_cut(tiny.store, "all")
    assert stamps(tiny.path / "cuts") == seen
    for name in names:
        state = load_cut(tiny.store, name)
        assert state.index_sha256 == open_build(tiny.store).digests() != old[name].index_sha256
        assert state.candidates == state.kept + sum(step.dropped for step in state.funnel) < old[name].candidates
        assert [step.bounds for step in state.funnel] == [step.bounds for step in old[name].funnel]
        assert state.kept == sum(state.licences.values())
        for file in state.files:
            assert (tiny.path / file.name).stat().st_size == file.size
    rules = {"rules": [{"name": "soft", "kind": "threshold", "score": "sharpness", "min": 0.0}]}
    assert cut(tiny.store.location, "new", ALL.model_validate(rules)).kept == load_cut(tiny.store, "all").kept


def test_verdicts_of_other_rows_stay(tiny):
    def verdicts(name):
        found = {}
        for kind, column in (("kept", "side"), ("dropped", "rule")):
            for file in (tiny.path / f"cuts/{name}/index").glob(f"{kind}-*.parquet"):
                found |= {row["key"]: row[column] for row in pq.read_table(file).to_pylist()}
        return found

    before = verdicts("strict")
    taken = take(tiny, sha256=index(tiny.path, "rows")[7]["source_sha256"])
    assert verdicts("strict") == {key: verdict for key, verdict in before.items() if key not in taken.keys}


def test_a_cut_of_which_nothing_is_left_goes(tiny):
    row = index(tiny.path, "rows")[0]
    others = [each["group"] for each in index(tiny.path, "rows") if each["group"] != row["group"]]
    assert others
    state = load_cut(tiny.store, "all")
    dropped = tiny.path / "cuts/lone/index"
    dropped.mkdir(parents=True)
    rows = index(tiny.path, "rows")
    keys = of_picture(tiny, row)
    kept = [n for n, each in enumerate(rows) if each["key"] in keys]
    rest = [n for n in range(len(rows)) if n not in kept]
    files = []
    for kind, numbers, extra in (("kept", kept, {"side": "train"}), ("dropped", rest, {"rule": "all", "value": 0.0})):
        table = pa.Table.from_pylist([{"row": n, "key": rows[n]["key"], **extra} for n in numbers])
        pq.write_table(table, dropped / f"{kind}-00000.parquet")
        files.append({"name": f"cuts/lone/index/{kind}-00000.parquet", "size": 1, "sha256": "0" * 64})
    step = {"rule": "all", "dropped": len(rest), "undefined": 0, "left": len(kept), "bounds": {}}
    values = json.loads(state.model_dump_json()) | {"name": "lone", "funnel": [step], "files": files}
    (tiny.path / "cuts/lone/cut.json").write_text(json.dumps(values))
    take(tiny, sha256=row["picture_sha256"])
    assert not any(path.is_file() for path in (tiny.path / "cuts/lone").rglob("*"))


def test_an_older_cut_that_holds_it_goes_and_another_stays(tiny):
    row = index(tiny.path, "rows")[0]
    for name, key in (("with", row["key"]), ("without", "shapes-" + "a" * 20)):
        folder = tiny.path / "cuts" / name
        (folder / "index").mkdir(parents=True)
        pq.write_table(pa.table({"row": [0], "key": [key], "side": ["train"]}), folder / "index/kept-00000.parquet")
        values = json.loads((tiny.path / "cuts/all/cut.json").read_text()) | {"name": name, "index_sha256": ["0" * 64]}
        values["files"] = [{"name": f"cuts/{name}/index/kept-00000.parquet", "size": 1, "sha256": "0" * 64}]
        (folder / "cut.json").write_text(json.dumps(values))
    unfinished = tiny.path / "cuts/half/shards"
    unfinished.mkdir(parents=True)
    (unfinished / "train-000000.tar").write_bytes(b"half a copy")
    take(tiny, sha256=row["picture_sha256"])
    assert not (tiny.path / "cuts/with/cut.json").exists()
    assert (tiny.path / "cuts/without/cut.json").exists()
    assert not list(unfinished.iterdir())


def test_scores_lose_the_pictures_alone(tiny):
    row = index(tiny.path, "rows")[9]
    before = {path.parent.name: pq.read_table(path) for path in (tiny.path / "scores").glob("*/values.parquet")}
    taken = take(tiny, sha256=row["source_sha256"])
    for name, table in before.items():
        now = pq.read_table(tiny.path / "scores" / name / "values.parquet")
        wanted = [each for each in table.to_pylist() if each["id"] not in {*taken.made, *taken.keys}]
        assert str(now.to_pylist()) == str(wanted)  # NaN is not equal to itself
        assert now.num_rows < table.num_rows
    score_serially(tiny.store.location)  # nothing to do: the notes hold for the new index
    assert {"scores/phash", "embeddings/descriptor", "cuts/strict", "audit/strict.html"} <= set(taken.beside)
    assert not any(path.is_file() for path in (tiny.path / "audit").rglob("*"))


def test_what_was_rejected_first_and_built_in_a_later_round_goes_from_both(tiny):
    again = retry_round(tiny)
    before = index(tiny.path, "rows")
    late = next(row for row in before if "r01" in row["unit"])
    taken = take(again, record=f"{late['source']}/{late['record']}")
    check_gone(before, tiny.path, set(taken.keys), words=("3 pixels " + late["record"],))


def test_no_retry_makes_it_again(tiny):
    taken = take(tiny, sha256=index(tiny.path, "rows")[0]["picture_sha256"])
    again = retry_round(tiny)
    assert not {row["key"] for row in index(tiny.path, "rows")} & set(taken.keys)
    dead = {row["key"]: row["reason"] for row in index(again.path, "rejects")}
    assert {dead[key] for key in taken.keys} == {"taken_down"}
    balanced(tiny.path)
    with pytest.raises(UsageError, match="taken_down"):
        plan_retries(tiny.store, again.state, "taken_down")


def test_two_at_once_and_one_after_the_other_come_to_the_same_rows(tiny, whole, tmp_path):
    other = copied(whole, tmp_path / "other")
    rows = index(tiny.path, "rows")
    digests = (rows[0]["picture_sha256"], rows[-1]["picture_sha256"])
    take_down(tiny.store.location, Asked(sha256=digests))
    for digest in digests:
        take(other, sha256=digest)

    def without_proofs(tree):
        return {name: data for name, data in everything(tree).items() if not name.startswith("takedown/")}

    assert without_proofs(tiny.path) == without_proofs(other.path)


def test_asked_again_it_changes_nothing(tiny):
    digest = index(tiny.path, "rows")[0]["picture_sha256"]
    first = take(tiny, sha256=digest)
    before = everything(tiny.path)
    assert take(tiny, sha256=digest) == first
    assert everything(tiny.path) == before


def test_looking_changes_nothing(tiny):
    before = stamps(tiny.path)
    digest = index(tiny.path, "rows")[0]["picture_sha256"]
    seen = look(tiny.store.location, Asked(sha256=(digest,)))
    assert stamps(tiny.path) == before
    assert set(take(tiny, sha256=digest).keys) == set(seen.keys)


# what is refused, with nothing changed


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"sha256": "0" * 64}, "no picture with sha256"),
        ({"sha256": "X"}, "no SHA-256"),
        ({"record": "shapes/none"}, "no picture with record 'shapes/none'"),
        ({"url": "https://example.org/1.jpg"}, "no picture with url"),
        ({}, "nothing to take down"),
    ],
)
def test_a_picture_that_is_not_there(tiny, asked, told):
    check_refused(tiny, told, **asked)


def check_refused(tiny, told, **asked):
    before = everything(tiny.path)
    with pytest.raises(UsageError, match=told) as caught:
        take(tiny, **asked)
    assert everything(tiny.path) == before
    return caught.value


def test_one_of_two_that_is_not_there_spares_the_other(tiny):
    before, digest = everything(tiny.path), index(tiny.path, "rows")[0]["picture_sha256"]
    with pytest.raises(UsageError, match="no picture"):
        take_down(tiny.store.location, Asked(sha256=(digest, "f" * 64)))
    assert everything(tiny.path) == before


@pytest.mark.parametrize("damage", ["changed", "cut off", "missing"])
def test_a_shard_that_changed(tiny, damage):
    row = index(tiny.path, "rows")[0]
    shard = tiny.path / row["shard"]
    data = bytearray(shard.read_bytes())
    data[row["source_offset"] + 5] ^= 1
    {
        "changed": lambda: shard.write_bytes(data),
        "cut off": lambda: shard.write_bytes(data[:-10240]),
        "missing": shard.unlink,
    }[damage]()
    error = check_refused(tiny, row["shard"], sha256=row["picture_sha256"])
    assert error.step == Step("lint", tiny.store.location)


def test_a_damaged_cut(tiny):
    (tiny.path / "cuts/strict/index/dropped-00000.parquet").write_bytes(
        (tiny.path / "cuts/all/index/dropped-00000.parquet").read_bytes()
    )
    check_refused(tiny, "no verdict, or two", sha256=index(tiny.path, "rows")[0]["picture_sha256"])


def test_a_build_that_is_not_complete_or_not_ones_own(tiny, tmp_path):
    mine = borrow(tiny.store.location, str(tmp_path / "mine"))
    digest = index(tiny.path, "rows")[0]["picture_sha256"]
    with pytest.raises(UsageError, match="leads to another's build"):
        take_down(mine, Asked(sha256=(digest,)))
    save_state(tiny.store, require_state(tiny.store).model_copy(update={"state": "planned"}))
    check_refused(tiny, "not complete", sha256=digest)


def test_a_proof_that_is_damaged_stops_what_could_bring_the_picture_back(tiny):
    taken = take(tiny, sha256=index(tiny.path, "rows")[0]["picture_sha256"])
    (tiny.path / taken.file).write_text("{")
    with pytest.raises(UsageError, match="Bring the file back"):
        tombstones(tiny.store)


def test_lint_tells_a_picture_that_came_back_and_a_proof_that_is_damaged(tiny, whole, tmp_path):
    taken = take(tiny, sha256=index(tiny.path, "rows")[0]["picture_sha256"])
    restored = copied(whole, tmp_path / "restored")
    shutil.copytree(tiny.path / "takedown", restored.path / "takedown")
    found = lint(restored.store.location).findings
    assert {finding.kind for finding in found} == {"taken_down"}
    assert any(key in finding.detail for finding in found for key in taken.keys)
    (tiny.path / taken.file).write_text("[]")
    (finding,) = lint(tiny.store.location).findings
    assert taken.file in finding.detail


def test_broken_entries_of_one_group_are_no_picture(tiny):
    """Sources put what has no picture into one group; asking for one of them takes no other along."""
    (dead, other) = [row for row in index(tiny.path, "rejects") if row["task"] == "dots"][:2]
    for ref in tiny.state.refs():
        _regroup(tiny, ref, {dead["record"], other["record"]})
    finalise(tiny.store, require_state(tiny.store))
    taken = take(tiny, record=f"{dead['source']}/{dead['record']}")
    assert {row["record"] for row in index(tiny.path, "rejects") if row["key"] in taken.keys} == {dead["record"]}


def _regroup(tiny, ref, records):
    """Let rejects of these records be without a picture, all in one group, in a unit's rejects and nowhere else."""
    mark = mark_of(tiny.store, ref.rows)
    if mark.rejects:
        rows = pq.read_table(tiny.path / mark.rejects).to_pylist()
        rows = [row | {"group": "@", "picture": ""} if row["record"] in records else row for row in rows]
        (tiny.path / mark.rejects).write_bytes(to_parquet(rows, REJECTS))


def test_the_proof_holds_nothing_of_the_picture(tiny):
    row = index(tiny.path, "rows")[0]
    taken = take(tiny, record=f"{row['source']}/{row['record']}")
    text = (tiny.path / taken.file).read_text()
    values = json.loads(text)
    assert values["state"] == "done"
    assert values["time"].endswith("+00:00")
    for word in (row["instruction"], f'"{row["record"]}"', row["picture"], row["licence"]):
        assert word not in text
    assert [path.name for path in (tiny.path / "takedown").rglob("*") if path.is_file()] == [f"{taken.id}.json"]


def test_finalising_again_changes_nothing(tiny):
    take(tiny, sha256=index(tiny.path, "rows")[0]["picture_sha256"])
    before = everything(tiny.path)
    finalise(tiny.store, require_state(tiny.store))
    assert everything(tiny.path) == before
    assert RULES
