"""Paint-by-Example on tiny networks of the published parts and names, which the tests write in both published layouts."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from ieiw.models.paint import pbe_parts
from ieiw.models.paint.on_diffusers import reference_pixels
from ieiw.models.paint.paint_by_example import PaintByExample
from ieiw.models.roles import PAINT
from ieiw.triplets.errors import UsageError
from tests.support.references import reference_job
from tests.support.tiny_painter import CONFIGS, original_state, painter_folder, tiny_manifest, tiny_states


@pytest.fixture
def tiny(monkeypatch):
    """Tiny parts are taken for the published ones."""
    monkeypatch.setattr(pbe_parts, "manifest", tiny_manifest)
    monkeypatch.setattr(pbe_parts, "CONFIGS", CONFIGS)
    monkeypatch.setattr(PaintByExample, "side", 64)


def painter(path, **options):
    return PAINT.make("paint-by-example", {"weights": str(path), "steps": 2, "device": "cpu", **options})


def jobs(count=3):
    return [
        reference_job(size=64, hole=(8, 40 + 4 * number, 16, 48), colour=(40 * number, 200, 60))
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return painter_folder(tmp_path_factory.mktemp("pbe") / "folder")


def test_both_layouts_and_every_spelling_give_the_same_picture(tiny, folder, tmp_path):
    expected = painter(folder).paint(jobs(1), [5])[0]
    assert expected.shape == (64, 64, 3) and expected.dtype == np.uint8 and expected.std() > 1
    for spelling in ("bin", "wrapped", "old"):
        other = painter(painter_folder(tmp_path / spelling, spelling)).paint(jobs(1), [5])[0]
        assert np.array_equal(other, expected), spelling
    state = original_state()
    state["cond_stage_model.transformer.vision_model.embeddings.position_ids"] = torch.arange(5)[None]
    for name, content in (("model.ckpt", {"state_dict": state}), ("plain.ckpt", original_state())):
        torch.save(content, tmp_path / name)
        other = painter(tmp_path / name).paint(jobs(1), [5])[0]
        assert np.abs(other.astype(int) - expected).max() <= 1
    assert np.array_equal(painter(tmp_path).paint(jobs(1), [5])[0], other)  # the folder of model.ckpt


def test_a_batch_gives_what_each_job_gives_alone_and_seeds_count(tiny, folder):
    alone = [painter(folder).paint([job], [seed])[0] for job, seed in zip(jobs(), (1, 2, 3), strict=True)]
    together = painter(folder, batch=2).paint(jobs(), [1, 2, 3])
    for one, other in zip(alone, together, strict=True):
        assert np.abs(one.astype(int) - other).max() <= 1
    same = painter(folder)
    assert np.array_equal(same.paint(jobs(1), [1])[0], alone[0])
    assert np.abs(same.paint(jobs(1), [9])[0].astype(int) - alone[0]).max() > 1


def test_reference_hole_and_guidance_all_count(tiny, folder):
    first, second, _ = jobs()
    one = painter(folder)
    plain = one.paint([first], [1])[0]
    for other in (
        one.paint([type(first)(first.picture, first.hole, second.reference, second.silhouette)], [1])[0],
        one.paint([type(first)(first.picture, second.hole, first.reference, first.silhouette)], [1])[0],
        painter(folder, guidance=1.0).paint([first], [1])[0],
    ):
        assert not np.array_equal(plain, other)


def test_a_batch_too_large_for_memory_is_halved_and_told(tiny, folder, monkeypatch, caplog):
    one, asked = painter(folder, batch=3), []
    sample = one._sample

    def small(jobs, dice):
        asked.append(len(jobs))
        if len(jobs) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return sample(jobs, dice)

    monkeypatch.setattr(one, "_sample", small)
    assert len(one.paint(jobs(), [1, 2, 3])) == 3
    assert asked == [3, 1, 1, 1] and caplog.text.count("out of memory; goes on with 1 at once") == 1
    one.paint(jobs(), [1, 2, 3])
    assert one.batch == 1 and caplog.text.count("out of memory") == 1


def test_where_not_even_one_fits_it_is_an_error(tiny, folder, monkeypatch):
    def full(jobs, dice):
        raise torch.OutOfMemoryError("CUDA out of memory")

    one = painter(folder)
    monkeypatch.setattr(one, "_sample", full)
    with pytest.raises(UsageError, match="memory does not hold one item"):
        one.paint(jobs(1), [0])


def test_the_published_manifests_are_those_of_the_classes_and_of_each_other():
    state = {name: torch.empty(shape, device="meta") for name, shape in json.loads(pbe_parts.manifest("ckpt")).items()}
    assert len(state) == 1_403
    configs = {part: dict(config) for part, config in pbe_parts.CONFIGS.items()}
    states = pbe_parts.from_original(Path("model.ckpt"), state, configs)  # names and shapes of the parts' manifests
    for part in ("unet", "vae"):
        pbe_parts.build(part, configs[part], states[part])  # strict
    from diffusers.pipelines.deprecated.paint_by_example import PaintByExampleImageEncoder
    from transformers import CLIPVisionConfig

    with torch.device("meta"):
        encoder = PaintByExampleImageEncoder(CLIPVisionConfig(**configs["image_encoder"]))
    pbe_parts.check(Path("x"), "image_encoder", pbe_parts.canonical("image_encoder", encoder.state_dict()))


@pytest.mark.parametrize("part", ["unet", "vae", "image_encoder"])
def test_a_file_of_another_model_is_refused_before_it_is_built(folder, part):
    state = tiny_states()[part]
    with pytest.raises(UsageError, match=r"tensors differ.*Download model.ckpt.*huggingface.co/Fantasy-Studio"):
        pbe_parts.check(folder, part, state)  # the tiny part against the published manifest


def test_a_tensor_of_another_shape_is_named(tiny, tmp_path):
    state = original_state()
    state["proj_out.bias"] = torch.zeros(3)
    torch.save(state, tmp_path / "model.ckpt")
    with pytest.raises(UsageError, match=r"model.ckpt: 1 tensors differ: proj_out.bias is \(3,\), published \(32,\)"):
        painter(tmp_path).paint(jobs(1), [0])


def test_settings_of_another_model_are_refused(tiny, tmp_path):
    painter_folder(tmp_path / "w")
    for part, change in (("unet", {"attention_head_dim": 8, "in_channels": 4}), ("image_encoder", {"hidden_size": 48})):
        (tmp_path / "w" / part / "config.json").write_text(json.dumps(CONFIGS[part] | change))
        with pytest.raises(UsageError, match=f"{part}.*another model"):
            painter(tmp_path / "w").paint(jobs(1), [0])
        (tmp_path / "w" / part / "config.json").write_text(json.dumps(CONFIGS[part]))


def test_pickles_with_code_are_refused(tiny, tmp_path):
    torch.save({"state_dict": {"x": Path("/")}}, tmp_path / "model.ckpt")
    with pytest.raises(UsageError, match="model.ckpt: no weights that can be read"):
        painter(tmp_path).paint(jobs(1), [0])


@pytest.mark.parametrize(
    "gone", ["vae/config.json", "unet/diffusion_pytorch_model.safetensors", "scheduler/scheduler_config.json"]
)
def test_a_missing_file_is_named(tmp_path, gone):
    painter_folder(tmp_path / "w")
    (tmp_path / "w" / gone).unlink()
    with pytest.raises(UsageError, match=f"{Path(gone).parent}.*huggingface.co/Fantasy-Studio"):
        painter(tmp_path / "w").describe()


def test_the_fingerprint_carries_every_file(tmp_path):
    painter_folder(tmp_path / "w")
    before = painter(tmp_path / "w").describe()
    assert before | {"weights_sha256": ""} == {
        "weights_sha256": "", "steps": "2", "guidance": "5", "device": "cpu", "dtype": "float32"
    }  # fmt: skip
    config = tmp_path / "w" / "vae" / "config.json"
    config.write_text(config.read_text() + " ")
    assert painter(tmp_path / "w").describe()["weights_sha256"] != before["weights_sha256"]


def test_a_long_reference_keeps_its_ends():
    wide = np.zeros((10, 100, 3), np.uint8)
    wide[:, :5], wide[:, -5:] = (255, 0, 0), (0, 0, 255)
    seen = reference_pixels([reference_job().__class__(wide, wide[..., 0] > 0, wide, wide[..., 0] > 0)], 100)[0]
    assert float(seen[:, :40].abs().max()) < 0.02  # neutral above
    assert float(seen[0, 50, 1]) > 1 and float(seen[2, 50, 98]) > 1


def test_wrong_sizes_and_options_are_named(tiny, folder):
    with pytest.raises(ValueError, match="paints on 64 x 64"):
        painter(folder).paint([reference_job(size=112)], [0])
    for options in ({"steps": 0}, {"guidance": 0.5}, {"batch": -1}, {"device": "tpu"}):
        with pytest.raises(UsageError, match=next(iter(options))):
            painter(folder, **options)


def test_torch_is_not_loaded_by_asking_for_the_settings(folder):
    code = (
        "import sys; from ieiw.models.roles import PAINT; "
        f"PAINT.make('paint-by-example', {{'weights': {str(folder)!r}, 'device': 'cpu'}}).describe();"
        "print({'torch', 'diffusers'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
