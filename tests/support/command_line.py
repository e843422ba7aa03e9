"""What tests of the command line ask of its answers."""

import json
import os
import resource
import subprocess
import sys

from tests.support.builds import ROOT

HEAVY = ("apache_beam", "cv2", "datasets", "faiss", "matplotlib", "pandas", "pyarrow", "scipy", "skimage", "torch")

HELP = f"""
import sys
from ieiw.apps.main import run
sys.argv = ["ieiw", *sys.argv[1:]]
try:
    run()
finally:
    print("LOADED", sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)
"""


def python(code, *arguments, **environment):
    """Run code in a fresh interpreter; returns what it printed and the processor seconds it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def check_refused(result, *parts):
    """The command refused with one line that holds these parts, and printed no result."""
    status, out, err = result
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    lines = [line for line in err.splitlines() if line.startswith("ieiw: ")]
    assert len(lines) == 1
    assert [part for part in parts if part not in lines[0]] == []


def as_json(result):
    status, out, _ = result
    assert status == 0
    return json.loads(out)
