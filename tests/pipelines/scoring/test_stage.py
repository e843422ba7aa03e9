"""Scoring as a stage: what a unit's part says of it, and which notes belong to which pass."""

import pytest

from ieiw.pipelines.engine.stage import note_name
from ieiw.pipelines.scoring.stage import ScoreStage
from ieiw.triplets.layout.marks import mark_of
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture
def tiny(tmp_path):
    return tiny_build(tmp_path / "build", Wanted(pictures=4, sources=("shapes",)))


def test_what_is_scored_and_what_is_set_aside_are_counted_apart(tiny):
    stage = ScoreStage(scores=("sharpness", "seam"))
    first, second = [ref for ref in tiny.state.refs() if mark_of(tiny.store, ref.rows).built][:2]
    stage.worker(str(tiny.path)).work(first)
    stage.quarantine(tiny.store, second, "unit x killed")
    assert stage.count(tiny.store, first) == {"scored": mark_of(tiny.store, first.rows).built}
    assert stage.count(tiny.store, second) == {"quarantined": mark_of(tiny.store, second.rows).built}


def test_two_passes_over_a_unit_have_marks_and_notes_of_their_own(tiny):
    (one, other), ref = (ScoreStage(scores=(name,)) for name in ("sharpness", "seam")), next(iter(tiny.state.refs()))
    assert one.mark(ref) != other.mark(ref)
    assert note_name("strikes", one, ref) != note_name("strikes", other, ref)
    assert note_name("damage", one, ref) == f"logs/damage/score-{one.mark(ref).rpartition('/')[2]}"


def test_the_order_of_the_scores_does_not_part_two_passes(tiny):
    ref = next(iter(tiny.state.refs()))
    assert ScoreStage(scores=("seam", "sharpness")).mark(ref) == ScoreStage(scores=("sharpness", "seam")).mark(ref)


def test_a_message_on_damage_names_a_handful(tiny):
    message = ScoreStage(scores=("seam",)).damage_message([f"shard {number}" for number in range(7)])
    assert "shard 4" in message and "shard 5" not in message and "2 more" in message
