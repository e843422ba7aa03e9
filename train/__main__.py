"""``python -m ieiw.train STAGE.yaml [--set path=value …]``: the trainer without the rest of the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ieiw.train.config import load_train_config
from ieiw.triplets.errors import UsageError, spell_out


def main() -> int:
    """Exit status: 0 when all steps are done, 2 for what the user can mend, 5 for a full disk, 128 + N for signal N."""
    spell_out()
    parser = argparse.ArgumentParser(prog="python -m ieiw.train", description=__doc__)
    parser.add_argument("stage", type=Path, help="stage file (YAML)")
    parser.add_argument("--set", dest="changes", action="append", default=[], metavar="PATH=VALUE")
    arguments = parser.parse_args()
    try:
        config = load_train_config(arguments.stage, arguments.changes)
        from ieiw.train.loop import train

        outcome = train(config, lambda line: print(line, file=sys.stderr, flush=True))
    except UsageError as error:
        print(f"train: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        where = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else error
        print(f"train: {where}", file=sys.stderr)
        return 5
    if outcome.first:
        print(outcome.checkpoint)
    return 128 + outcome.signal if outcome.signal else 0


if __name__ == "__main__":
    sys.exit(main())
