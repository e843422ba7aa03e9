"""Runs the driver in a process of its own and notices what Beam's local runner would wait on for ever: dead workers.

One process needs no Beam. For several there is no pool beside it: written out it is 67 lines and takes 58 away, and every kill
would be tested on both.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil

from ieiw.pipelines.engine.driver import REPORT, Job
from ieiw.pipelines.engine.errors import DriverFailedError, WorkerDiedError
from ieiw.pipelines.engine.in_progress import FAILED, mendable, notes
from ieiw.pipelines.engine.parent import PARENT
from ieiw.pipelines.engine.stage import Stage, address
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.processes import is_alive, owner, owner_lives
from ieiw.triplets.storage.store import Store

_PREFIX = "ieiw-run-"
_ROOM = 1 << 20
"""Bytes that a run's folder must have room for: notes and a report, a few hundred bytes a process."""
POLL_S = 0.5
GRACE_S = 30.0
"""How long a driver may take to end after an error of a unit: it ends its workers first, some in the middle of a unit."""


def run_driver(
    store: Store,
    stage: Stage,
    refs: Sequence[UnitRef],
    beam_args: Sequence[str],
    log: Path,
    on_poll: Callable[[], None],
) -> None:
    """Work on units in a driver process and wait for it.

    Args:
        store: the build.
        stage: what to do.
        refs: units to work on.
        beam_args: flags for Beam, runner included.
        log: file that takes the output of driver and workers.
        on_poll: called about twice a second; may raise to stop the run.

    Raises:
        WorkerDiedError: at the latest some seconds after a process of the build was killed.
        UsageError: a unit met what a user must mend, such as an endpoint that is down.
        DriverFailedError: the pipeline ended with another error.
    """
    _sweep()
    with contextlib.ExitStack() as stack:
        with _room_needed():
            # A worker whose driver was killed may still leave a note while the folder goes: that must not hide how the build ended.
            folder = tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{owner()}=", ignore_cleanup_errors=True)
            here = Path(stack.enter_context(folder))
            running = here / "running"
            running.mkdir()
            job = Job(
                location=store.location,
                stage=address(stage),
                options=stage.model_dump_json(),
                refs=[ref.encoded() for ref in refs],
                running=str(running),
                beam_args=list(beam_args),
            )
            (here / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
            _try_room(here)
        with _started(here / "job.json", log) as driver:
            _wait(driver, running, on_poll)
        _check_end(driver, here / REPORT, running, log)


def _sweep() -> None:
    """Remove the folders of supervisors that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if owner_lives(folder.name.removeprefix(_PREFIX)) is False:
            shutil.rmtree(folder, ignore_errors=True)


def _try_room(folder: Path) -> None:
    """Raise an OSError where the folder of notes has no room: processes that cannot write there just die."""
    probe = folder / "probe"
    probe.write_bytes(bytes(_ROOM))
    probe.unlink()


@contextlib.contextmanager
def _room_needed() -> Iterator[None]:
    """Name the folder for temporary files where it has no room."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DriverFailedError(
            f"{tempfile.gettempdir()}: {error.strerror}. Make room there, or set TMPDIR to a folder that has some"
        ) from error


@contextlib.contextmanager
def _started(job: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The driver process; it and all its children are gone when the block ends."""
    environment = os.environ | {
        PARENT: str(os.getpid()),
        "PYTHONSAFEPATH": "1",  # a user's own filters.py or models/ in the working directory must not shadow ours
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        # The pool and the harness of Beam start a bare ``python``: let it be this one.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))),
    }
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        driver = subprocess.Popen(
            [sys.executable, "-m", "ieiw.pipelines.engine.driver", str(job)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield driver
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(driver.pid)
            for each in [*process.children(recursive=True), process]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
        driver.wait()


def _wait(driver: subprocess.Popen[bytes], running: Path, on_poll: Callable[[], None]) -> None:
    """Until the driver ends, or a worker is found dead at its unit. One that dies between two is in the report of the driver."""
    since: float | None = None
    while driver.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            driver.wait(POLL_S)
        on_poll()
        died = [unit for pid, unit in notes(running) if pid != driver.pid and not is_alive(pid)]
        if not died or driver.poll() is not None:
            continue
        since = since or time.monotonic()
        if not notes(running, FAILED) or time.monotonic() - since > GRACE_S:
            raise WorkerDiedError(died, f"a worker died at unit {_names(died)}")


def _check_end(driver: subprocess.Popen[bytes], report: Path, running: Path, log: Path) -> None:
    """Turn the driver's end into the matching error, if it is one."""
    code = driver.returncode
    if code == 0:
        return
    said = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    if "died" in said:
        died = [UnitRef.decoded(ref) for ref in said["died"]]
        at = f"at unit {_names(died)}" if died else "between two units"
        raise WorkerDiedError(died, f"a worker died {at} (log: {log})")
    if text := mendable(running):
        raise UsageError(text)
    if "error" in said:
        error = said["error"]
        where = _names([unit for _, unit in notes(running, FAILED)])
        raise DriverFailedError(f"{error}{f' (unit {where})' if where else ''}. Beam's log: {log}")
    with _room_needed():  # a full disk kills without a word
        _try_room(report.parent)
    # Only what the driver itself was building is under suspicion: its workers merely leave with it.
    at_work = [unit for pid, unit in notes(running) if pid == driver.pid]
    what = f"the driver was killed while unit {_names(at_work)} was at work" if at_work else "the driver was killed"
    raise WorkerDiedError(at_work, f"{what} (exit status {code}; log: {log})")


def _names(units: Sequence[UnitRef]) -> str:
    return ", ".join(f"{unit.source} {unit.unit}" for unit in units)
