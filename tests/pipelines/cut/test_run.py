"""Cuts of a tiny build: books that balance, sides, idempotence, refusals."""

import hashlib
import json
import os
import signal
import subprocess
import sys

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.cut.compare import compare
from ieiw.pipelines.cut.run import cut
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.layout.cut_state import DROPPED_ROWS, KEPT_ROWS, SAMPLE, load_cut, sample_file, verify_shards
from tests.support.builds import ROOT, index, stamps
from tests.support.cuts import write_cut
from tests.support.pairs import save
from tests.support.scored import copied, scored_build
from tests.support.tiny_build import Wanted, retry_round, tiny_build

RULES = RuleSet.model_validate(
    {
        "rules": [
            {"name": "blurred", "kind": "threshold", "score": "sharpness", "drop_lowest": 0.1, "per": "task"},
            {
                "name": "idle",
                "kind": "threshold",
                "score": "change-inside",
                "of": "pair",
                "min": 0.97,
                "tasks": ["removal"],
            },
            {"name": "double", "kind": "duplicates", "of": "source", "distance": 8, "tasks": ["dots", "addition"]},
            {"name": "many", "kind": "cap", "per": "source+task", "most": 9},
        ],
        "split": {"validation": 0.3, "seed": 1},
    }
)
ALL = RuleSet.model_validate({"split": {"validation": 0.3}})


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    return scored_build(tmp_path_factory.mktemp("scored") / "build")


@pytest.fixture
def tiny(scored, tmp_path):
    return copied(scored, tmp_path / "build")


def tables(tiny, name, kind):
    return pq.read_table(sorted((tiny.path / f"cuts/{name}/index").glob(f"{kind}-*.parquet")))


def samples(tiny, name, side):
    return np.load(tiny.path / sample_file(name, side), mmap_mode="r")


def test_the_books_balance(tiny):
    state = cut(tiny.store.location, "a", RULES)
    rows = index(tiny.path, "rows")
    assert state == load_cut(tiny.store, "a")
    assert state.candidates == len(rows) == state.kept + sum(step.dropped for step in state.funnel)
    assert state.kept == state.train + state.validation == sum(state.licences.values())
    assert [step.rule for step in state.funnel] == ["blurred", "idle", "double", "many"]
    assert all(step.dropped for step in state.funnel)
    kept, dropped = tables(tiny, "a", "kept"), tables(tiny, "a", "dropped")
    assert (kept.schema, dropped.schema) == (KEPT_ROWS, DROPPED_ROWS)
    assert sorted(kept["row"].to_pylist() + dropped["row"].to_pylist()) == list(range(len(rows)))
    for table in (kept, dropped):
        assert table["key"].to_pylist() == [rows[number]["key"] for number in table["row"].to_pylist()]
    for step in state.funnel:
        assert dropped["rule"].to_pylist().count(step.rule) == step.dropped


@pytest.mark.parametrize("materialise", [False, True])
def test_samples_lead_to_the_bytes_of_the_rows(tiny, materialise):
    state = cut(tiny.store.location, "a", RULES, materialise=materialise)
    kept = tables(tiny, "a", "kept").to_pylist()
    rows = index(tiny.path, "rows")
    found = {"train": set(), "validation": set()}
    for side in found:
        table = samples(tiny, "a", side)
        assert table.dtype == SAMPLE
        places = list(zip(table["shard"].tolist(), table["source_offset"].tolist(), strict=True))
        assert places == sorted(places)
        for sample in table:
            data = tiny.store.read(state.shards[sample["shard"]].name)
            parts = [
                data[int(sample[f"{role}_offset"]) :][: int(sample[f"{role}_size"])]
                for role in ("source", "target", "json")
            ]
            header = data[int(sample["source_offset"]) - 512 :][:100].rstrip(b"\0").decode()
            found[side].add((header.partition(".")[0], *(hashlib.sha256(part).hexdigest() for part in parts)))
            row = next(row for row in rows if row["key"] == header.partition(".")[0])
            assert state.sources[sample["source"]] == row["source"]
            assert state.tasks[sample["task"]] == row["task"]
            assert (sample["width"], sample["height"]) == (row["width"], row["height"])
    digests = ("source_sha256", "target_sha256", "json_sha256")
    for side, members in found.items():
        expected = [rows[each["row"]] for each in kept if each["side"] == side]
        assert members == {(row["key"], *(row[name] for name in digests)) for row in expected}
        assert len(members) == getattr(state, side) > 0


def test_pairs_tell_what_must_not_meet_in_a_batch(tiny):
    state = cut(tiny.store.location, "a", ALL)
    assert state.kept == state.candidates
    by_row = {}
    rows = sorted(index(tiny.path, "rows"), key=lambda row: (row["shard"], row["source_offset"]))
    found = np.concatenate([samples(tiny, "a", side) for side in ("train", "validation")])
    names = [state.shards[number].name for number in found["shard"]]
    places = dict(zip(zip(names, found["source_offset"].tolist(), strict=True), found["pair"].tolist(), strict=True))
    for row in rows:
        by_row.setdefault((row["source"], row["pair"] or row["key"]), set()).add(
            places[row["shard"], row["source_offset"]]
        )
    assert all(len(numbers) == 1 for numbers in by_row.values())
    assert len(set().union(*by_row.values())) == len(by_row)


def test_no_picture_is_on_both_sides(tiny):
    cut(tiny.store.location, "a", ALL)
    rows = index(tiny.path, "rows")
    sides = {}
    for each in tables(tiny, "a", "kept").to_pylist():
        sides.setdefault(rows[each["row"]]["group"], set()).add(each["side"])
    assert all(len(side) == 1 for side in sides.values())
    assert {"train", "validation"} == set().union(*sides.values())


@pytest.mark.parametrize("materialise", [False, True])
def test_the_same_rules_again_write_nothing(tiny, materialise):
    first = cut(tiny.store.location, "a", RULES, materialise=materialise)
    before = stamps(tiny.path)
    assert cut(tiny.store.location, "a", RULES, materialise=materialise) == first
    assert stamps(tiny.path) == before


def test_two_builds_alike_give_cuts_alike(scored, tiny, tmp_path):
    other = copied(scored, tmp_path / "other")
    for each in (tiny, other):
        cut(each.store.location, "a", RULES, materialise=True)
    assert contents(tiny.path / "cuts") == contents(other.path / "cuts")


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b", "x" * 65, "build", "Build"])
def test_names_that_no_cut_can_have(tiny, name):
    with pytest.raises(UsageError, match="cut name"):
        cut(tiny.store.location, name, ALL)


@pytest.mark.parametrize("materialise", [False, True])
def test_shards_that_changed_are_refused(tiny, materialise):
    state = cut(tiny.store.location, "a", ALL)
    shard = tiny.path / state.shards[0].name
    data = shard.read_bytes()
    shard.write_bytes(data[:-512])
    with pytest.raises(UsageError, match=f"{state.shards[0].name} has .* bytes, not ") as caught:
        cut(tiny.store.location, "b", ALL, materialise=materialise)
    assert caught.value.step == Step("lint", tiny.store.location)
    with pytest.raises(UsageError, match="has"):
        verify_shards(tiny.store, state.shards)
    shard.unlink()
    with pytest.raises(UsageError, match="is missing"):
        cut(tiny.store.location, "b", ALL, materialise=materialise)


def test_a_shard_with_other_samples_is_not_copied(tiny):
    state = cut(tiny.store.location, "a", ALL)
    shard = tiny.path / state.shards[0].name
    data = bytearray(shard.read_bytes())
    data[:6] = b"foreign"[:6]
    shard.write_bytes(data)
    with pytest.raises(UsageError, match="the shard was changed"):
        cut(tiny.store.location, "b", ALL, materialise=True)
    assert "b" not in [name for name in tiny.store.folders("cuts") if tiny.store.exists(f"cuts/{name}/cut.json")]


def test_misspelt_task(tiny):
    rule = {"name": "t", "kind": "threshold", "score": "noise", "max": 1, "tasks": ["removals"]}
    with pytest.raises(UsageError, match="no task 'removals'"):
        cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))


def test_decontamination_drops_copies_of_given_pictures(tiny, tmp_path):
    rows = index(tiny.path, "rows")
    row = rows[5]
    data = tiny.store.read_range(row["shard"], row["target_offset"], row["target_size"])
    (tmp_path / "eval/deep").mkdir(parents=True)
    (tmp_path / "eval/deep/copy.jpg").write_bytes(data)
    rule = {"name": "leak", "kind": "decontaminate", "pictures": [str(tmp_path / "eval")], "distance": 0}
    cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))
    dropped = {each["key"]: each["value"] for each in tables(tiny, "a", "dropped").to_pylist()}
    assert dropped[row["key"]] == 0
    (tmp_path / "eval/broken.png").write_bytes(b"no picture")
    with pytest.raises(UsageError, match="broken.png: cannot be read"):
        cut(tiny.store.location, "b", RuleSet.model_validate({"rules": [rule]}))
    rule["pictures"] = [str(tmp_path / "nowhere")]
    with pytest.raises(UsageError, match="no folder"):
        cut(tiny.store.location, "b", RuleSet.model_validate({"rules": [rule]}))


def test_pictures_that_came_later_to_the_folder_make_another_cut(tiny, tmp_path):
    rows = index(tiny.path, "rows")
    (tmp_path / "eval").mkdir()
    rule = {"name": "leak", "kind": "decontaminate", "pictures": [str(tmp_path / "eval")], "distance": 0}
    rules = RuleSet.model_validate({"rules": [rule]})
    left = []
    for row in (rows[5], rows[-1]):
        data = tiny.store.read_range(row["shard"], row["source_offset"], row["source_size"])
        (tmp_path / "eval" / f"{row['key']}.jpg").write_bytes(data)
        left.append(cut(tiny.store.location, "a", rules))
    assert left[1].kept < left[0].kept
    assert cut(tiny.store.location, "a", rules) == left[1]


def test_an_evaluation_build_s_sources_are_kept_out_by_their_hashes(tiny, tmp_path):
    evaluation = scored_build(tmp_path / "evaluation", Wanted(pictures=2, size=(96, 64)))
    rule = {"name": "leak", "kind": "decontaminate", "pictures": [str(evaluation.path)], "distance": 0}
    cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))
    shown = {row["source_sha256"] for row in index(evaluation.path, "rows")}
    dropped = set(tables(tiny, "a", "dropped")["key"].to_pylist())
    rows = index(tiny.path, "rows")
    assert shown & {row["source_sha256"] for row in rows}
    for row in rows:
        seen = {row["source_sha256"], row["target_sha256"]} & shown
        assert not seen or row["key"] in dropped


def test_an_evaluation_build_without_hashes_is_told_how_to_get_them(tiny, tmp_path):
    tiny_build(tmp_path / "evaluation", Wanted(pictures=2))
    rule = {"name": "leak", "kind": "decontaminate", "pictures": [str(tmp_path / "evaluation")]}
    with pytest.raises(UsageError, match="evaluation has no hashes") as caught:
        cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))
    assert caught.value.step == Step("score", str(tmp_path / "evaluation"), {"scores": "phash"})
    tiny_build(tmp_path / "half", leave=1)
    rule["pictures"] = [str(tmp_path / "half")]
    with pytest.raises(UsageError, match="half: the build is not complete"):
        cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))


def test_a_data_set_s_pictures_are_kept_out_where_they_lie(tiny, tmp_path):
    rows = index(tiny.path, "rows")
    data = tiny.store.read_range(rows[5]["shard"], rows[5]["source_offset"], rows[5]["source_size"])
    picture = decode(data).pixels
    for at in ("input/1.png", "target/1.png"):
        save(tmp_path / "set/GOPRO_Large/test" / at, cv2.resize(picture[..., ::-1], None, fx=2, fy=2))
    rule = {"name": "leak", "kind": "decontaminate", "distance": 2}
    rule["sets"] = [{"dataset": "gopro", "root": str(tmp_path / "set"), "split": "test"}]
    cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))
    dropped = set(tables(tiny, "a", "dropped")["key"].to_pylist())
    assert (
        {row["key"] for row in rows if row["source_sha256"] == rows[5]["source_sha256"]}
        <= dropped
        < {row["key"] for row in rows}
    )
    rule["sets"][0]["split"] = "train"
    with pytest.raises(UsageError, match="GoPro is not there for split 'train'"):
        cut(tiny.store.location, "b", RuleSet.model_validate({"rules": [rule]}))
    (tmp_path / "set/GOPRO_Large/test/input/1.png").write_bytes(b"no picture")
    rule["sets"][0]["split"] = "test"
    with pytest.raises(UsageError, match="GOPRO_Large/test/input/1.png: cannot be read"):
        cut(tiny.store.location, "b", RuleSet.model_validate({"rules": [rule]}))
    with pytest.raises(ValueError, match="give `pictures`"):
        RuleSet.model_validate({"rules": [rule | {"sets": []}]})


def test_compare_is_set_arithmetic(tiny):
    first, second = cut(tiny.store.location, "a", RULES), cut(tiny.store.location, "b", ALL)
    found = compare(tiny.store, "a", "b")
    assert (found.total.both, found.total.only_a, found.total.only_b) == (first.kept, 0, second.kept - first.kept)
    assert found.dropped_by_a == {step.rule: step.dropped for step in first.funnel}
    assert found.dropped_by_b == {}
    keys = [{each["key"] for each in tables(tiny, name, "kept").to_pylist()} for name in "ab"]
    assert all(set(examples) <= keys[1] - keys[0] for examples in found.examples_b.values())
    for shares in (found.sources, found.tasks):
        assert sum(share.both for share in shares.values()) == first.kept
        assert sum(share.only_b for share in shares.values()) == second.kept - first.kept
    rows = {row["key"]: row for row in index(tiny.path, "rows")}
    assert found.tasks["dots"].both == sum(rows[key]["task"] == "dots" for key in keys[0])


def test_compare_refuses_cuts_of_another_state_of_the_build(tiny):
    cut(tiny.store.location, "a", ALL)
    retry_round(tiny)
    with pytest.raises(UsageError, match="before the build changed"):
        compare(tiny.store, "a", "a")


KILLED = """
import sys
from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.cut.run import cut
from unittest.mock import patch
from ieiw.pipelines.cut.copy_shards import materialise
import ieiw.pipelines.cut.run as module
module.copy_samples = lambda store, name, chosen, unit, report: materialise(store, name, chosen, 20_000, report)
cut(sys.argv[1], "a", RuleSet.model_validate({"split": {"validation": 0.3}}), materialise=True)
"""


def run_killable(tiny, point="", folder=""):
    setting = {"IEIW_FAIL_POINT": f"{point}:{folder}"} if point else {}
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(tiny.path)],
        env=os.environ | setting,
        cwd=ROOT,
        check=False,
        capture_output=True,
    )


@pytest.mark.parametrize("point", ["cut-shard:2", "cut-index:1"])
def test_killed_and_run_again(tiny, tmp_path, point):
    killed = run_killable(tiny, point, tmp_path / "visits")
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not tiny.store.exists("cuts/a/cut.json")
    before = stamps(tiny.path / "cuts/a/shards")
    before.pop(".")
    (tiny.path / "cuts/a/shards/train-000999.tar").write_bytes(b"of another attempt")
    assert run_killable(tiny).returncode == 0
    state = load_cut(tiny.store, "a")
    after = stamps(tiny.path / "cuts/a/shards")
    assert {name: after[name] for name in before} == before
    del before
    assert set(tiny.store.sizes("cuts/a")) == {"cut.json", "README.md"}
    verify_shards(tiny.store, state.shards)
    assert {f"cuts/a/shards/{name}" for name in tiny.store.sizes("cuts/a/shards")} == {
        shard.name for shard in state.shards
    }


def test_one_part_only(tmp_path):
    """A build of one source, one task, and nothing for validation."""
    tiny = tiny_build(tmp_path / "one", Wanted(pictures=3, sources=("shapes",), tasks=("dots",)))
    state = cut(tiny.store.location, "a", RuleSet.model_validate({"split": {"validation": 0}}), materialise=True)
    assert (state.validation, len(samples(tiny, "a", "validation"))) == (0, 0)
    assert json.loads(tiny.store.read("cuts/a/cut.json"))["scores"] == {}


def test_a_cut_imports_no_pandas(tiny):
    """Arrow imports it where it is handed a list or an array; that costs a second of the five that a large cut may take."""
    program = (
        "import sys; from ieiw.filters.rule_set import RuleSet; from ieiw.pipelines.cut.run import cut\n"
        "cut(sys.argv[1], 'lean', RuleSet.model_validate_json(sys.argv[2])); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, str(tiny.path), RULES.model_dump_json()], cwd=ROOT, check=True)


@pytest.mark.parametrize("name", ["../cuts/all", "a/b", "", ".hidden"])
def test_no_path_is_taken_for_a_cut(tmp_path, name):
    tiny = tiny_build(tmp_path)
    write_cut(tiny)
    with pytest.raises(UsageError, match="no cut"):
        load_cut(tiny.store, name)
