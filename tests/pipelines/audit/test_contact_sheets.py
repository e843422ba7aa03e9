"""Contact sheets: the rows that they promise, in the order that they promise."""

import numpy as np

from ieiw.pipelines.audit.contact_sheets import cards, choose, verdict_name
from ieiw.pipelines.audit.load import KEPT
from tests.support.builds import index


def sheets(ledger, each=3):
    return {(sheet.rule, sheet.kind): sheet for sheet in choose(ledger, each)}


def test_just_dropped_and_just_kept_lie_nearest_to_the_bound(ledger):
    number = [rule.name for rule in ledger.rules].index("dull-source")
    values, asked = ledger.frame.score("colourfulness", "source"), ledger.reaching(number)
    found = sheets(ledger)
    dropped, kept = found["dull-source", "just-dropped"], found["dull-source", "just-kept"]
    assert len(dropped.rows) == len(kept.rows) == 3
    assert (ledger.rule[list(dropped.rows)] == number).all()
    assert max(dropped.values) == values[asked & (values < 80)].max()
    assert min(kept.values) == values[asked & (values >= 80)].min()
    assert list(dropped.values) == sorted(dropped.values, reverse=True)
    assert found["dull-source", "worst"].values[0] == np.nanmin(values[asked])
    assert found["dull-source", "best"].values[0] == np.nanmax(values[asked])


def test_the_worst_of_a_gap_is_the_largest(ledger):
    number = [rule.name for rule in ledger.rules].index("large-gap")
    gaps = ledger.frame.score("contrast", "gap")[ledger.reaching(number)]
    found = sheets(ledger)
    assert (found["large-gap", "worst"].values[0], found["large-gap", "best"].values[0]) == (gaps.max(), gaps.min())


def test_random_sheets_hold_what_their_title_says_and_repeat_by_seed(ledger):
    found = sheets(ledger)
    for number, rule in enumerate(ledger.rules):
        if (rule.name, "random") in found:
            assert (ledger.rule[list(found[rule.name, "random"].rows)] == number).all()
    assert (ledger.rule[list(found["", "random"].rows)] == KEPT).all()
    assert choose(ledger, 3, seed=0) == choose(ledger, 3, seed=0) != choose(ledger, 3, seed=1)


def test_different_pictures_come_before_two_of_one(ledger):
    pictures = ledger.frame.codes("picture_sha256")
    for sheet in choose(ledger, 3):
        if sheet.kind in {"best", "worst"}:
            assert len(set(pictures[list(sheet.rows)].tolist())) == len(sheet.rows)


def test_cards_say_what_the_index_says(ledger, audited):
    chosen = choose(ledger, 3)
    made, places = cards(audited.store, ledger, chosen)
    rows = {row["key"]: row for row in index(audited.path, "rows")}
    assert set(made) == {row for sheet in chosen for row in sheet.rows}
    for row, card in made.items():
        assert card.key == ledger.frame.table["key"][row].as_py()
        assert card.instruction == rows[card.key]["instruction"]
        assert card.verdict == verdict_name(ledger, row)
        assert {card.source_picture, card.target_picture} <= set(places)
    assert {card.verdict for card in made.values()} >= {"train", "dull-source"}
