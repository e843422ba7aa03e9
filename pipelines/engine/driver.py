"""The process that does a job, alone or by Beam: ``python -m ieiw.pipelines.engine.driver JOB.json``.

Its supervisor watches it and its report.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import threading
import traceback
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from pydantic import BaseModel

from ieiw.pipelines.engine.in_progress import FAILED, notes
from ieiw.pipelines.engine.parent import PARENT, leave_with_parent
from ieiw.pipelines.engine.stage import load_stage
from ieiw.pipelines.engine.work import UnitWork
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.tables import spare_pandas
from ieiw.triplets.storage.processes import is_alive

REPORT = "report.json"
WORKER_GONE = 75
"""Exit status of a driver whose worker process died."""
_LEAVING = threading.Lock()


class Job(BaseModel):
    """What a supervisor asks of a driver. Without ``beam_args``, to do the units by itself."""

    location: str
    stage: str
    options: str
    refs: list[str]
    running: str
    beam_args: list[str]


def main(path: Path) -> int:
    """Run the job; one that fails leaves ``report.json`` beside it: the ``error``, or the units whose worker ``died``."""
    job = Job.model_validate_json(path.read_text(encoding="utf-8"))
    leave_with_parent()
    os.environ[PARENT] = str(os.getpid())  # our own workers watch us
    report = path.with_name(REPORT)
    threading.excepthook = partial(_leave_with_worker, Path(job.running), report)
    try:
        _work(job)
    except Exception as error:
        traceback.print_exc()
        # The last line of the innermost error: Beam wraps a worker's traceback in a message of hundreds of lines.
        said = "".join(traceback.format_exception_only(error))
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        named = [line for line in lines if re.match(r"[^:]*(Error|Exception)", line)]
        _write(report, {"error": (named or lines)[-1][:1000]})
        return 1
    return 0


def _work(job: Job) -> None:
    """Do all units: in this process one by one, or as Beam is told to. Only then is it loaded, which takes seconds."""
    spare_pandas()
    if not job.beam_args:
        work = UnitWork(load_stage(job.stage, job.options), job.location, Path(job.running))
        for ref in job.refs:
            work.do(UnitRef.decoded(ref))
        return
    from ieiw.pipelines.engine.beam import WorkOnUnit, run

    run(job.refs, WorkOnUnit(job.location, job.running, job.stage, job.options), job.beam_args)


def _leave_with_worker(running: Path, report: Path, failure: threading.ExceptHookArgs) -> None:
    """End this process when a worker process has: Beam's local runner would wait for its answer for ever.

    Beam waits for each worker in a thread of this name, which raises when the worker ends with another status than 0.
    """
    threading.__excepthook__(failure)
    if failure.thread is None or not failure.thread.name.startswith("run_worker"):
        return
    if notes(running, FAILED):
        return  # an error of a unit ends the pipeline, and Beam its workers: that error is the report
    _LEAVING.acquire()  # never let go: those that we kill below come here too
    died = [ref.encoded() for pid, ref in notes(running) if not is_alive(pid)]
    try:
        _write(report, {"died": died})
    finally:  # with or without room for a report
        for worker in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.kill()
        sys.stderr.flush()
        os._exit(WORKER_GONE)


def _write(report: Path, what: dict[str, Any]) -> None:
    """Leave the report, whole or not at all."""
    spooled = report.with_suffix(f".{threading.get_ident()}")
    spooled.write_text(json.dumps(what), encoding="utf-8")
    spooled.replace(report)


if __name__ == "__main__":
    # Beam keeps threads that never end, whether all work is done or not even a report could be written.
    code = 1
    try:
        code = main(Path(sys.argv[1]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
