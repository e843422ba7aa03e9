"""Cuts of a tiny build: books that balance, sides, idempotence, refusals."""

import os
import signal
import subprocess
import sys

import pytest

from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.cut.run import cut
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.cut_state import DROPPED_ROWS, KEPT_ROWS, load_cut, verify_shards
from tests.support.builds import ROOT, index, stamps
from tests.support.scored import ALL, RULES, copied, tables


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


def test_misspelt_task(tiny):
    rule = {"name": "t", "kind": "threshold", "score": "noise", "max": 1, "tasks": ["removals"]}
    with pytest.raises(UsageError, match="no task 'removals'"):
        cut(tiny.store.location, "a", RuleSet.model_validate({"rules": [rule]}))


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


def test_a_cut_imports_no_pandas(tiny):
    """Arrow imports it where it is handed a list or an array; that costs a second of the five that a large cut may take."""
    program = (
        "import sys; from ieiw.filters.rule_set import RuleSet; from ieiw.pipelines.cut.run import cut\n"
        "cut(sys.argv[1], 'lean', RuleSet.model_validate_json(sys.argv[2])); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, str(tiny.path), RULES.model_dump_json()], cwd=ROOT, check=True)


def test_a_shard_with_other_samples_is_not_copied(tiny):
    state = cut(tiny.store.location, "a", ALL)
    shard = tiny.path / state.shards[0].name
    data = bytearray(shard.read_bytes())
    data[:6] = b"foreign"[:6]
    shard.write_bytes(data)
    with pytest.raises(UsageError, match="the shard was changed"):
        cut(tiny.store.location, "b", ALL, materialise=True)
    assert "b" not in [name for name in tiny.store.folders("cuts") if tiny.store.exists(f"cuts/{name}/cut.json")]
