"""Scoring keeps what every stage must keep; two passes over a unit do not meet."""

from ieiw.pipelines.engine.stage import note_name
from ieiw.pipelines.scoring.stage import ScoreStage
from tests.support.stage_case import StageCase
from tests.support.toy_stage import UNITS


class TestScoreStage(StageCase):
    stage = ScoreStage(scores=("sharpness", "seam"))

    def test_a_unit_that_is_set_aside_is_counted_as_quarantined(self, build):
        self.stage.quarantine(*build[:1], build[1][0], "it killed")
        assert set(self.stage.count(build[0], build[1][0])) == {"quarantined"}


def test_two_passes_over_a_unit_have_marks_and_notes_of_their_own():
    one, other = (ScoreStage(scores=(name,)) for name in ("sharpness", "seam"))
    assert one.mark(UNITS[0]) != other.mark(UNITS[0])
    assert note_name("strikes", one, UNITS[0]) != note_name("strikes", other, UNITS[0])
    assert note_name("damage", one, UNITS[0]) == f"logs/damage/score-{one.mark(UNITS[0]).rpartition('/')[2]}"


def test_the_order_of_the_scores_does_not_part_two_passes():
    one, other = (ScoreStage(scores=names) for names in (("seam", "sharpness"), ("sharpness", "seam")))
    assert one.mark(UNITS[0]) == other.mark(UNITS[0])


def test_a_message_on_damage_names_a_handful():
    message = ScoreStage(scores=("seam",)).damage_message([f"shard {number}" for number in range(7)])
    assert "shard 4" in message and "shard 5" not in message and "2 more" in message
