"""Validation: the same held-out samples under the same noise every time, and a grid to look at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from ieiw.models.diffusion.components import Parts
from ieiw.models.diffusion.posterior import as_pictures
from ieiw.train.data.augment import Augmentation, Dice
from ieiw.train.data.dataset import OpenCut
from ieiw.train.data.loader import Batch
from ieiw.train.data.sample_decoder import SampleDecoder
from ieiw.train.data.shard_reader import open_reader
from ieiw.train.objective import draw, encoded, generator_of, losses, noising
from ieiw.triplets.records import Image

_AT_ONCE = 16
_LINE, _MARGIN = 22, 4


def fixed_samples(cut: OpenCut, count: int, size: int) -> Batch:
    """Up to ``count`` samples, evenly spread over a side of a cut: middle crops, own sentences, no mirror."""
    count = min(count, len(cut.samples))
    rows = np.unique(np.linspace(0, len(cut.samples) - 1, count).round().astype(np.int64))
    reader = open_reader(cut.store, cut.shards.names, 2**20, count)
    decoder = SampleDecoder(cut.shards, reader, Augmentation(size, crop="centre", alternatives=False))
    source, target = (torch.empty((len(rows), size, size, 3), dtype=torch.uint8) for _ in range(2))
    batch = Batch(source, target, [""] * len(rows), rows, epoch=0, number=0, first=0, whole=len(rows))
    for slot, place in enumerate(cut.samples[rows].tolist()):
        batch.instructions[slot] = decoder.decode(place, Dice(), source[slot].numpy(), target[slot].numpy())
    reader.close()
    return batch


@torch.no_grad()
def validation_loss(parts: Parts, batch: Batch, seed: int) -> float:
    """Mean loss with all conditions; noise and time steps depend on the seed alone, the steps spread evenly over the schedule."""
    device, schedule = parts.unet.device, noising(parts.scheduler)
    total, count = 0.0, len(batch.instructions)
    spread = ((torch.arange(count) + 0.5) / count * schedule.config.num_train_timesteps).long()
    steps = spread[torch.randperm(count, generator=generator_of(seed, "validation"))]
    for start in range(0, count, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        source, target = (as_pictures(pictures[part], device) for pictures in (batch.source, batch.target))
        chance = [generator_of(seed, "validation", slot) for slot in range(start, start + len(source))]
        latents = encoded(parts, source, target, list(batch.instructions[part]), chance)
        draws = replace(draw(latents, schedule.config.num_train_timesteps, chance), steps=steps[part])
        total += float(losses(parts.unet, schedule, latents, draws).sum())
    return total / count


def grid(parts: Parts, batch: Batch, count: int, steps: int, seed: int) -> Image:
    """A row each for up to ``count`` samples: source, what the model makes of it, target, with the instruction above."""
    from PIL import Image as Pillow

    pipeline = parts.pipeline()
    pipeline.set_progress_bar_config(disable=True)
    rows = []
    found = len(batch.instructions)
    for slot in range(0, found, -(-found // min(count, found))):  # spread, for neighbours show one scene
        source = batch.source[slot].numpy()
        made = pipeline(
            batch.instructions[slot],
            image=Pillow.fromarray(source),
            num_inference_steps=steps,
            guidance_scale=3.0,
            image_guidance_scale=1.2,
            generator=generator_of(seed, "grid", slot),
            output_type="np",
        ).images[0]
        pictures = [source, np.round(made * 255).astype(np.uint8), batch.target[slot].numpy()]
        rows.append(_row(pictures, batch.instructions[slot]))
    head = _row([], "source   |   made by the model   |   target of the data set", rows[0].shape[1] if rows else 300)
    return np.concatenate([head, *rows])


def _row(pictures: list[Image], text: str, width: int = 0) -> Image:
    """Pictures side by side, at least 128 pixels high each, below their text."""
    times = [max(1, -(-128 // picture.shape[0])) for picture in pictures]
    shown = [picture.repeat(n, axis=0).repeat(n, axis=1) for picture, n in zip(pictures, times, strict=True)]
    gap = [np.full((shown[0].shape[0], _MARGIN, 3), 255, np.uint8)] if shown else []
    strip = np.concatenate([part for picture in shown for part in (picture, *gap)], axis=1) if shown else None
    width = strip.shape[1] if strip is not None else width
    label = np.full((_LINE, width, 3), 255, np.uint8)
    plain = text.encode("ascii", "replace").decode()
    scale = min(0.42, 0.42 * (width - 8) / max(1, cv2.getTextSize(plain, cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)[0][0]))
    cv2.putText(label, plain, (4, 15), cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 1, cv2.LINE_AA)
    parts = [label] if strip is None else [label, strip]
    return np.concatenate(parts)


def write_grid(pictures: Image, file: Path) -> None:
    """As PNG."""
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), cv2.cvtColor(pictures, cv2.COLOR_RGB2BGR))
