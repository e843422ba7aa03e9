"""Whether a score still holds: its note against the build and the score as they are now."""

import pytest

from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.index.score_notes import fresh_note, notes_of
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.scores import values_digest
from tests.support.scored import score_serially
from tests.support.tiny_build import Wanted, tiny_build

RULES = RuleSet.model_validate(
    {"rules": [{"name": name, "kind": "threshold", "score": name, "min": 0} for name in ("contrast", "noise")]}
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    tiny = tiny_build(tmp_path_factory.mktemp("notes") / "build", Wanted(pictures=3))
    score_serially(tiny.path, ["contrast"])
    return tiny


def test_a_note_is_fresh_for_the_build_and_the_score_that_it_was_written_for(tiny, monkeypatch):
    assert fresh_note(tiny.store, tiny.state, "contrast")["version"] == 1
    assert fresh_note(tiny.store, tiny.state, "noise") is None
    other = tiny.state.model_copy(update={"index": tiny.state.index[1:]})
    assert fresh_note(tiny.store, other, "contrast") is None
    monkeypatch.setattr("ieiw.filters.scores.contrast.Contrast.version", 99)
    assert fresh_note(tiny.store, tiny.state, "contrast") is None


def test_rules_get_the_scores_they_read_or_hear_which_are_missing(tiny):
    index = Index(tiny.store, tiny.state)
    (note,) = notes_of(index, RULES.model_copy(update={"rules": RULES.rules[:1]})).values()
    assert note.sha256 == values_digest(tiny.store, "contrast")
    with pytest.raises(UsageError, match="older than the build: noise") as caught:
        notes_of(index, RULES)
    assert caught.value.step == Step("score", tiny.store.location, {"scores": "noise"})
