"""What captioners by transformers share: batches, greedy decoding, and an answer without what was asked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ieiw.models.batches import in_batches
from ieiw.models.caption.common import cleaned, meant
from ieiw.models.inpaint.common import ranged
from ieiw.models.protocols import Captioner, CaptionJob
from ieiw.models.torch_files import torch_device
from ieiw.models.torchvision_operators import declare_operators_on_import
from ieiw.models.weights import digest_all
from ieiw.triplets.errors import UsageError

_SUFFIXES = (".json", ".safetensors", ".bin", ".txt", ".model", ".jinja")


class OnTransformers(Captioner):
    """A captioner by transformers: greedy, so that the same picture gets the same words.

    Args:
        folder: the model with its processor.
        prompt: that the words go on from, or that asks for them.
        batch: pictures at once; by default 16 on CUDA and 1 on the CPU. Halved where memory does not hold them.
        max_tokens: longest answer.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        ValueError: an option is out of bounds.
    """

    stand_in = False
    half: str = "bfloat16"
    """Numbers on CUDA."""

    def __init__(self, folder: Path, prompt: str, batch: int, max_tokens: int, device: str) -> None:
        self._folder = folder
        self._prompt = prompt
        self._device = torch_device(device)
        self._batch = int(ranged("batch", batch, 0, 1024)) or (16 if self._device == "cuda" else 1)
        self._max_tokens = int(ranged("max_tokens", max_tokens, 1, 1024))

    @property
    def batch(self) -> int:
        """See :class:`~ieiw.models.protocols.Backend`."""
        return self._batch

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return self._device

    def describe(self) -> dict[str, str]:
        """Digest of the folder's files, prompt, longest answer, kind of device and of numbers."""
        return {
            "weights_sha256": digest_all(self._folder, _files(self._folder)),
            "prompt": self._prompt,
            "max_tokens": str(self._max_tokens),
            "device": self._device,
            "dtype": self.half if self._device == "cuda" else "float32",
        }

    def caption(self, jobs: Sequence[CaptionJob]) -> list[str]:
        """See :class:`~ieiw.models.protocols.Captioner`.

        Raises:
            ValueError: a region is empty, or of another size than its picture.
            UsageError: the model cannot be loaded, or memory does not hold one picture.
        """
        from PIL.Image import fromarray

        pictures = [fromarray(meant(job)) for job in jobs]
        texts, self._batch = in_batches(pictures, self._batch, self._run, self.name)
        return [cleaned(text) for text in texts]

    def _run(self, pictures: Sequence[Any]) -> list[str]:
        import torch

        processor, model = self._loaded
        asked = self._inputs(processor, list(pictures))
        asked = {
            name: value.to(model.device, model.dtype if value.is_floating_point() else value.dtype)
            for name, value in asked.items()
        }
        with torch.inference_mode():
            written = model.generate(**asked, do_sample=False, num_beams=1, max_new_tokens=self._max_tokens)
        start = asked["input_ids"].shape[1] if "input_ids" in asked else 0
        if start and written.shape[1] >= start and bool((written[:, :start] == asked["input_ids"]).all()):
            written = written[:, start:]  # some models repeat what they were asked, and some do not
        texts = [str(text).strip() for text in processor.batch_decode(written, skip_special_tokens=True)]
        return [_without(text, self._prompt) for text in texts]

    def _inputs(self, processor: Any, pictures: list[Any]) -> Mapping[str, Any]:
        """Tensors for the model."""
        text = self._prompt
        if getattr(processor, "chat_template", None):
            content = [{"type": "image"}, {"type": "text", "text": text or "Name the main thing in a few words."}]
            text = processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)
        words = {"text": [text] * len(pictures), "padding": True} if text else {}
        inputs: Mapping[str, Any] = processor(images=pictures, **words, return_tensors="pt")
        return inputs

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        """Processor and model.

        Raises:
            UsageError: the folder holds none, or tensors are missing.
        """
        declare_operators_on_import()
        import torch
        import transformers

        library: Any = transformers
        library.utils.logging.disable_progress_bar()  # it would break our own
        if self._device == "cpu":
            torch.set_num_threads(1)
        dtype = getattr(torch, self.half) if self._device == "cuda" else torch.float32
        try:
            processor, (model, report) = self._load(str(self._folder), dtype)
        except (OSError, ValueError, RuntimeError) as error:
            raise UsageError(f"{self._folder}: cannot be loaded ({str(error).splitlines()[0][:200]})") from error
        if missing := sorted(report["missing_keys"]):
            raise UsageError(f"{self._folder}: {len(missing)} tensors are missing, such as {', '.join(missing[:5])}")
        if tokenizer := getattr(processor, "tokenizer", None):
            tokenizer.padding_side = "left"  # words go on from the end
        return processor, model.eval().to(self._device)

    @abstractmethod
    def _load(self, folder: str, dtype: Any) -> tuple[Any, tuple[Any, Mapping[str, Any]]]:
        """Processor, and model with the report of its loading."""


def folder_of(name: str) -> Path:
    """A local folder, or that of a hub's model in the Hugging Face cache, where it is put if it is not there.

    Raises:
        UsageError: neither.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder.resolve()
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=[f"*{suffix}" for suffix in _SUFFIXES]))
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0][:200]
        raise UsageError(
            f"{name}: no folder, and no model of the hub's that can be had here ({reason}). Give the folder of a model, or choose "
            "the embedded stand-in, backends.caption=labels"
        ) from error


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_file() and path.suffix in _SUFFIXES)


def _without(text: str, prompt: str) -> str:
    """An answer without the prompt before it, which some models write in small letters."""
    start = prompt.strip().lower()
    return text[len(start) :] if start and text.lower().startswith(start) else text
