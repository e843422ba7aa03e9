"""``ieiw train``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ieiw.apps.console import AsJson, Changes, print_json, say
from ieiw.triplets.errors import human_bytes

if TYPE_CHECKING:
    from ieiw.train.config import TrainConfig


def train(
    stage: Annotated[Path, typer.Argument(help="Stage file (YAML).", show_default=False)],
    changes: Changes = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what the run would be, and train nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train straight from a cut; run it again after a stop, and it goes on at the very next sample."""
    from ieiw.train.config import load_train_config

    settings = load_train_config(stage, changes or [])
    if dry_run:
        _tell(settings, as_json)
        return
    say(f"training on cut {settings.data.cut} of {settings.data.build} into {settings.out}")
    from ieiw.train.loop import train as run

    outcome = run(settings, say)
    first, last = (list(outcome.validation.values())[index] if outcome.validation else None for index in (0, -1))
    if as_json and outcome.first:
        print_json(
            {
                "checkpoint": str(outcome.checkpoint),
                "steps": outcome.steps,
                "validation": outcome.validation,
                "cut_instructions": outcome.cut,
            }
        )
    if outcome.signal:
        raise typer.Exit(128 + outcome.signal)
    if as_json or not outcome.first:
        return
    if first and last:
        say(f"validation loss {first:.4f} -> {last:.4f} ({last / first - 1:+.0%})")
    say(f"model: {outcome.checkpoint}")
    say(f'edit with it: ieiw edit PICTURE "instruction" --model {settings.out} --out FILE')


def _tell(settings: TrainConfig, as_json: bool) -> None:
    """Size, memory, length and mixture of a run."""
    from ieiw.train.dry_run import dry_run

    run = dry_run(settings, say)
    if as_json:
        print_json(asdict(run))
        return
    say("parameters: " + ", ".join(f"{name} {count:,}" for name, count in run.parameters.items()))
    memory, state, sample = map(human_bytes, (run.memory_bytes, run.state_bytes, run.sample_bytes))
    say(
        f"memory of one process: {memory} and what libraries take: {state} for weights, gradients, optimiser and average, "
        f"{sample} a sample. More processes or optimiser.accumulate hold fewer samples at once"
    )
    say(
        f"{run.steps:,} steps of {settings.batch:,}: {run.steps / run.steps_per_epoch:,.1f} epochs of {run.samples_per_epoch:,} "
        f"samples in {run.steps_per_epoch:,} steps"
    )
    for name, count in sorted(run.mixture.items(), key=lambda item: -item[1]):
        say(f"  {name:24}{count:>12,} samples an epoch  {count / run.samples_per_epoch:6.1%}")
