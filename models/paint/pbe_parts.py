"""The parts of Paint-by-Example from its published files: read, held against their manifests, and put together.

Each part is loaded by itself, since diffusers no longer loads the published folder as a whole.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from ieiw.models.paint import pbe_names
from ieiw.models.paint.parts import settings, weights_file, with_weights
from ieiw.models.torch_files import read_state
from ieiw.models.torchvision_operators import declare_operators_on_import
from ieiw.models.weights import Weights
from ieiw.triplets.errors import UsageError

declare_operators_on_import()  # before anything here imports diffusers or transformers

State = dict[str, Any]
WEIGHTS = Weights(
    backend="paint-by-example",
    role="paint",
    file="model.ckpt or the folder with unet, vae and image_encoder",
    site="https://huggingface.co/Fantasy-Studio/Paint-by-Example",
    variable="PAINT_BY_EXAMPLE",
    stand_in="blend",
)
PARTS = ("unet", "vae", "image_encoder")
MANIFESTS = {"unet": "pbe-unet", "vae": "sd15-vae", "image_encoder": "pbe-image_encoder", "ckpt": "pbe-original-ckpt"}
_SOME = "position_ids"
"""Numbers from 0 up that only some versions of transformers keep among the tensors."""
_SCHEDULER = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "skip_prk_steps": True,
    "steps_offset": 1,
    "set_alpha_to_one": False,
}
CONFIGS: Mapping[str, Mapping[str, Any]] = {
    "unet": {"in_channels": 9, "sample_size": 64, "cross_attention_dim": 768},  # else diffusers' defaults: SD 1.5's
    "vae": {
        "block_out_channels": (128, 256, 512, 512),
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "layers_per_block": 2,
        "sample_size": 512,
    },
    "image_encoder": {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "image_size": 224,
        "patch_size": 14,
        "projection_dim": 768,
    },
}
"""Of the original's parts, which ``model.ckpt`` does not hold."""


def load_pipeline(path: Path) -> Any:
    """The pipeline, on the CPU, as the files hold its numbers.

    Args:
        path: the folder in diffusers' layout, or ``model.ckpt``.

    Raises:
        UsageError: a file is missing or damaged, or holds the tensors of another model.
    """
    import diffusers

    if path.is_dir():
        configs = {part: settings(path / part / "config.json", WEIGHTS) for part in PARTS}
        tensors = {part: weights_file(path / part, WEIGHTS) for part in PARTS}
        states = {part: canonical(part, read_state(file)) for part, file in tensors.items()}
        for part, file in tensors.items():
            check(file, part, states[part])
        scheduler = settings(path / "scheduler" / "scheduler_config.json", WEIGHTS)
    else:
        configs, scheduler = {part: dict(CONFIGS[part]) for part in PARTS}, _SCHEDULER
        states = from_original(path, read_state(path), configs)
    library: Any = diffusers
    return library.PaintByExamplePipeline(
        **{part: build(part, configs[part], states.pop(part)) for part in PARTS},
        scheduler=library.PNDMScheduler.from_config(scheduler),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def canonical(part: str, state: State) -> State:
    """The tensors of a part under the names of its manifest, whatever version wrote them."""
    names = {"image_encoder": pbe_names.encoder_name, "vae": pbe_names.vae_name}.get(part, str)
    return {names(name): value for name, value in state.items() if not name.endswith(_SOME)}


def from_original(path: Path, state: State, configs: Mapping[str, dict[str, Any]]) -> dict[str, State]:
    """``model.ckpt`` in parts, with diffusers' names.

    Raises:
        UsageError: it holds the tensors of another model.
    """
    from diffusers.loaders import single_file_utils

    converters: Any = single_file_utils
    check(path, "ckpt", state)
    states = {
        "unet": converters.convert_ldm_unet_checkpoint(state, {"layers_per_block": 2, **configs["unet"]}),
        "vae": converters.convert_ldm_vae_checkpoint(state, configs["vae"]),
        "image_encoder": pbe_names.encoder_of_original(state),
    }
    for part, tensors in states.items():
        check(path, part, tensors)
    return states


def check(path: Path, part: str, state: Mapping[str, Any]) -> None:
    """Hold tensors against their manifest; needs no values, only shapes.

    Raises:
        UsageError: they are those of another model.
    """
    shapes = {name: tuple(value.shape) for name, value in state.items() if not name.endswith(_SOME)}
    expected = {name: shape for name, shape in json.loads(manifest(part)).items() if not name.endswith(_SOME)}
    WEIGHTS.check_manifest(path, shapes, json.dumps(expected).encode())


def manifest(part: str) -> bytes:
    """Tensor -> shape, as JSON; of a part, or of ``ckpt``."""
    return gzip.decompress(files("ieiw.models").joinpath(f"manifests/{MANIFESTS[part]}.json.gz").read_bytes())


def build(part: str, config: Mapping[str, Any], state: State) -> Any:
    """A part with its weights, in evaluation.

    Raises:
        UsageError: config and weights do not belong together.
    """
    from diffusers import AutoencoderKL, UNet2DConditionModel

    if part == "image_encoder":
        return _encoder(config, state)
    kind = {"unet": UNet2DConditionModel, "vae": AutoencoderKL}[part]
    return with_weights(kind, config, state, part)


def _encoder(config: Mapping[str, Any], state: State) -> Any:
    """The image encoder. transformers renames on the way what its older versions called otherwise."""
    import torch
    import transformers
    from diffusers.pipelines.deprecated.paint_by_example import image_encoder
    from transformers import CLIPVisionConfig

    library: Any = transformers
    library.utils.logging.disable_progress_bar()  # it would break our own
    kind: Any = image_encoder.PaintByExampleImageEncoder
    shape = CLIPVisionConfig(**config)
    with torch.device("meta"):
        expected = canonical("image_encoder", kind(shape).state_dict())
    wrong = [name for name in expected if name not in state or expected[name].shape != state[name].shape]
    if wrong:
        raise UsageError(f"image_encoder: config.json is that of another model ({', '.join(wrong[:5])})")
    model, report = kind.from_pretrained(None, config=shape, state_dict=state, output_loading_info=True)
    if report["missing_keys"] or report["unexpected_keys"]:
        raise UsageError(f"image_encoder: this version of transformers has other names for its tensors ({report})")
    return model.eval()
