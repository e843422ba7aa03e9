"""What an audit looks at is what lies on disk."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from ieiw.pipelines.audit.load import KEPT, NEITHER, load
from ieiw.triplets.errors import Step, UsageError
from tests.support.audited import cut_here, losses_by_files
from tests.support.builds import index
from tests.support.scored import copied


def test_every_row_has_the_verdict_of_the_cuts_files(ledger, audited):
    losses = losses_by_files(audited)
    for key, rule, value, side in zip(
        ledger.frame.table["key"].to_pylist(),
        ledger.rule.tolist(),
        ledger.value.tolist(),
        ledger.side.tolist(),
        strict=True,
    ):
        if rule == KEPT:
            assert key not in losses and side != NEITHER
        else:
            assert losses[key][0] == ledger.rules[rule].name and side == NEITHER
            assert losses[key][1] == value or (np.isnan(value) and np.isnan(losses[key][1]))
    assert len(ledger.frame) == len(index(audited.path, "rows"))
    assert ledger.rejects.num_rows == len(index(audited.path, "rejects"))


def test_scores_are_those_with_values_composites_first(ledger):
    assert [info.name for info in ledger.scores] == [
        "classical-quality", "blockiness", "colourfulness", "contrast", "exposure", "noise", "seam", "sharpness"
    ]  # fmt: skip
    assert {info.name: info.roles for info in ledger.scores}["seam"] == ("pair",)
    assert [info.composite for info in ledger.scores].count(True) == 1


def test_a_rule_is_asked_about_what_the_earlier_ones_left(ledger):
    for number, step in enumerate(ledger.cut.funnel):
        assert ledger.reaching(number).sum() == step.left + step.dropped


def test_a_cut_of_other_scores_is_refused_with_what_would_help(audited, tmp_path):
    other = copied(audited, tmp_path / "build")
    cut_here(other, "mine", {"rules": [{"name": "a", "kind": "threshold", "score": "noise", "max": 99}]})
    (other.path / "scores/noise/values.parquet").write_bytes(
        (other.path / "scores/contrast/values.parquet").read_bytes()
    )
    with pytest.raises(UsageError, match="the scores changed since the cut 'mine' was made") as caught:
        load(other.store, "mine")
    assert caught.value.step == Step("cut", other.store.location, {"name": "mine"})


def test_a_row_without_a_verdict_is_refused(audited, tmp_path):
    other = copied(audited, tmp_path / "build")
    kept = next((other.path / "cuts/strict/index").glob("kept-*.parquet"))
    pq.write_table(pq.read_table(kept).slice(1), kept)
    with pytest.raises(UsageError, match=r"1 rows of the build have no verdict, or two"):
        load(other.store, "strict")
