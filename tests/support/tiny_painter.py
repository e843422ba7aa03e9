"""Paint-by-Example with the published parts and names but tiny, in both published layouts."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from ieiw.models.paint.pbe_names import _BLOCK, _VAE_OLD
from ieiw.models.paint.pbe_parts import _SCHEDULER, canonical, manifest

UNET: dict[str, Any] = {
    "in_channels": 9,
    "sample_size": 8,
    "block_out_channels": (32, 64, 96, 96),
    "cross_attention_dim": 32,
    "attention_head_dim": 8,
}
VAE: dict[str, Any] = {
    "block_out_channels": (32, 64, 96, 96),
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "layers_per_block": 2,
    "sample_size": 64,
}
ENCODER: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "image_size": 28,
    "patch_size": 14,
    "projection_dim": 32,
}
CONFIGS = {"unet": UNET, "vae": VAE, "image_encoder": ENCODER}


@cache
def tiny_states() -> dict[str, dict[str, Any]]:
    """Part -> random tensors under the names of the manifests."""
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from diffusers.pipelines.deprecated.paint_by_example import PaintByExampleImageEncoder
    from transformers import CLIPVisionConfig

    with torch.random.fork_rng():
        torch.manual_seed(0)
        parts = {
            "unet": UNet2DConditionModel(**UNET),
            "vae": AutoencoderKL(**VAE),
            "image_encoder": PaintByExampleImageEncoder(CLIPVisionConfig(**ENCODER)),
        }
    return {name: canonical(name, dict(part.state_dict())) for name, part in parts.items()}


@cache
def tiny_manifest(part: str) -> bytes:
    """Tensor -> shape of the tiny parts, as JSON."""
    state = original_state() if part == "ckpt" else tiny_states()[part]
    return json.dumps({name: list(value.shape) for name, value in state.items()}).encode()


def painter_folder(folder: Path, spelling: str = "safetensors") -> Path:
    """diffusers' layout; ``spelling``: safetensors, bin, wrapped, or old (names of before diffusers 0.16, and position ids)."""
    import torch
    from safetensors.torch import save_file

    for part, state in tiny_states().items():
        (folder / part).mkdir(parents=True)
        (folder / part / "config.json").write_text(json.dumps(CONFIGS[part]))
        stem = "pytorch_model" if part == "image_encoder" else "diffusion_pytorch_model"
        if spelling == "safetensors":
            stem = "model" if part == "image_encoder" else stem
            save_file(
                {name: value.contiguous() for name, value in state.items()}, folder / part / f"{stem}.safetensors"
            )
            continue
        content: dict[str, Any] = dict(state)
        if spelling == "old":
            for old, new in _VAE_OLD.items() if part == "vae" else ():
                content = {name.replace(f".{new}.", f".{old}."): value for name, value in content.items()}
            if part == "image_encoder":
                content["model.vision_model.embeddings.position_ids"] = torch.arange(5)[None]
        torch.save({"state_dict": content} if spelling == "wrapped" else content, folder / part / f"{stem}.bin")
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(_SCHEDULER))
    return folder


def original_state() -> dict[str, Any]:
    """The tensors of ``model.ckpt`` under its own names."""
    return {**_diffusion_of_original(), **_encoder_of_original()}


def _diffusion_of_original() -> dict[str, Any]:
    """UNet and autoencoder: the converter is asked, with numbers for tensors, which name becomes which."""
    import torch
    from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint, convert_ldm_vae_checkpoint

    names = [name for name in json.loads(manifest("ckpt")) if name.startswith(("model.", "first_stage_model."))]
    numbered = {name: torch.tensor(number) for number, name in enumerate(names)}
    found: dict[str, Any] = {}
    for part, numbers in (
        ("unet", convert_ldm_unet_checkpoint(numbered, {"layers_per_block": 2})),
        ("vae", convert_ldm_vae_checkpoint(numbered, VAE)),
    ):
        state = tiny_states()[part]
        for name, number in numbers.items():
            value = state[name]
            attention = part == "vae" and ".attentions." in name and name.endswith("weight") and value.ndim == 2
            found[names[int(number)]] = value[:, :, None, None] if attention else value
    return found


def _encoder_of_original() -> dict[str, Any]:
    """Image encoder, and the schedule that the original keeps among the tensors."""
    import torch

    state = tiny_states()["image_encoder"]
    found = {"learnable_vector": state["uncond_vector"], "betas": torch.zeros(1000)}
    back = {new: old for old, new in _BLOCK.items()}
    for name, value in state.items():
        if name.startswith("proj_out."):
            found[name] = value
        elif name.startswith("final_layer_norm."):
            found[name.replace("final_layer_norm", "cond_stage_model.final_ln")] = value
        elif name.startswith("model."):
            found[name.replace("model.", "cond_stage_model.transformer.", 1)] = value
        elif ".to_q." in name:
            stem = name.replace("mapper.blocks", "cond_stage_model.mapper.resblocks").replace(
                "attn1.to_q", "attn.c_qkv"
            )
            found[stem] = torch.cat([state[name.replace("to_q", f"to_{each}")] for each in "qkv"])
        elif name.startswith("mapper.") and ".to_k." not in name and ".to_v." not in name:
            for new, old in back.items():
                if f".{new}." in name:
                    found[f"cond_stage_model.mapper.resblocks.{name.split('.')[2]}.{old}.{name.rpartition('.')[2]}"] = (
                        value
                    )
    return found
