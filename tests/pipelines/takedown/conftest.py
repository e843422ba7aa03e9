"""A scored build with cuts of all kinds, made once; each test takes pictures down in a copy of its own."""

import pytest

from ieiw.pipelines.cut.run import cut
from ieiw.pipelines.embed.run import embed
from ieiw.pipelines.engine.run import RunOptions
from ieiw.pipelines.latents.run import encode
from tests.support.audited import write_page
from tests.support.scored import ALL, RULES, copied, scored_build
from tests.support.tiny_clip import clip_folder
from tests.support.tiny_vae import tiny_model


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    tiny = scored_build(tmp_path_factory.mktemp("whole") / "build")
    embed(tiny.store.location, "descriptor", {}, RunOptions(workers=1))
    weights = clip_folder(tmp_path_factory.mktemp("clip") / "weights")
    embed(tiny.store.location, "open-clip", {"weights": str(weights), "device": "cpu"}, RunOptions(workers=1))
    cut(tiny.store.location, "all", ALL)
    cut(tiny.store.location, "strict", RULES)
    cut(tiny.store.location, "copies", RULES, materialise=True)
    model = tiny_model(tmp_path_factory.mktemp("model"), size=16)
    for name in ("all", "copies"):
        encode(f"{tiny.store.location}/cuts/{name}", model, 16, device="cpu", options=RunOptions(workers=1))
    write_page(tiny)
    return tiny


@pytest.fixture
def tiny(whole, tmp_path):
    return copied(whole, tmp_path / "build")
