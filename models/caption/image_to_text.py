"""Any model of transformers that says in words what an image shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ieiw.models.caption.on_transformers import OnTransformers, folder_of


class ImageToText(OnTransformers):
    """Any model that transformers loads as image-text-to-text: BLIP, GIT, LLaVA, Qwen-VL and others.

    Args:
        model: folder or hub id.
        prompt: that the words go on from, or that asks for them; models that chat are asked to name the main thing.
        batch: pictures at once; by default 16 on CUDA and 1 on the CPU.
        max_tokens: longest answer.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        UsageError: there is no such model.
        ValueError: another option is out of bounds.
    """

    name = "image-to-text"
    cost = 5.0  # not measured

    def __init__(
        self, model: str, *, prompt: str = "", batch: int = 0, max_tokens: int = 40, device: str = "auto"
    ) -> None:
        super().__init__(folder_of(model), prompt, batch, max_tokens, device)

    def _load(self, folder: str, dtype: Any) -> tuple[Any, tuple[Any, Mapping[str, Any]]]:
        import transformers

        library: Any = transformers
        processor = library.AutoProcessor.from_pretrained(folder)
        return processor, library.AutoModelForImageTextToText.from_pretrained(
            folder, dtype=dtype, output_loading_info=True
        )
