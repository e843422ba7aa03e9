"""CLIP (Radford et al. 2021) and its relatives by open_clip: published checkpoints by name, any other from its folder."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from ieiw.models.embed.common import OnTorch, PicturesAlone, normalised, on_device
from ieiw.models.torch_files import read_state
from ieiw.models.torchvision_operators import declare_operators_on_import
from ieiw.models.weights import Weights, digest
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Image

_NOT_WEIGHTS = frozenset({"input_resolution", "context_length", "vocab_size"})
"""Numbers that OpenAI's archives keep among the tensors."""
_CONFIG = "open_clip_config.json"


@dataclass(frozen=True, slots=True)
class Published:
    """A published checkpoint of one of open_clip's architectures.

    Attributes:
        architecture: open_clip's name of it.
        tag: open_clip's name of the weights; its settings of pictures are taken.
        has_manifest: whether ``models/manifests`` holds the file's tensors; else they are held against the class alone.
    """

    architecture: str
    tag: str
    has_manifest: bool = True

    def manifest(self) -> bytes:
        """Tensor -> shape, as JSON."""
        return gzip.decompress(
            files("ieiw.models").joinpath(f"manifests/openclip-{self.architecture}.json.gz").read_bytes()
        )


class OpenClip(OnTorch):
    """Any model of open_clip.

    Args:
        weights: the folder that open_clip saves (``open_clip_config.json`` beside the weights). Of the named models the file as it
            is published (``.safetensors``, ``.bin``, ``.pt``, OpenAI's own archive; plain or in a ``state_dict``), by default the
            one that their variable names.
        batch: how many pictures or texts go through the model at once.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        UsageError: the weights are not there.
        ValueError: ``batch`` or ``device`` is out of bounds.
    """

    name: str = "open-clip"
    stand_in = False
    cost = 1.3  # not measured for each; ViT-B/32 takes a tenth of ViT-L/14
    has_texts = True
    published: ClassVar[Published | None] = None

    def __init__(self, weights: str = "", *, batch: int = 32, device: str = "auto") -> None:
        super().__init__(batch, device)
        self._folder = Path()
        if self.weights:
            self._file = self.weights.find(weights)
        else:
            self._folder, self._file = _in_folder(weights)

    def describe(self) -> dict[str, str]:
        """Architecture and digest of the weights, and of the folder's settings."""
        own = {"embedder": self.name, "weights_sha256": digest(self._file), "device": self._device}
        if self.published:
            return own | {"architecture": self.published.architecture}
        return own | {"config_sha256": digest(self._folder / _CONFIG)}

    @cached_property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._config["embed_dim"])

    def prepare(self, image: Image) -> npt.NDArray[np.float32]:
        """(3, side, side), as the model was trained on; safe in threads."""
        from PIL.Image import fromarray

        prepared: npt.NDArray[np.float32] = self._transform(fromarray(image)).numpy()
        return prepared

    def images(self, prepared: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float16]:
        """See :class:`~ieiw.models.protocols.Embedder`."""
        return self._in_batches(list(prepared), lambda part: self._model.encode_image(on_device(part, self._device)))

    def texts(self, texts: Sequence[str]) -> npt.NDArray[np.float16]:
        """See :class:`~ieiw.models.protocols.Embedder`; what is longer than the model's context is cut."""
        return self._in_batches(
            list(texts), lambda part: self._model.encode_text(self._tokenizer(part).to(self._device))
        )

    def _in_batches(self, items: list[Any], encode: Any) -> npt.NDArray[np.float16]:
        import torch

        found = [np.empty((0, self.dimension), np.float16)]
        with torch.inference_mode():
            for start in range(0, len(items), self._batch):
                found.append(normalised(encode(items[start : start + self._batch]).float().cpu().numpy()))
        return np.concatenate(found)

    @cached_property
    def _config(self) -> Mapping[str, Any]:
        """open_clip's settings of the model."""
        declare_operators_on_import()
        import open_clip

        if self.published:
            config: dict[str, Any] = open_clip.get_model_config(self.published.architecture)
            return config
        try:
            return dict(json.loads((self._folder / _CONFIG).read_text(encoding="utf-8"))["model_cfg"])
        except (ValueError, KeyError, OSError) as error:
            raise UsageError(f"{self._folder / _CONFIG}: not open_clip's settings of a model ({error})") from error

    @cached_property
    def _model(self) -> Any:
        """The model with its weights.

        Raises:
            UsageError: the file holds another model, or is damaged.
        """
        state = read_state(self._file)
        with _quiet():
            model = self._empty()
        expected = {name: tuple(value.shape) for name, value in model.state_dict().items()}
        shapes = {
            name: tuple(value.shape)
            for name, value in state.items()
            if name not in _NOT_WEIGHTS and not (name.endswith("position_ids") and name not in expected)
        }
        if self.weights and self.published and self.published.has_manifest:
            self.weights.check_manifest(self._file, shapes, self.published.manifest())
        elif shapes != expected:
            wrong = sorted(name for name in shapes.keys() | expected.keys() if shapes.get(name) != expected.get(name))
            raise UsageError(
                f"{self._file}: {len(wrong)} tensors are not those of the model, such as {', '.join(wrong[:5])}; "
                "give the weights that belong to it"
            )
        model.load_state_dict({name: state[name] for name in shapes})
        return model.to(self._device).eval()

    def _empty(self) -> Any:
        """The model before its weights."""
        import open_clip
        import torch

        torch.set_num_threads(1 if self._device == "cpu" else torch.get_num_threads())
        if self.published is None:
            return open_clip.create_model(f"local-dir:{self._folder}", load_weights=False, device="cpu")
        settings = open_clip.get_pretrained_cfg(self.published.architecture, self.published.tag)
        return open_clip.create_model(
            self.published.architecture,
            pretrained_text=False,
            force_quick_gelu=bool(settings.get("quick_gelu")),
            force_preprocess_cfg={
                name: settings[name] for name in ("mean", "std", "interpolation", "resize_mode") if name in settings
            },
        )

    @cached_property
    def _transform(self) -> Any:
        import open_clip

        return open_clip.transform.image_transform_v2(
            open_clip.transform.PreprocessCfg(**self._model.visual.preprocess_cfg), is_train=False
        )

    @cached_property
    def _tokenizer(self) -> Any:
        import open_clip

        name = self.published.architecture if self.published else f"local-dir:{self._folder}"
        return open_clip.get_tokenizer(name)


def _weights(backend: str, site: str, variable: str) -> Weights:
    file = "open_clip_model.safetensors"
    return Weights(
        backend=backend,
        role="embed",
        file=file,
        site=f"https://huggingface.co/{site}",
        variable=variable,
        stand_in="descriptor",
    )


class ClipL14(OpenClip):
    """ViT-L/14 of OpenAI: the embeddings of LAION's aesthetics predictor."""

    name = "clip-l14"
    weights = _weights("clip-l14", "timm/vit_large_patch14_clip_224.openai", "CLIP_L14")
    published = Published("ViT-L-14", "openai")


class ClipB32(OpenClip):
    """ViT-B/32 of OpenAI."""

    name = "clip-b32"
    cost = 0.1
    weights = _weights("clip-b32", "timm/vit_base_patch32_clip_224.openai", "CLIP_B32")
    published = Published("ViT-B-32", "openai")


class ClipB16(OpenClip):
    """ViT-B/16 of OpenAI."""

    name = "clip-b16"
    cost = 0.3
    weights = _weights("clip-b16", "timm/vit_base_patch16_clip_224.openai", "CLIP_B16")
    published = Published("ViT-B-16", "openai")


class ClipH14(OpenClip):
    """ViT-H/14 of LAION, trained on LAION-2B."""

    name = "clip-h14"
    cost = 2.7
    weights = _weights("clip-h14", "laion/CLIP-ViT-H-14-laion2B-s32B-b79K", "CLIP_H14")
    published = Published("ViT-H-14", "laion2b_s32b_b79k")


class Siglip(PicturesAlone, OpenClip):
    """SigLIP ViT-B/16 (Zhai et al. 2023); its tokenizer is no part of open_clip, so it embeds pictures alone."""

    name = "siglip-b16"
    cost = 0.3
    weights = _weights("siglip-b16", "timm/ViT-B-16-SigLIP", "SIGLIP_B16")
    published = Published("ViT-B-16-SigLIP", "webli", has_manifest=False)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without open_clip's warning that a model has no weights: it gets them at once."""
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _in_folder(given: str) -> tuple[Path, Path]:
    """A folder of open_clip's, and the weights in it."""
    folder = Path(given).expanduser()
    if not given or not (folder / _CONFIG).is_file():
        raise UsageError(
            f"backends.embed: open-clip: {f'{folder} holds no {_CONFIG}' if given else 'options.weights is not set'}; give the "
            "folder of a model as open_clip saves it, or choose the embedded stand-in, descriptor"
        )
    for name in ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "open_clip_pytorch_model.bin"):
        if (folder / name).is_file():
            return folder.resolve(), (folder / name).resolve()
    raise UsageError(f"{folder}: no open_clip_model.safetensors or open_clip_pytorch_model.bin beside {_CONFIG}")
