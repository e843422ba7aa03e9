"""BLIP-2 (Li et al., ICML 2023), the paper's captioner."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from ieiw.models.caption.on_transformers import OnTransformers, folder_of
from ieiw.models.torch_files import read_shapes
from ieiw.models.weights import Weights

WEIGHTS = Weights(
    backend="blip2",
    role="caption",
    file="the folder of blip2-opt-2.7b or blip2-flan-t5-xl",
    site="https://huggingface.co/Salesforce",
    variable="BLIP2",
    stand_in="labels",
)
_IMAGE = "<image>"
_VARYING = ("position_ids", "embed_tokens.weight", "lm_head.weight", "shared.weight")
"""Tensors that revisions of one model have or leave out, and those whose length is that of the vocabulary, which one of them
lengthened by the token of a picture."""


class Blip2(OnTransformers):
    """BLIP-2 with OPT or T5. Of blip2-opt-2.7b and blip2-flan-t5-xl the tensors are held against their manifests.

    Licences: the code's is BSD-3-Clause; for the weights see their pages, and with OPT also that of OPT, which is for research.

    Args:
        weights: folder, or hub id (Salesforce/blip2-opt-2.7b); default: the variable ``BLIP2``.
        prompt: that the words go on from, such as ``a photo of``, or a question.
        batch: pictures at once; by default 16 on CUDA and 1 on the CPU.
        max_tokens: longest answer.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        UsageError: no weights there: names the files, where to get them, and the stand-in.
        ValueError: another option is out of bounds.
    """

    name = "blip2"
    cost = 5.0  # not measured; on a GPU
    weights = WEIGHTS
    half = "float16"

    def __init__(
        self, weights: str = "", *, prompt: str = "", batch: int = 0, max_tokens: int = 40, device: str = "auto"
    ) -> None:
        given = weights or os.environ.get(WEIGHTS.variable, "")
        of_hub = given.count("/") == 1 and not given.startswith((".", "~", "/")) and not Path(given).exists()
        folder = folder_of(given) if of_hub else WEIGHTS.find(given, folder=True)
        super().__init__(folder, prompt, batch, max_tokens, device)

    def _load(self, folder: str, dtype: Any) -> tuple[Any, tuple[Any, Mapping[str, Any]]]:
        import transformers

        library: Any = transformers
        check(self._folder)
        processor = library.Blip2Processor.from_pretrained(folder)  # which knows the token of a picture, or adds it
        model, report = library.Blip2ForConditionalGeneration.from_pretrained(
            folder, dtype=dtype, output_loading_info=True
        )
        processor.num_query_tokens = model.config.num_query_tokens  # settings of before 2024 say neither
        if model.config.image_token_index is None:
            model.config.image_token_index = processor.tokenizer.convert_tokens_to_ids(_IMAGE)
        return processor, (model, report)

    def _inputs(self, processor: Any, pictures: list[Any]) -> Mapping[str, Any]:
        text = [self._prompt] * len(pictures)  # also the empty one: the pictures' tokens stand before it
        inputs: Mapping[str, Any] = processor(images=pictures, text=text, return_tensors="pt")
        return inputs


def check(folder: Path) -> None:
    """Hold names and shapes of a folder's tensors against the manifest of the model that its settings name.

    Raises:
        UsageError: they are those of another model.
    """
    name = published(folder)
    if name:
        content = gzip.decompress(files("ieiw.models").joinpath(f"manifests/{name}.json.gz").read_bytes())
        expected = {tensor: shape for tensor, shape in json.loads(content).items() if not tensor.endswith(_VARYING)}
        shapes = {tensor: shape for tensor, shape in read_shapes(folder).items() if not tensor.endswith(_VARYING)}
        WEIGHTS.check_manifest(folder, shapes, json.dumps(expected).encode())


def published(folder: Path) -> str:
    """Name of the manifest of a folder's model; empty for one of another size, which is held against its class alone.

    Raises:
        UsageError: the folder has no settings of BLIP-2.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kind, text = config["model_type"], config["text_config"]
    except (OSError, ValueError, KeyError) as error:
        raise WEIGHTS.refused(folder / "config.json", f"no settings of BLIP-2 ({error})") from error
    if kind != "blip-2":
        raise WEIGHTS.refused(folder / "config.json", f"settings of {kind}")
    if (text.get("model_type"), text.get("hidden_size"), text.get("num_hidden_layers")) == ("opt", 2560, 32):
        return "blip2-opt-2.7b"
    return "blip2-flan-t5-xl" if (text.get("model_type"), text.get("d_model")) == ("t5", 2048) else ""
