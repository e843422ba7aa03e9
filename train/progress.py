"""What a run reports while it goes: a line, TensorBoard, and a file of losses."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ieiw.triplets.errors import human_time

LOSSES = "losses.jsonl"


class Progress:
    """Collects losses and times of steps.

    Args:
        out: folder of the run.
        steps: to be done in all.
        start: steps done already; what the files say of later ones goes, they are about to be done again.
        every: steps between lines.
        say: prints a line.
    """

    def __init__(self, out: Path, steps: int, start: int, every: int, say: Callable[[str], None]) -> None:
        from torch.utils.tensorboard import SummaryWriter

        out.mkdir(parents=True, exist_ok=True)
        self._steps, self._every, self._say = steps, every, say
        self._file = out / LOSSES
        self.cut, self._instructions = 0, 0
        if self._file.exists():
            lines = [line for line in self._file.read_text(encoding="utf-8").splitlines() if _step_of(line) <= start]
            self._file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            self.cut = sum(json.loads(line).get("cut", 0) for line in lines)
        self._board = SummaryWriter(str(out / "tensorboard"), purge_step=start + 1)
        self._silent = False
        self._start, self._began = start, time.monotonic()
        self._samples, self._waited, self._loss, self._since, self._clock = 0, 0.0, 0.0, start, self._began
        self.validations: dict[int, float] = {}
        """Validation losses by step. ``cut``: instructions cut so far, by earlier runs too."""

    def step(self, step: int, loss: float, samples: int, waited: float, cut: int = 0) -> None:
        """One step is done: its loss, its samples, the seconds it waited for data, and how many instructions were cut."""
        self._write({"step": step, "loss": loss} | ({"cut": cut} if cut else {}))
        self._samples += samples
        self.cut += cut
        self._instructions = step * samples
        self._waited += waited
        self._loss += loss
        if step % self._every and step != self._steps:
            return
        now = time.monotonic()
        seconds, count = max(1e-9, now - self._clock), max(1, step - self._since)
        rate, wait, mean = self._samples / seconds, self._waited / seconds, self._loss / count
        left = (now - self._began) / max(1, step - self._start) * (self._steps - step)
        self._say(
            f"step {step}/{self._steps}  loss {mean:.4f}  {rate:,.1f} samples/s  data wait {wait:.0%}  {human_time(left)} to go"
        )
        scalars = {"loss/train": mean, "speed/samples_s": rate, "speed/data_wait": wait, "text/cut": self.cut}
        for name, value in scalars.items():
            self._report(partial(self._board.add_scalar, name, value, step))
        self._samples, self._waited, self._loss, self._since, self._clock = 0, 0.0, 0.0, step, now

    def validation(self, step: int, loss: float) -> None:
        """The loss on held-out samples under fixed noise."""
        self.validations[step] = loss
        self._write({"step": step, "validation": loss})
        self._report(lambda: self._board.add_scalar("loss/validation", loss, step))
        self._say(f"step {step}/{self._steps}  validation loss {loss:.4f}")

    def picture(self, step: int, grid: Any) -> None:
        """A grid (height, width, 3) of bytes."""
        self._report(lambda: self._board.add_image("validation", grid, step, dataformats="HWC"))

    def close(self) -> None:
        """Say how many instructions were cut, if any, and write out what TensorBoard still holds."""
        if self.cut:
            self._say(
                f"{self.cut:,} of {self._instructions:,} instructions were longer than the 77 tokens that the text encoder "
                f"reads, and cut; {self._file} tells at which steps"
            )
        self._report(self._board.close)

    def _write(self, entry: dict[str, float]) -> None:
        def append() -> None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")

        self._report(append)

    def _report(self, write: Callable[[], object]) -> None:
        """Write; on a full disk a run loses lines of its report, which is said once, not its training."""
        try:
            write()
        except OSError as error:
            if not self._silent:
                self._say(
                    f"{self._file.parent}: reports cannot be written ({error.strerror or error}). Training goes on"
                )
            self._silent = True


def _step_of(line: str) -> float:
    """Step of a line; beyond all where a full disk or a kill cut it off."""
    try:
        return float(json.loads(line)["step"])
    except ValueError:
        return math.inf
