"""What is not in the cut, one by one."""

import json

import numpy as np
import pyarrow.parquet as pq

from ieiw.pipelines.audit.excluded import examples, lost_keys, lost_rows, record_text, write_rows
from tests.support.audited import losses_by_files


def test_every_loss_is_listed_with_its_reason(ledger, audited):
    losses = losses_by_files(audited)
    listed = lost_rows(audited.store, ledger)
    assert {each.key: each.reason for each in listed} == {key: reason for key, (reason, _) in losses.items()}
    keys = lost_keys(ledger)
    looked_up = dict(zip(keys.keys.to_pylist(), (keys.labels[label] for label in keys.label.tolist()), strict=True))
    assert looked_up == {each.key: each.reason for each in listed}
    assert {each.kind for each in listed} == {"dropped", "rejected"}


def test_of_too_many_an_even_share_of_each_reason_is_listed(ledger, audited, monkeypatch):
    monkeypatch.setattr("ieiw.pipelines.audit.excluded.LISTED", 10)
    everything = {each.reason for each in lost_rows(audited.store, ledger)}
    assert everything == {reason for reason, _ in losses_by_files(audited).values()}


def test_examples_show_what_the_record_said(ledger, audited):
    found = examples(audited.store, ledger)
    counts = [ledger.rejects["reason"].to_pylist().count(reason) for reason in found]
    assert counts == sorted(counts, reverse=True)
    assert all(each.text for rows in found.values() for each in rows)


def test_a_records_text_is_its_phrase_or_else_its_short_values():
    assert record_text(json.dumps({"phrase": "red car", "number": 3}).encode()) == "red car"
    assert record_text(json.dumps({"number": 3, "points": [1, 2]}).encode()) == '{"number": 3}'
    assert record_text(b'{"points": []}') == ""


def test_the_table_for_notebooks_has_every_attempt(ledger, audited):
    write_rows(audited.store, ledger, "audit/rows.parquet")
    table = pq.read_table(audited.path / "audit/rows.parquet")
    assert table.num_rows == len(ledger.frame) + ledger.rejects.num_rows
    losses = losses_by_files(audited)
    for row in table.to_pylist():
        assert (row["verdict"] in {"dropped", "rejected"}) == (row["key"] in losses)
        assert row["key"] not in losses or row["reason"] == losses[row["key"]][0]
    scored = table["target.noise"].to_numpy()[: len(ledger.frame)]
    np.testing.assert_array_equal(scored, ledger.frame.score("noise", "target"))
