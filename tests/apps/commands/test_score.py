"""``ieiw score`` from outside."""

from tests.support.command_line import as_json, check_refused


def test_what_is_scored_is_counted_and_an_unknown_score_is_refused(ieiw, tiny):
    summary = as_json(ieiw("score", tiny.path, "--with", "sharpness, sharpness", "--workers", 1, "--json"))
    assert set(summary["values"]) == {"sharpness"}
    assert summary["values"]["sharpness"] > 0
    check_refused(ieiw("score", tiny.path, "--with", "nosuch"), "nosuch")
