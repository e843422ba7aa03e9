"""``ieiw gallery`` from outside."""

from ieiw.pipelines.engine.run import RunOptions
from ieiw.pipelines.gallery.indexing import make_index as real
from tests.support.builds import index
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


def test_pictures_are_removed_by_their_digest_and_counted(ieiw, tiny, tmp_path):
    place = tmp_path / "gallery"
    as_json(ieiw("embed", tiny.path, "--with", "descriptor", "--workers", 1, "--json"))
    made = as_json(ieiw("gallery", "build", tiny.path, "--to", place, "--with", "descriptor", "--json"))
    digest = index(tiny.path, "rows")[0]["target_sha256"]
    status, out, err = ieiw("gallery", "remove", place, "--sha256", digest.upper(), "--id", "nobody")
    assert (status, out) == (0, "")
    assert "1 vectors removed, 1 not in it" in err
    again = as_json(ieiw("gallery", "remove", place, "--sha256", digest, "--json"))
    assert (again["removed"], again["absent"], again["vectors"]) == (0, 1, made["vectors"] - 1)
    check_refused(ieiw("gallery", "search", place, "--id", digest), digest)
    check_refused(ieiw("gallery", "remove", place), "nothing to remove is named")


def test_workers_and_flags_of_beam_go_to_the_engine(ieiw, tiny, tmp_path, monkeypatch):
    """Each command that makes an index; a flag that Beam does not know is refused before anything is written."""
    place, recipe = tmp_path / "gallery", tmp_path / "regions.yaml"
    recipe.write_text(f"sources: [{{name: s, dataset: phrasecut, root: {tmp_path}}}]", encoding="utf-8")
    as_json(ieiw("embed", tiny.path, "--with", "descriptor", "--workers", 1, "--json"))
    make = ("build", tiny.path, "--to", place, "--with", "descriptor")
    for command in (make, ("regions", recipe, "--to", place, "--with", "descriptor")):
        check_refused(ieiw("gallery", *command, "--nosuch_flag=1"), "neither ieiw nor Beam knows --nosuch_flag")
    assert not place.exists()
    seen = []
    monkeypatch.setattr(
        "ieiw.pipelines.gallery.run.make_index", lambda *given: seen.append(given[3].options) or real(*given)
    )
    as_json(ieiw("gallery", *make, "--workers", 3, "--save_main_session", "--json"))
    assert seen == [RunOptions(3, beam_args=("--save_main_session",))]
    for command in (("add", tiny.path, "--to", place), ("remove", place, "--id", "v")):
        check_refused(ieiw("gallery", *command, "--nosuch_flag=1"), "neither ieiw nor Beam knows --nosuch_flag")


def test_a_take_down_reaches_the_galleries_that_are_named(ieiw, tiny, tmp_path):
    place = tmp_path / "gallery"
    as_json(ieiw("embed", tiny.path, "--with", "descriptor", "--workers", 1, "--json"))
    as_json(ieiw("gallery", "build", tiny.path, "--to", place, "--with", "descriptor", "--json"))
    wish = ("--sha256", index(tiny.path, "rows")[0]["target_sha256"], "--gallery", place)
    seen = as_json(ieiw("takedown", tiny.path, *wish, "--dry-run", "--json"))["taken"][0]
    status, _, err = ieiw("takedown", tiny.path, *wish)
    assert status == 0 and f"vectors are gone in the gallery {place}" in err
    assert seen["galleries"][str(place)] > 0
    check_refused(ieiw("takedown", tiny.path, *wish[:2], "--gallery", tmp_path), "no complete gallery")
