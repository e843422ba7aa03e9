"""What is known of a triplet, in words."""

from ieiw.apps.inspect_triplet import find
from ieiw.apps.triplet_text import describe
from tests.support.builds import index
from tests.support.tiny_build import rows


def test_the_text_holds_what_a_person_asks_for_and_fits_a_terminal(tiny):
    row = next(row for row in rows(tiny, "addition") if "café" in row["instruction"])
    details = find(tiny.store, row["key"])
    text = describe(details)
    wanted = [row["key"], row["instruction"], row["shard"], row["unit"], row["record"], "CC-BY-4.0", "telea", "48 × 32"]
    assert [part for part in [*wanted, *details.pair] if part not in text] == []
    assert text.count("digest right") == 3
    assert max(map(len, text.splitlines())) <= 100
    assert details.sample["answer"]["hole"]["counts"] not in text
    reject = next(row for row in index(tiny.path, "rejects") if row["reason"] == "empty_phrase")
    text = describe(find(tiny.store, reject["key"]))
    assert all(part in text for part in (reject["key"], "rejected", "empty_phrase", "stage plan", reject["picture"]))
