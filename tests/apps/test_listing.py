"""Attempts of a build by what they are and what became of them: finished or not, with a cut or without."""

import shutil
from collections import Counter

import pytest

from ieiw.apps.listing import Wanted, listed
from ieiw.apps.sheet import choose
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.build_state import require_state, save_state
from tests.support.audited import cut_here, score_here
from tests.support.builds import index
from tests.support.tiny_build import tiny_build


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    tiny = tiny_build(tmp_path_factory.mktemp("tiny") / "build")
    score_here(tiny, ("sharpness", "seam", "colourfulness", "contrast", "exposure", "noise", "blockiness"))
    return tiny, cut_here(tiny)


def show(tiny, count=10_000, **wanted):
    return listed(tiny.store, tiny.state, Wanted(**wanted), count)


def test_without_a_filter_every_attempt_is_there_once(cut):
    tiny, _ = cut
    total, rows = show(tiny)
    assert (
        total == len(rows) == len({row["key"] for row in rows}) == sum(c.attempts for c in tiny.state.counts.values())
    )
    verdicts = Counter(row["verdict"] for row in rows)
    assert verdicts["built"] == len(index(tiny.path, "rows"))
    assert show(tiny, 5) == (total, rows[:5])


@pytest.mark.parametrize("what", ["source", "task", "record", "reason"])
def test_each_filter_keeps_what_it_names(cut, what):
    tiny, _ = cut
    everything = show(tiny)[1]
    for value in {row[what] for row in everything if row[what]}:
        total, rows = show(tiny, **{f"{what}s": (value,)})
        assert rows == [row for row in everything if row[what] == value]
        assert total == len(rows)


def test_filters_add_up(cut):
    tiny, _ = cut
    _, rows = show(tiny, sources=("shapes",), tasks=("removal", "dots"), verdict="built")
    assert {(row["source"], row["verdict"]) for row in rows} == {("shapes", "built")}
    assert {row["task"] for row in rows} == {"removal", "dots"}


def test_a_cut_tells_kept_from_dropped_and_by_which_rule(cut):
    tiny, state = cut
    name = state.name
    assert show(tiny, cut=name, verdict="kept")[0] == state.kept
    assert show(tiny, cut=name, verdict="dropped")[0] == state.candidates - state.kept
    assert show(tiny, cut=name, verdict="built")[0] == state.candidates
    for step in state.funnel:
        total, rows = show(tiny, cut=name, reasons=(step.rule,))
        assert total == step.dropped
        assert {row["verdict"] for row in rows} <= {"dropped"}


def test_a_sheet_takes_the_same_filters(cut):
    tiny, state = cut
    wanted = Wanted(tasks=("dots",), cut=state.name, verdict="kept")
    keys = {row["key"] for row in listed(tiny.store, tiny.state, wanted, 10_000)[1]}
    assert {row["key"] for row in choose(tiny.store, tiny.state, 10_000, 0, wanted)} == keys
    assert choose(tiny.store, tiny.state, 4, 0, Wanted(verdict="rejected")) == []


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"tasks": ("removel",)}, "task 'removel'.*removal"),
        ({"sources": ("shape",)}, "source 'shape'.*shapes"),
        ({"reasons": ("ambigous",)}, "reason 'ambigous'.*ambiguous"),
        ({"verdict": "kept"}, "kept.*cut"),
        ({"cut": "nosuch"}, "no cut 'nosuch'"),
    ],
)
def test_a_filter_that_can_fit_nothing_is_refused(cut, wanted, words):
    with pytest.raises(UsageError, match=words):
        show(cut[0], **wanted)


def test_a_cut_of_other_rows_is_refused(cut, tmp_path):
    tiny, state = cut
    shutil.copytree(tiny.path, tmp_path / "copy")
    other = tiny_build(tmp_path / "other", tiny.wanted)
    shutil.copytree(tiny.path / "cuts", other.path / "cuts")
    changed = other.state.model_copy(
        update={"index": tuple(p.model_copy(update={"sha256": "0" * 64}) for p in other.state.index)}
    )
    with pytest.raises(UsageError, match="changed since"):
        listed(other.store, changed, Wanted(cut=state.name), 1)


def test_an_unfinished_build_lists_what_is_committed(tmp_path):
    tiny = tiny_build(tmp_path / "build")
    save_state(tiny.store, tiny.state.model_copy(update={"state": "planned", "counts": {}, "index": ()}))
    state = require_state(tiny.store)
    whole = sorted(row["key"] for row in show(tiny)[1])
    assert sorted(row["key"] for row in listed(tiny.store, state, Wanted(), 10_000)[1]) == whole
    ref = next(state.refs())
    (tiny.path / ref.rows).unlink()
    assert len(listed(tiny.store, state, Wanted(), 10_000)[1]) < len(whole)
