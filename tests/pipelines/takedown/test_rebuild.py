"""Nothing that builds in this place again makes what was taken down: no re-run, no changed source, no other source."""

import shutil

import pytest

from ieiw.pipelines.lint.run import lint
from ieiw.pipelines.takedown.run import Asked, take_down
from ieiw.triplets.layout.plan import read_unit
from tests.support.builds import balanced, index, run_build, stamps

pytestmark = pytest.mark.usefixtures("serially")
RECORD = "3__1"
MISSING_SHARE = {"source": {"max_reject_share": 0.0}}
"""A take-down is nobody's fault: it counts as a choice, and stops no build."""


@pytest.fixture
def out(root, tmp_path):
    out = tmp_path / "out"
    run_build(root, out, changes=MISSING_SHARE)
    return out


def of_picture(out):
    return {row["key"] for row in index(out, "rows") if row["group"] == "3"}


def check_dead(out, keys, source="phrasecut"):
    assert not [row for row in index(out, "rows") if row["group"] == "3" and row["source"] == source]
    dead = {
        row["key"]: row for row in index(out, "rejects") if row["reason"] == "taken_down" and row["source"] == source
    }
    assert dead.keys() == keys
    assert {row["detail"] for row in dead.values()} == {""}
    balanced(out)
    assert lint(str(out)).findings == ()


def test_the_same_recipe_again_and_its_retries(root, out):
    keys = of_picture(out)
    assert set(take_down(str(out), Asked(record=(RECORD,))).keys) == keys
    before = stamps(out)
    assert not run_build(root, out, changes=MISSING_SHARE).worked
    assert stamps(out) == before
    run_build(root, out, changes=MISSING_SHARE, retry_rejects="any")
    check_dead(out, keys)


def test_a_source_that_changed(root, out):
    keys = of_picture(out)
    take_down(str(out), Asked(record=(RECORD,)))
    again = run_build(
        root, out, changes=MISSING_SHARE | {"image": {"short_side": 24}}, replace=frozenset({"phrasecut"})
    )
    check_dead(out, keys)
    planned = [row for ref in again.state.refs() for row in read_unit_of(out, ref) if row["key"] in keys]
    assert {row["annotation"] for row in planned} == {b"{}"}


def read_unit_of(out, ref):
    from ieiw.triplets.storage.store import open_store

    return read_unit(open_store(out), ref)


def test_another_source_with_the_same_file(root, out):
    keys = of_picture(out)
    take_down(str(out), Asked(record=(RECORD,)))
    block = {"dataset": "phrasecut", "root": str(root), "tasks": ["removal", "addition"], "max_reject_share": 0}
    run_build(root, out, changes={"sources": [block | {"name": name} for name in ("phrasecut", "again")]})
    check_dead(out, keys)
    check_dead(out, {key.replace("phrasecut-", "again-") for key in keys}, "again")


def test_another_folder_that_was_given_the_proofs(root, out, tmp_path):
    keys = of_picture(out)
    take_down(str(out), Asked(record=(RECORD,)))
    shutil.copytree(out / "takedown", tmp_path / "other" / "takedown")
    run_build(root, tmp_path / "other", changes=MISSING_SHARE)
    check_dead(tmp_path / "other", keys)
