"""The same recipe with real classes: open_clip, Paint-by-Example, BLIP-2 from tiny checkpoints, and a server process."""

import numpy as np
import pytest

from ieiw.models.paint import pbe_parts
from ieiw.models.paint.paint_by_example import PaintByExample
from ieiw.pipelines.gallery.regions.run import build_regions
from ieiw.pipelines.lint.run import lint
from ieiw.triplets.drawings.answers import read_answer
from ieiw.triplets.images.codec import decode
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.build_state import require_state
from ieiw.triplets.layout.replacement import count_outcomes
from ieiw.triplets.storage.store import open_store
from tests.support.builds import build_serially, index, stamps
from tests.support.chat_server import chat_server
from tests.support.replaced import gallery_recipe, replace
from tests.support.tiny_captioner import blip2_folder
from tests.support.tiny_clip import clip_folder
from tests.support.tiny_painter import CONFIGS, painter_folder, tiny_manifest


@pytest.fixture
def tiny(monkeypatch):
    """Tiny parts are taken for the published ones."""
    monkeypatch.setattr(pbe_parts, "manifest", tiny_manifest)
    monkeypatch.setattr(pbe_parts, "CONFIGS", CONFIGS)
    monkeypatch.setattr(PaintByExample, "side", 64)
    build_serially(monkeypatch)


def backends(folder, base):
    on_cpu = {"device": "cpu"}
    return {
        "embed": {"name": "open-clip", "options": {"weights": str(clip_folder(folder / "clip"))} | on_cpu},
        "paint": {
            "name": "paint-by-example",
            "options": {"weights": str(painter_folder(folder / "pbe")), "steps": 2} | on_cpu,
        },
        "caption": {
            "name": "blip2",
            "options": {"weights": str(blip2_folder(folder / "blip2")), "max_tokens": 4} | on_cpu,
        },
        "write": {"name": "endpoint", "options": {"base": base, "tries": 1, "timeout": 20}},
    }


ANY = {"min_similarity": -1, "max_similarity": 1, "max_aspect": 3, "min_shape": 0, "unlabelled": "keep"}
"""Told outright, what may be a reference does not depend on the captioner."""


def test_models_of_the_real_classes_are_named_with_their_digests(tiny, site, tmp_path):
    out = tmp_path / "out"
    with chat_server(tmp_path / "log", "--replacer", "0") as base:
        chosen = backends(tmp_path, base)
        build_regions(gallery_recipe(site.data), str(tmp_path / "gallery"), "open-clip", chosen["embed"]["options"])
        replace(site.data, tmp_path / "gallery", out, backends=chosen, retrieve=ANY)
        named = require_state(open_store(out)).backends
        assert {role: each["name"] for role, each in named.items()} == {
            "embed": "open-clip", "paint": "paint-by-example", "caption": "blip2", "write": "endpoint",
        }  # fmt: skip
        for role in ("embed", "paint", "caption"):
            assert len(named[role]["weights_sha256"]) == 64 and named[role]["stand_in"] == "no", role
        assert standing(out) == {"retrieve": 17, "paint": 17, "caption": 17, "write": 0}  # random words name nothing
        assert lint(str(out)).findings == ()
        # With the data set's own names the sentences are true, and nothing is painted again for them.
        before = stamps(next((out / "replacement/drawn").glob("paint-*")))
        chosen["caption"] = "labels"
        replace(site.data, tmp_path / "gallery", out, backends=chosen, replaced=["drawn"], retrieve=ANY)
        assert stamps(next((out / "replacement/drawn").glob("paint-*"))) == before
    check_triplets(out)


def standing(out):
    """Step -> attempts that it left standing."""
    found = {}
    for folder in (out / "replacement/drawn").iterdir():
        files = [f"replacement/drawn/{folder.name}/{file.name}" for file in folder.glob("*.parquet")]
        found[folder.name.partition("-")[0]] = sum(count_outcomes(open_store(out), file)[0] for file in files)
    return found


def check_triplets(out):
    """All are there, with what the endpoint wrote, and outside the hole not one pixel differs."""
    rows = index(out, "rows")
    assert len(rows) == 17 and lint(str(out)).findings == ()
    for row in rows:
        assert row["instruction"].startswith("replace the ") and row["backend"] == "paint-by-example"
        shard = (out / row["shard"]).read_bytes()
        source, target, told = (
            shard[row[f"{role}_offset"] :][: row[f"{role}_size"]] for role in ("source", "target", "json")
        )
        hole = from_rle(read_answer(told).hole)
        changed = np.any(decode(source).pixels != decode(target).pixels, axis=2)
        assert changed.any() and not (changed & ~hole).any()
