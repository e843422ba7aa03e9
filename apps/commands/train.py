"""``ieiw train``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ieiw.apps.console import AsJson, Changes, print_json, say


def train(
    stage: Annotated[Path, typer.Argument(help="Stage file (YAML).", show_default=False)],
    changes: Changes = None,
    as_json: AsJson = False,
) -> None:
    """Train straight from a cut; run it again after a stop, and it goes on at the very next sample."""
    from ieiw.train.config import load_train_config

    settings = load_train_config(stage, changes or [])
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
