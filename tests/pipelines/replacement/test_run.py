"""From drawn pictures to triplets: what is replaced, by what, and every way in which an attempt ends without one."""

import json
import shutil
from collections import Counter

import cv2
import numpy as np
import pytest

from ieiw.pipelines.lint.run import lint
from ieiw.pipelines.planning.estimate import estimate
from ieiw.pipelines.replacement.references import References
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.images.masks import Rle, from_rle
from ieiw.triplets.layout.gallery import open_gallery
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.layout.replacement import Reference
from tests.builders.replacement.pictures import sa1b_document
from tests.support.builds import balanced, build_serially, index
from tests.support.replaced import UNITS, make_gallery, recipe_values, replace, write_pictures
from tests.support.source_case import draw_picture, write_json
from tests.support.tiny_clip import clip_folder


@pytest.fixture(autouse=True)
def serially(monkeypatch):
    build_serially(monkeypatch)


def samples(out):
    """Row, source, target and json of each triplet."""
    for row in index(out, "rows"):
        data = (out / row["shard"]).read_bytes()
        parts = (data[row[f"{role}_offset"] :][: row[f"{role}_size"]] for role in ("source", "target", "json"))
        before, after, told = parts
        yield row, decode(before).pixels, decode(after).pixels, json.loads(told)


def why(out):
    """Reason -> details of a build's rejects."""
    found = {}
    for row in index(out, "rejects"):
        found.setdefault(row["reason"], []).append(row["detail"])
    return found


def test_the_books_balance_and_every_attempt_has_its_verdict(site):
    assert lint(str(site.out)).findings == ()
    assert balanced(site.out) == (17, 3)
    assert len(list((site.out / "rows").iterdir())) == UNITS
    assert Counter({reason: len(told) for reason, told in why(site.out).items()}) == {
        "picture_missing": 2,
        "no_region": 1,
    }
    assert why(site.out)["no_region"] == ["0 of its regions may be replaced; others: 1 ambiguous"]


def test_nothing_changes_outside_the_hole_and_something_does_within(site):
    for _, before, after, told in samples(site.out):
        hole = from_rle(
            Rle(tuple(json.loads(told["answer"])["hole"]["size"]), json.loads(told["answer"])["hole"]["counts"])
        )
        changed = (before != after).any(axis=2)
        assert not (changed & ~hole).any()
        assert changed.mean() > 0.02


def test_provenance_says_what_was_replaced_by_what_and_how_it_was_chosen(site):
    for row, _, _, told in samples(site.out):
        facts = json.loads(told["provenance"])
        references, candidates = facts["references"], facts["candidates"]
        assert len(references) == 2 and len({each["picture_sha256"] for each in references}) == 2
        assert row["picture_sha256"] not in {each["picture_sha256"] for each in references}
        assert [each["rank"] for each in references] == sorted(each["rank"] for each in references)
        assert [(each["reference"], each["seed"]) for each in candidates] == [(0, 3), (0, 4), (1, 3), (1, 4)]
        likeness = [each["scores"]["likeness"] for each in candidates]
        assert facts["chosen"] == int(np.argmax(likeness))
        chosen = references[candidates[facts["chosen"]]["reference"]]
        assert (
            facts["region"]["label"] == facts["captions"]["source"] and chosen["label"] == facts["captions"]["target"]
        )
        assert chosen["label"] in row["instruction"] and facts["region"]["label"] in row["instruction"]


def test_a_step_that_is_done_is_not_done_again_for_more_workers_or_a_second_run(site):
    assert replace(site.data, site.gallery, site.out).worked is False
    assert list((site.out / "replacement").rglob("work/*")) == []


@pytest.mark.parametrize(
    ("options", "reason", "detail"),
    [
        ({"retrieve": {"min_similarity": 0.9999, "max_similarity": 1}}, "no_reference", "too unlike"),
        ({"retrieve": {"min_similarity": -1, "max_similarity": -0.9}}, "no_reference", "too alike"),
        ({"paint": {"min_likeness": 1}}, "candidates_poor", "the best of 2 has likeness"),
        ({"retrieve": {"min_similarity": -1, "max_similarity": 1, "max_aspect": 3, "min_shape": 0, "per_picture": 1}},
         "picture_cap", "1 regions of the picture"),
        ({"region": {"min_share": 0.5}}, "no_region", "1 region_too_small"),
    ],
)  # fmt: skip
def test_every_refusal_is_a_reject_with_its_reason(site, few, tmp_path, options, reason, detail):
    replace(few, site.gallery, tmp_path / "out", **options)
    assert detail in why(tmp_path / "out")[reason][0]
    assert lint(str(tmp_path / "out")).findings == ()


def test_what_nobody_can_name_is_refused(tmp_path):
    """SA-1B has no names, and what is of many colours has none of that kind either."""
    for number in (1, 2):
        draw_picture(tmp_path / f"data/sa_{number}.jpg", 200, 160, seed=number)
        write_json(tmp_path / f"data/sa_{number}.json", sa1b_document((20, 30, 60, 50)))
    source = {"name": "masks", "dataset": "sa-1b", "root": str(tmp_path / "data")}
    make_gallery("", tmp_path / "gallery", sources=[source])
    values = recipe_values("", tmp_path / "gallery")
    values["sources"][0] |= source
    values["sources"][0]["task_options"]["replacement"]["retrieve"]["unlabelled"] = "keep"
    from ieiw.pipelines.build.run import Options, build

    build(Recipe.model_validate(values), tmp_path / "out", Options())
    assert why(tmp_path / "out").keys() == {"no_caption"}


def moved(site, tmp_path, *lost):
    """A copy of the pictures, some of which are no more what the gallery knew."""
    shutil.copytree(site.data, tmp_path / "moved")
    for number in lost:
        (tmp_path / f"moved/images/{number}.jpg").unlink()
    return {"drawn": str(tmp_path / "moved")}


def test_a_reference_whose_picture_is_gone_leaves_the_place_to_another(site, few, tmp_path):
    replace(few, site.gallery, tmp_path / "whole", paint={"seeds": 1})
    best = next(json.loads(told["provenance"])["references"][0] for *_, told in samples(tmp_path / "whole"))
    roots = moved(site, tmp_path, best["picture"].removeprefix("images/").removesuffix(".jpg"))
    replace(few, site.gallery, tmp_path / "out", paint={"seeds": 1}, roots=roots)
    assert why(tmp_path / "out") == why(tmp_path / "whole")
    for *_, told in samples(tmp_path / "out"):
        facts = json.loads(told["provenance"])
        gone = {at for at, each in enumerate(facts["references"]) if each["picture"] == best["picture"]}
        assert {each["reference"] for each in facts["candidates"]} == {0, 1} - gone


def test_an_attempt_all_of_whose_references_are_gone_or_others_is_refused(site, few, tmp_path):
    roots = moved(site, tmp_path, *(number for number in range(1, 11) if number != 9 and number % 2))
    for number in (2, 4, 6, 8, 10):
        cv2.imwrite(str(tmp_path / f"moved/images/{number}.jpg"), np.zeros((72, 96, 3), np.uint8))
    replace(few, site.gallery, tmp_path / "out", paint={"seeds": 1}, roots=roots)
    told = [
        detail for detail in why(tmp_path / "out")["picture_missing"] if detail.startswith("reference drawn/images/")
    ]
    assert len(told) == 3
    assert index(tmp_path / "out", "rows") == []


def refused(data, gallery, tmp_path, match, backends=None, **options):
    """Building and planning both say it, and nothing is written."""
    with pytest.raises(UsageError, match=match) as caught:
        replace(data, gallery, tmp_path / "out", backends=backends, **options)
    (line,) = estimate(Recipe.model_validate(recipe_values(data, gallery, backends, **options)))
    assert line.missing == str(caught.value)
    assert not (tmp_path / "out").exists()


def test_without_a_gallery_of_regions_nothing_begins(site, tmp_path):
    refused(
        site.data,
        tmp_path / "none",
        tmp_path,
        "source drawn: .*/none holds no complete gallery of regions; `ieiw gallery",
    )
    other = tmp_path / "other"
    shutil.copytree(site.gallery, other)
    (other / "regions.json").unlink()
    refused(site.data, other, tmp_path, "/other holds no complete gallery of regions")
    refused(site.data, "", tmp_path, "replacement.gallery: give the folder of a gallery")
    refused(site.data, site.gallery, tmp_path, "roots: .*no data set 'x'. Known: drawn", roots={"x": "data"})


def test_a_gallery_of_another_embedder_is_refused_with_both_names(site, tmp_path):
    weights = {"name": "open-clip", "options": {"weights": str(clip_folder(tmp_path / "clip")), "device": "cpu"}}
    refused(site.data, site.gallery, tmp_path, "holds vectors of descriptor .*none of open-clip", {"embed": weights})


def test_a_gallery_that_keeps_its_crops_needs_no_pictures(site, tmp_path):
    """The pictures that references were cut from may go; what is painted is the same but for JPEG's own loss."""
    data = write_pictures(tmp_path / "data")
    make_gallery(data, tmp_path / "gallery", crops=True, margin=0.1)
    replace(site.data, tmp_path / "gallery", tmp_path / "with")
    shutil.rmtree(data)
    replace(site.data, tmp_path / "gallery", tmp_path / "without")
    with_them, without = (index(tmp_path / name, "rows") for name in ("with", "without"))
    assert len(with_them) == len(without) == 17
    assert [row["target_sha256"] for row in with_them] == [row["target_sha256"] for row in without]
    gallery = open_gallery(str(tmp_path / "gallery"))
    found = next(gallery.tables(["id", "x", "y", "width", "height", "outline", "crop"])).to_pylist()[0]
    each = Reference(
        found["id"], "drawn", "", "", "", tuple(found[name] for name in ("x", "y", "width", "height")),
        Rle((found["height"], found["width"]), found["outline"]), 1.0, 1,
    )  # fmt: skip
    crop, silhouette = References(gallery, {}).read(each)
    assert crop.shape[:2] == silhouette.shape and np.count_nonzero(silhouette) == np.count_nonzero(
        from_rle(each.outline)
    )
