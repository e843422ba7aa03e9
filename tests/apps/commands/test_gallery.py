"""``ieiw gallery`` from outside."""

from tests.support.command_line import as_json, check_refused


def test_a_build_becomes_a_gallery_that_is_told_and_searched(ieiw, tiny, tmp_path):
    place = tmp_path / "gallery"
    check_refused(ieiw("gallery", "build", tiny.path, "--to", place, "--with", "descriptor"), "not embedded")
    as_json(ieiw("embed", tiny.path, "--with", "descriptor", "--workers", 1, "--json"))
    made = as_json(ieiw("gallery", "build", tiny.path, "--to", place, "--with", "descriptor", "--json"))
    assert made["added"] == made["vectors"] > 0 and made["index"] == "Flat" and made["stand_in"]
    told = as_json(ieiw("gallery", "info", place, "--check", "--json"))
    assert told["vectors"] == made["vectors"] and told["embedder"]["embedder"] == "descriptor"
    more = as_json(ieiw("gallery", "add", tiny.path, "--to", place, "--of", "all", "--json"))
    assert more["known"] == made["added"] and more["vectors"] == made["vectors"] + more["added"]
    check_refused(ieiw("gallery", "search", place, "--id", "nobody"), "nobody")
    check_refused(ieiw("gallery", "info", tmp_path), "no complete gallery")
