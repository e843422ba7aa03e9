"""Checkpoints: a diffusers pipeline that stock code loads, and beside it what training needs to go on; whole or not there."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

import torch

from ieiw.models.diffusion.checkpoints import STATE, checkpoints
from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.folder import sync

_PARTIAL = ".partial-"
_ROOM = 1 << 20
"""Bytes; a disk with less is what a checkpoint failed for, whatever the library that wrote it says."""


def save_checkpoint(folder: Path, step: int, model: Any, state: dict[str, Any], keep: int) -> Path:
    """Write ``folder/step-00000123`` and let go of the oldest ones.

    It is written under another name and renamed when every byte is on disk, so a killed run leaves no half of one.

    Args:
        folder: of the checkpoints.
        step: that was done last.
        model: saves itself in diffusers' layout.
        state: plain values and tensors only.
        keep: how many checkpoints to keep.

    Raises:
        OSError: it cannot be written, as on a full disk; nothing of it is left, and the ones before it stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{_PARTIAL}*"):
        shutil.rmtree(left)
    partial, final = folder / f"{_PARTIAL}{uuid.uuid4().hex}", folder / f"step-{step:08}"
    try:
        model.save_pretrained(partial)
        torch.save(state, partial / STATE)
        for file in partial.rglob("*"):
            sync(file)
    except Exception as error:  # safetensors and torch have errors of their own for a full disk
        full = shutil.disk_usage(folder).free < _ROOM
        shutil.rmtree(partial, ignore_errors=True)
        code = errno.ENOSPC if full else getattr(error, "errno", None) or errno.EIO
        raise OSError(code, os.strerror(code) if full else str(error)[:200], str(final)) from error
    if final.exists():
        shutil.rmtree(final)
    partial.rename(final)
    sync(folder)
    for old in checkpoints(folder)[:-keep]:
        shutil.rmtree(old)
    return final


def load_state(checkpoint: Path) -> dict[str, Any]:
    """What training goes on from; runs nothing that the file names.

    Raises:
        UsageError: damaged.
    """
    try:
        state = torch.load(checkpoint / STATE, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises nearly anything on damaged files
        raise UsageError(
            f"{checkpoint / STATE}: cannot be read ({str(error)[:200]}). Remove the folder {checkpoint.name} to go on from the "
            "one before it"
        ) from error
    return dict(state)
