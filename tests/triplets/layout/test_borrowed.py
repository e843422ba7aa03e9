"""A build that one may only read is scored, cut, shown and trained from in a folder of one's own."""

import shutil

import pytest

from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.audit.run import audit
from ieiw.pipelines.cut.run import cut
from ieiw.pipelines.lint.run import lint
from ieiw.pipelines.planning.prepare import prepare
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.scoring.run import score
from ieiw.train.data.dataset import open_cut
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.borrowed import borrow
from ieiw.triplets.storage.store import FolderStore, open_store
from tests.support.builds import build_serially, stamps

ALL = RuleSet.model_validate({"rules": []})


def test_what_is_made_beside_a_build_leaves_it_as_it_is(tiny, tmp_path, monkeypatch):
    build_serially(monkeypatch)
    score(str(tiny.path), ("sharpness",))
    cut(str(tiny.path), "theirs", ALL)
    before = stamps(tiny.path)
    mine = borrow(str(tiny.path), str(tmp_path / "mine"))
    score(mine, ("sharpness", "contrast"))
    assert cut(mine, "theirs", ALL).kept == cut(mine, "own", ALL, materialise=True).kept > 0
    rules = RuleSet.model_validate(
        {"rules": [{"name": "flat", "kind": "threshold", "score": "contrast", "of": "source", "min": 0}]}
    )
    cut(mine, "theirs", rules)
    audit(mine, "theirs")
    assert len(open_cut(open_store(mine), "own").samples) > 0
    assert stamps(tiny.path) == before
    assert not lint(mine).findings
    assert borrow(str(tiny.path), mine) == mine  # again: what was made stays
    assert (tmp_path / "mine" / "cuts" / "theirs" / "cut.json").is_symlink() is False
    assert (tmp_path / "mine" / "scores" / "sharpness" / "score.json").is_symlink()


def test_a_folder_that_holds_something_else_is_not_taken(tiny, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(tiny.path, other)
    with pytest.raises(UsageError, match="holds another build"):
        borrow(str(tiny.path), str(other))
    with pytest.raises(UsageError, match="in a folder"):
        borrow("s3://bucket/build", str(tmp_path / "mine"))


def test_a_build_that_may_only_be_read_is_refused_before_the_work_and_the_way_is_said(tiny, monkeypatch):
    def refused(folder):
        raise UsageError(f"{tiny.path}: cannot be written (Permission denied). Give a folder that you may write to")

    monkeypatch.setattr(FolderStore, "spooled", refused)
    for work in (
        lambda: cut(str(tiny.path), "a", ALL),
        lambda: audit(str(tiny.path)),
        lambda: score(str(tiny.path), ("contrast",)),
    ):
        with pytest.raises(UsageError, match="folder of your own") as caught:
            work()
        assert caught.value.step == Step(values={"out": "FOLDER"})


def test_nothing_is_planned_or_built_through_the_links(tiny, tmp_path):
    mine, before = borrow(str(tiny.path), str(tmp_path / "mine")), stamps(tiny.path)
    with pytest.raises(UsageError, match="leads to another's build"):
        prepare(open_store(mine), Components(tiny.state.recipe))
    assert stamps(tiny.path) == before


def test_links_follow_the_build_and_what_was_made_here_stays_whole(tiny, tmp_path):
    cut(str(tiny.path), "a", ALL)
    (tiny.path / "scores" / "parts").mkdir(parents=True)
    (tiny.path / "scores" / "parts" / "x.parquet").write_bytes(b"under way")
    mine = tmp_path / "mine"
    borrow(str(tiny.path), str(mine))
    assert not (mine / "scores").exists()
    (tiny.path / "cuts" / "a" / "README.md").unlink()
    borrow(str(tiny.path), str(mine))
    assert not (mine / "cuts" / "a" / "README.md").is_symlink()
    (mine / "cuts" / "a" / "cut.json").unlink()  # as a cut that is made again and killed leaves it
    (mine / "cuts" / "a" / "own").write_bytes(b"")
    borrow(str(tiny.path), str(mine))
    assert not (mine / "cuts" / "a" / "cut.json").exists()
