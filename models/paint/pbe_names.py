"""Names of Paint-by-Example's tensors: those of its first release, of older versions of the libraries, and of its manifests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_VAE_OLD = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}
"""Of its attention, before diffusers 0.16."""
_COND = "cond_stage_model."
_BLOCK = {
    "attn.c_proj": "attn1.to_out.0",
    "ln_1": "norm1",
    "ln_2": "norm3",
    "mlp.c_fc": "ff.net.0.proj",
    "mlp.c_proj": "ff.net.2",
}


def vae_name(name: str) -> str:
    """The present name of a tensor of the autoencoder."""
    before, _, last = name.rpartition(".")
    rest, _, layer = before.rpartition(".")
    return f"{rest}.{_VAE_OLD[layer]}.{last}" if ".attentions." in name and layer in _VAE_OLD else name


def encoder_name(name: str) -> str:
    """Transformers 4's name of a tensor of the image encoder."""
    inner = name.removeprefix("model.")
    return f"model.vision_model.{inner}" if inner != name and not inner.startswith("vision_model.") else name


def encoder_of_original(state: Mapping[str, Any]) -> dict[str, Any]:
    """The image encoder's tensors from ``model.ckpt``."""
    found = {
        "uncond_vector": state["learnable_vector"],
        "proj_out.weight": state["proj_out.weight"],
        "proj_out.bias": state["proj_out.bias"],
    }
    for name, value in state.items():
        inner = name.removeprefix(_COND)
        if inner == name or name.endswith("position_ids"):
            continue
        if inner.startswith("transformer."):
            found[f"model.{inner.removeprefix('transformer.')}"] = value
        elif inner.startswith("final_ln."):
            found[f"final_layer_norm.{inner.removeprefix('final_ln.')}"] = value
        else:
            found.update(_mapper(inner, value))
    return found


def _mapper(name: str, value: Any) -> dict[str, Any]:
    """A tensor of ``mapper.resblocks.N``; query, key and value lie one above the other."""
    _, _, number, *middle, last = name.split(".")
    block, layer = f"mapper.blocks.{number}", ".".join(middle)
    if layer == "attn.c_qkv":
        return {f"{block}.attn1.to_{each}.{last}": part for each, part in zip("qkv", value.chunk(3), strict=True)}
    return {f"{block}.{_BLOCK[layer]}.{last}": value}
