"""Paint-by-Example on a GPU: the same pictures as it must give, how long a candidate takes, and whether the device waits.

Random weights of the published shapes stand in, written as they are published and read by the adapter: speed is that of the real
network, pictures are noise. One candidate is painted on the CPU as well, in few steps. The device counts as idle whenever the
paint step of a build is not inside the painter's sampling: it makes pictures ready, scores and writes meanwhile.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import numpy as np

from bench.common import NotHereError, Row, told
from bench.replacement import workers_of
from ieiw.models.paint import pbe_parts
from ieiw.models.paint.paint_by_example import PaintByExample
from ieiw.models.protocols import ReferenceJob
from ieiw.triplets.records import Image

_BATCHES = (1, 4, 8)
_STEPS, _FEW_STEPS, _SCENES, _REPEATS = 50, 2, 30, 3
_NEAR, _SHARE, _LOOSE, _IDLE = 1, 0.99, 8.0, 0.05
"""Tolerances: share of values within so many grey levels in another batch; mean difference of 16 bits to 32; idle share."""


def run() -> list[Row]:
    """Check and time on CUDA.

    Raises:
        NotHereError: torch sees no GPU.
    """
    import torch

    if not torch.cuda.is_available():
        raise NotHereError(f"torch {torch.__version__} sees no GPU on this machine; run this where there is one")
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        weights = write_weights(Path(folder) / "weights")
        return compare(weights, "cuda") + feeding(Path(folder), weights, "cuda", _SCENES)


def write_weights(folder: Path) -> Path:
    """Random numbers of 16 bits in the shapes of :data:`pbe_parts.CONFIGS`, in diffusers' layout."""
    import diffusers
    import torch
    from diffusers.pipelines.deprecated import paint_by_example
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig

    torch.manual_seed(0)
    configs, library, encoders = pbe_parts.CONFIGS, cast(Any, diffusers), cast(Any, paint_by_example)
    kinds: Any = {
        "unet": lambda: library.UNet2DConditionModel(**configs["unet"]),
        "vae": lambda: library.AutoencoderKL(**configs["vae"]),
        "image_encoder": lambda: encoders.PaintByExampleImageEncoder(CLIPVisionConfig(**configs["image_encoder"])),
    }
    for part, make in kinds.items():
        (folder / part).mkdir(parents=True)
        (folder / part / "config.json").write_text(json.dumps(configs[part]), encoding="utf-8")
        state = pbe_parts.canonical(part, make().state_dict())
        name = "model" if part == "image_encoder" else "diffusion_pytorch_model"
        save_file(
            {key: value.half().contiguous() for key, value in state.items()}, folder / part / f"{name}.safetensors"
        )
    (folder / "scheduler").mkdir()
    settings = json.dumps(pbe_parts._SCHEDULER)
    (folder / "scheduler" / "scheduler_config.json").write_text(settings, encoding="utf-8")
    return folder


def random_jobs(count: int, side: int) -> list[ReferenceJob]:
    """Pictures of smooth noise with a box to be painted, and references of their own."""
    import cv2

    dice, jobs = np.random.default_rng(0), list[ReferenceJob]()
    for number in range(count):
        coarse = dice.integers(0, 256, (2, 9, 9, 3), np.uint8)
        picture, reference = (
            np.asarray(cv2.resize(each, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8) for each in coarse
        )
        hole = np.zeros((side, side), np.bool_)
        start = side // 8 + number % (side // 8)
        hole[start : start + side // 2, start : start + side // 2] = True
        jobs.append(ReferenceJob(picture, hole, reference, np.ones((side, side), np.bool_)))
    return jobs


def compare(weights: Path, device: str, steps: int = _STEPS, batches: Sequence[int] = _BATCHES) -> list[Row]:
    """Pictures and times of a device.

    Args:
        weights: folder in diffusers' layout.
        device: ``cuda`` or ``cpu``.
        steps: of sampling, where it is timed.
        batches: to be timed, the smallest first.
    """
    jobs = random_jobs(max(batches), PaintByExample.side or 0)
    seeds = list(range(len(jobs)))
    rows, alone = list[Row](), list[Image]()
    for batch in batches:
        painter = PaintByExample(str(weights), steps=steps, batch=batch, device=device)
        some = partial(painter.paint, jobs[:batch], seeds[:batch])
        painted = some()  # loads, warms up
        seconds = [_timed(some) for _ in range(_REPEATS)]
        one = statistics.median(seconds) / batch
        bare = _bare(painter, batch, steps) / batch
        rows.append(
            Row(
                f"{device}, {steps} steps, batches of {batch}: seconds a candidate",
                f"{one:.2f} s, {bare / one:.0%} of it in the bare loop of its network",
                "stated",
                True,
            )
        )
        alone = alone or painted
    rows += _agreement(alone, painted, painter.paint(jobs, seeds))
    return [*rows, _to_the_cpu(weights, device, jobs[:1])]


def _agreement(alone: Sequence[Image], together: Sequence[Image], again: Sequence[Image]) -> list[Row]:
    same = sum(np.array_equal(one, other) for one, other in zip(together, again, strict=True))
    apart = [np.abs(one.astype(int) - other) for one, other in zip(alone, together, strict=False)]
    near = float(np.mean([each <= _NEAR for each in apart]))
    return [
        Row("same seeds, same pictures", f"{same} of {len(again)}", "all", same == len(again)),
        Row(
            f"values within {_NEAR} grey level of the smallest batch's", f"{near:.2%}", f"{_SHARE:.0%}", near >= _SHARE
        ),
    ]


def _to_the_cpu(weights: Path, device: str, jobs: Sequence[ReferenceJob]) -> Row:
    """Mean difference to one thread and 32 bits, in few steps."""
    ours, theirs = (
        PaintByExample(str(weights), steps=_FEW_STEPS, batch=1, device=each).paint(jobs, [0])[0]
        for each in (device, "cpu")
    )
    apart = float(np.abs(ours.astype(int) - theirs).mean())
    what = f"{device} and the CPU in 32 bits, {_FEW_STEPS} steps: mean difference"
    return Row(what, f"{apart:.2f} grey levels", f"{_LOOSE:g}", apart <= _LOOSE)


def _bare(painter: PaintByExample, batch: int, steps: int) -> float:
    """Seconds of the network alone, as often as sampling calls it, with guidance's two halves."""
    import torch

    network = painter._pipeline.unet
    side = network.config.sample_size
    of = {"device": network.device, "dtype": network.dtype}
    latents = torch.zeros((2 * batch, network.config.in_channels, side, side), **of)
    words = torch.zeros((2 * batch, 1, network.config.cross_attention_dim), **of)

    def loop() -> None:
        with torch.inference_mode():
            for _ in range(steps + 1):  # PNDM takes its first step twice
                found = network(latents, 500, encoder_hidden_states=words).sample
            found.float().cpu()  # so that nothing is left in flight

    loop()
    return _timed(loop)


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def sampling() -> Iterator[list[float]]:
    """Seconds of each call of the painter's sampling, which ends with a copy to the CPU."""
    seconds, sample = list[float](), PaintByExample._sample

    def timed(self: PaintByExample, *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return sample(self, *arguments)
        finally:
            seconds.append(time.perf_counter() - started)

    with patch.object(PaintByExample, "_sample", timed):
        yield seconds


def feeding(folder: Path, weights: Path, device: str, scenes: int, steps: int = _STEPS) -> list[Row]:
    """How long the device waits while the paint step feeds it, after a first unit."""
    paint = {"name": "paint-by-example", "options": {"weights": str(weights), "steps": steps, "device": device}}
    workers, (first, *others) = workers_of(folder, scenes, paint)
    for ref in (first, *others):
        workers["retrieve"].work(ref)
    workers["paint"].work(first)
    with sampling() as seconds:
        whole = _timed(lambda: [workers["paint"].work(ref) for ref in others])
    idle = 1 - sum(seconds) / whole
    return [
        Row(
            f"{device}: idle while the paint step feeds it, {len(seconds)} batches",
            f"{idle:.1%} of {whole:.0f} s",
            f"{_IDLE:.0%}",
            idle <= _IDLE,
        )
    ]


def main() -> int:
    """See :func:`bench.common.told`."""
    return told("bench.gpu_paint", run)


if __name__ == "__main__":
    sys.exit(main())
