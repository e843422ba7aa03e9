"""A tiny CLIP of open_clip's own class, saved as published models are."""

import json
from pathlib import Path
from typing import Any

CONFIG: dict[str, Any] = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
}


def tiny_clip(dimension: int = 32) -> Any:
    """A model with random weights, always the same ones."""
    from ieiw.models.torchvision_operators import declare_operators_on_import

    declare_operators_on_import()
    import open_clip
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = CONFIG | {"embed_dim": dimension}
        return open_clip.CLIP(
            **{**config, "vision_cfg": dict(config["vision_cfg"]), "text_cfg": dict(config["text_cfg"])}
        )


def clip_folder(folder: Path, dimension: int = 32) -> Path:
    """The folder that open_clip saves."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    settings = {"model_cfg": CONFIG | {"embed_dim": dimension}, "preprocess_cfg": {}}
    (folder / "open_clip_config.json").write_text(json.dumps(settings))
    save_file(tiny_clip(dimension).state_dict(), folder / "open_clip_model.safetensors")
    return folder
