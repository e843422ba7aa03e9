"""A build under moving rules: counts, what a move adds and loses, pictures of what was shown."""

import numpy as np
import pytest

from ieiw.filters.apply import KEPT, apply_rules
from ieiw.filters.moving import moved
from ieiw.pipelines.audit.live import open_live
from ieiw.pipelines.cut.decontaminate import nearest
from ieiw.pipelines.cut.default_rules import DEFAULT
from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.store import open_store
from tests.support.audited import cut_here
from tests.support.scored import copied


@pytest.fixture(scope="module")
def live(audited):
    return open_live(audited.store, "strict", DEFAULT, nearest)


def test_it_starts_where_the_cut_is(live, ledger):
    assert np.array_equal(live.start.verdicts.rule, ledger.rule)
    assert live.start.kept == ledger.cut.kept
    assert [step.dropped for step in live.start.verdicts.funnel] == [step.dropped for step in ledger.cut.funnel]


def test_sheets_show_what_is_added_and_lost_by_what_was_moved(live):
    values = {"dull-source": {"min": 40.0}, "large-gap": {"max": 0.0}}
    now = live.move(values, settle=True)
    expected = apply_rules(live.frame, moved(live.rules, values)).rule
    (added, more), (lost, fewer) = live.sheets(now, "dull-source", 3)
    before, after = live.start.verdicts.rule == KEPT, expected == KEPT
    assert (more, fewer) == ((after & ~before).sum(), (before & ~after).sum())
    assert more and fewer and now.kept == live.start.kept + more - fewer
    assert set(added.rows) <= set(np.flatnonzero(after & ~before)) and len(added.rows) == min(3, more)
    assert set(lost.rows) <= set(np.flatnonzero(before & ~after))
    scores = live.frame.score("colourfulness", "source")
    assert list(added.values) == sorted(added.values) == [scores[row] for row in added.rows]
    cards = live.cards(now, [added, lost])
    assert {cards[row].verdict for row in added.rows} == {"kept"}
    assert all(cards[row].verdict == now.rules.rules[expected[row]].name for row in lost.rows)


def test_pictures_of_cards_are_given_and_no_others(live):
    now = live.move({"dull-source": {"min": 0}}, settle=True)
    (added, _), _ = live.sheets(now, "", 2)
    for card in live.cards(now, [added]).values():
        assert all(live.thumbnail(digest).startswith(b"RIFF") for digest in card.pictures)
    with pytest.raises(KeyError):
        live.thumbnail("0" * 64)


def test_nothing_moved_changes_nothing(live):
    assert [(sheet.rows, count) for sheet, count in live.sheets(live.move({}, settle=True), "", 4)] == [((), 0)] * 2


def test_a_cut_of_other_scores_and_missing_scores_are_told(audited, tmp_path):
    other = copied(audited, tmp_path / "other")
    with pytest.raises(UsageError, match="no cut 'none'"):
        open_live(other.store, "none", DEFAULT, nearest)
    (other.path / "scores/contrast/score.json").unlink()
    for cut in ("strict", None):
        with pytest.raises(UsageError, match=r"scores missing or older than the build: .*contrast"):
            open_live(open_store(other.path), cut, DEFAULT, nearest)
    cut_here(other, "seams", {"rules": [{"name": "s", "kind": "threshold", "score": "seam", "of": "pair", "max": 1}]})
    assert open_live(open_store(other.path), "seams", DEFAULT, nearest).rules.rules[0].name == "s"
