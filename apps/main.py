"""``ieiw``: one program, one verb a job."""

from __future__ import annotations

import errno
import os
import sys
import tempfile

import typer

from ieiw.apps.commands import (
    audit,
    build,
    convert,
    cut,
    demo,
    doctor,
    edit,
    embed,
    export,
    gallery,
    inspect,
    instructions,
    latents,
    lint,
    plan,
    scenes,
    score,
    takedown,
    train,
)
from ieiw.apps.console import complain

app = typer.Typer(
    name="ieiw",
    help="Rebuild, filter, shard and train on the instruction-editing data of InstructDiffusion.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("plan")(plan.plan)
app.command("build", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(build.build)
app.command("lint")(lint.lint)
app.command("score", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(score.score)
app.command("embed", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(embed.embed)
app.add_typer(gallery.app, name="gallery")
app.command("cut")(cut.cut)
app.command("latents", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(latents.latents)
app.command("audit")(audit.audit)
app.command("export")(export.export)
app.command("takedown")(takedown.takedown)
app.command("train")(train.train)
app.command("edit")(edit.edit)
app.command("convert")(convert.convert)
app.command("instructions")(instructions.instructions)
app.command("inspect")(inspect.inspect)
app.command("make-scenes")(scenes.make_scenes)
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)


@app.callback()
def _start() -> None:
    """Before every verb."""
    from ieiw.triplets.layout.tables import spare_pandas

    spare_pandas()


USAGE, TOO_MANY_REJECTS, WORKER_DIED, FAILED, INTERRUPTED = 2, 3, 4, 5, 130


def run() -> None:
    """Entry point: turns what the user can mend into one message and an exit status of its own."""
    from ieiw.pipelines.engine.errors import DriverFailedError, TooManyRejectsError, WorkerDiedError
    from ieiw.triplets.errors import UsageError, spell_out

    spell_out()
    # Threads of torch that spin while they wait bring a busy machine to a halt; must be set before torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        app(standalone_mode=True)
    except UsageError as error:
        status = TOO_MANY_REJECTS if isinstance(error, TooManyRejectsError) else USAGE
        sys.exit(complain(str(error), status, error.step))
    except WorkerDiedError as error:
        remedy = "Run the same command again: what is built is kept, and that unit is tried alone."
        sys.exit(complain(f"{error}. {remedy}", WORKER_DIED))
    except DriverFailedError as error:
        sys.exit(complain(f"the build stopped: {error}. What is built is kept; run it again to go on.", FAILED))
    except OSError as error:  # a full disk, a store that does not answer: no fault of the program's, so no traceback
        sys.exit(complain(f"{_problem(error)}. What is built is kept; mend it and run the same command again.", FAILED))
    except SystemExit as ended:
        if ended.code != INTERRUPTED:  # which is how Typer passes Ctrl-C on, without a word
            raise
        sys.exit(complain("stopped. What is done is kept; run the same command to go on.", INTERRUPTED))


def _problem(error: OSError) -> str:
    """What the system said, and of which place; of a link, the place where it was to be made."""
    name = error.filename2 or error.filename
    if name and error.strerror:
        return f"{name}: {error.strerror}"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:  # libraries do not say where they write to
        return f"{os.strerror(error.errno)}, in the folder that is written to or in {tempfile.gettempdir()}"
    return str(error)


if __name__ == "__main__":
    run()
