"""Planted defects of meaning: each is what its name says, and no score that needs weights is made up without them."""

import numpy as np
import pytest

from bench.planted_meaning import STAND_IN, Edit, figures, planted, report, scored, variables
from ieiw.filters.registry import SCORES, embedded, load
from ieiw.filters.scores.base import Pair, VectorPairs
from ieiw.pipelines.gallery.run import build
from ieiw.triplets.errors import UsageError
from tests.support.fillings import directions, filling
from tests.support.pairs import drawn


@pytest.fixture
def clean():
    """Two things in each of three photographs."""
    found = []
    for photograph in range(3):
        for thing in range(2):
            picture = drawn(seed=photograph)
            hole = np.zeros(picture.shape[:2], bool)
            hole[20:40, 10 + 40 * thing : 30 + 40 * thing] = True
            target = np.where(hole[..., None], np.uint8(99), picture)
            found.append(
                Edit(f"p{photograph}", f"thing {thing}", Pair(picture, target, hole, f"Remove thing {thing}."))
            )
    found += [Edit("p3", "cat", Pair(drawn(seed=3), drawn(seed=4), np.ones((64, 96), bool), "Remove the cat."))]
    return found


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch):
    for name in SCORES:
        if weights := load(name).weights:
            monkeypatch.delenv(weights.variable, raising=False)
    for name in ("GIQA_GALLERY", "JUDGE_BASE", "CLIP_L14", "CLIP_B32", "CLIP_B16"):
        monkeypatch.delenv(name, raising=False)


def test_each_defect_is_what_its_name_says(clean):
    bad = planted(clean)
    assert [pair.instruction for pair in bad["other words"][:2]] == ["Remove the cat."] * 2
    for edit, like in zip(clean, bad["like target"], strict=True):
        assert like.source is edit.pair.source and np.abs(like.target.astype(int) - edit.pair.target).mean() > 5
    first, second = clean[:2]
    wrong, right_hole = bad["wrong object"][0], bad["wrong object, right hole"][0]
    assert wrong.instruction == right_hole.instruction == first.pair.instruction
    assert wrong.target is second.pair.target and right_hole.target is second.pair.target
    assert wrong.hole is second.pair.hole and right_hole.hole is first.pair.hole
    assert len(bad["wrong object"]) == 6  # the cat has no neighbour


def test_without_weights_no_figure_is_made_up(clean):
    text, rows = report(clean)
    waiting = sorted(set(SCORES) - set(embedded()))
    for name in waiting:
        assert f"| {name} | needs weights: " in text
    assert "| aesthetic-v2 | needs weights: AESTHETIC_V2, CLIP_L14 |" in text
    assert "| judge-keeps | needs weights: JUDGE_BASE |" in text
    assert rows[-1].figure == str(len(waiting))
    assert f"| {STAND_IN} | " in text


def test_what_cannot_be_seen_in_the_pixels_is_no_better_than_chance(clean):
    found, _ = figures(clean)
    assert {each["other words"] for each in found.values()} == {0.5}
    assert found["change-outside"]["wrong object, right hole"] == 1


def test_what_is_given_is_computed(clean, tmp_path, monkeypatch):
    settings = {"embedder": "clip-l14", "weights_sha256": "0" * 64}
    build(str(tmp_path / "g"), filling(directions(60, 24), settings=settings))
    monkeypatch.setenv("GIQA_GALLERY", str(tmp_path / "g"))
    sources, targets, words = (directions(7, 24, seed=seed).astype(np.float32) for seed in range(3))
    vectors = {"clip-l14": VectorPairs(sources, targets, words)}.__getitem__
    pairs = [edit.pair for edit in clean]
    assert np.allclose(scored("clip-text", pairs, vectors)["clip-text"], (targets * words).sum(1), atol=1e-2)
    values = scored("knn-giqa", pairs, vectors)
    assert np.isfinite(values["knn-giqa"]).all() and np.isfinite(values["gap of knn-giqa"]).all()
    assert variables("knn-giqa") == ["GIQA_GALLERY", "CLIP_L14"] and variables("judge-clean") == ["JUDGE_BASE"]


def test_weights_that_are_given_are_loaded_not_passed_over(clean, tmp_path, monkeypatch):
    file = tmp_path / "other.pt"
    file.write_bytes(b"no weights")
    monkeypatch.setenv("CLIP_L14", str(file))
    with pytest.raises(UsageError, match=r"other\.pt"):
        figures(clean)
