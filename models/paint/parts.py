"""Parts of a pipeline of diffusers from its folder, each by itself: found, read, put together; anything odd is an error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ieiw.models.weights import Weights
from ieiw.triplets.errors import UsageError

_STEMS = ("diffusion_pytorch_model", "pytorch_model", "model")


def files_of(folder: Path, parts: Sequence[str], weights: Weights) -> Iterator[Path]:
    """All files that decide what is painted: settings and weights of the parts, and the scheduler's settings.

    Raises:
        UsageError: one is missing.
    """
    yield _present(folder / "scheduler" / "scheduler_config.json", weights)
    for part in parts:
        yield _present(folder / part / "config.json", weights)
        yield weights_file(folder / part, weights)


def weights_file(folder: Path, weights: Weights) -> Path:
    """The file of weights in a part's folder; safetensors where there are both.

    Raises:
        UsageError: there is none.
    """
    names = [f"{stem}{suffix}" for suffix in (".safetensors", ".bin") for stem in _STEMS]
    found = [folder / name for name in names if (folder / name).is_file()]
    if not found:
        raise weights.refused(folder, f"no weights here ({', '.join(names)})")
    return found[0]


def settings(path: Path, weights: Weights) -> dict[str, Any]:
    """A file of settings.

    Raises:
        UsageError: missing, or no JSON object.
    """
    try:
        return dict(json.loads(_present(path, weights).read_text(encoding="utf-8")))
    except ValueError as error:
        raise weights.refused(path, f"no settings of a model ({error})") from error


def with_weights(kind: Any, config: Mapping[str, Any], state: Mapping[str, Any], part: str) -> Any:
    """A model of diffusers with its weights, in evaluation. It is built without numbers first: they are never held twice.

    Args:
        kind: class of the model.
        config: its settings.
        state: its tensors.
        part: what messages call it.

    Raises:
        UsageError: settings and weights do not belong together.
    """
    import torch

    with torch.device("meta"):
        model = kind.from_config(dict(config))
    try:
        model.load_state_dict(state, assign=True)
    except RuntimeError as error:
        raise UsageError(f"{part}: config.json is that of another model ({str(error)[:300]})") from error
    return model.eval()


def _present(path: Path, weights: Weights) -> Path:
    if not path.is_file():
        raise weights.refused(path, "no such file")
    return path
