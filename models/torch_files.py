"""Where torch works, and tensors read from files that nobody needs to trust."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from ieiw.triplets.errors import UsageError


def torch_device(asked: str) -> str:
    """``cpu`` or ``cuda``, of what options say.

    Raises:
        ValueError: no such device, or none here.
    """
    if asked not in {"auto", "cpu", "cuda"}:
        raise ValueError(f"device is {asked!r}: auto, cpu or cuda")
    if asked == "cpu":
        return asked
    import torch

    if asked == "cuda" and not torch.cuda.is_available():
        raise ValueError("device is cuda, but torch finds none here; use auto or cpu")
    return "cuda" if torch.cuda.is_available() else "cpu"


def read_state(path: Path) -> dict[str, Any]:
    """Tensors by name: safetensors, a state dict (plain or in ``state_dict``, of one process or of several), or an archive.

    Raises:
        UsageError: damaged, or none of them.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            return dict(load_file(path))
        try:
            loaded = torch.load(path, map_location="cpu", weights_only=True)
        except RuntimeError:  # OpenAI's own files are TorchScript archives
            archive: Any = torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call]
            loaded = archive.state_dict()
    except (SafetensorError, RuntimeError, ValueError, OSError, EOFError, KeyError, UnpicklingError) as error:
        raise UsageError(f"{path}: no weights that can be read ({str(error)[:200]}); download it again") from error
    state = loaded.get("state_dict", loaded) if isinstance(loaded, Mapping) else {}
    if not state or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise UsageError(f"{path}: holds no tensors by name; give a checkpoint of the model's")
    return {name.removeprefix("module."): value for name, value in state.items()}


def read_shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """Tensor -> shape, of all weights in a folder, in one file or several, without reading a number.

    Safetensors are read where there are both they and pickles.

    Raises:
        UsageError: there are no weights, or they are damaged.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    paths = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("*.bin"))
    if not paths:
        raise UsageError(f"{folder}: no weights (*.safetensors, *.bin) in it")
    shapes: dict[str, tuple[int, ...]] = {}
    for path in paths:
        try:
            if path.suffix == ".safetensors":
                with safe_open(path, framework="pt") as file:
                    shapes |= {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            else:
                state = torch.load(path, map_location="meta", weights_only=True)
                shapes |= {name: tuple(value.shape) for name, value in state.items()}
        except (SafetensorError, RuntimeError, ValueError, OSError, EOFError, KeyError, UnpicklingError) as error:
            raise UsageError(f"{path}: no weights that can be read ({str(error)[:200]}); download it again") from error
    return shapes
