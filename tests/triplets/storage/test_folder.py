"""A build in a folder: a place nobody can write to is named, and the sweep takes only what the dead left."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.processes import space, started
from ieiw.triplets.storage.store import SPOOL, FolderStore, open_store


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc on this system")
def test_a_place_that_nobody_can_write_to_is_told_with_the_remedy():
    with pytest.raises(UsageError, match=r"/proc/x: cannot be written .*a folder that you may write to"):
        open_store("/proc/x").publish_bytes("build.json", b"{}")


def test_a_sweep_takes_what_the_dead_left_and_nothing_of_the_living(tmp_path):
    store, theirs = FolderStore(tmp_path), FolderStore(tmp_path)
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    host, pid, began = space(), sleeper.pid, started(sleeper.pid)
    try:
        names = {
            "own": store.spool().name,
            "living": f"{host}={pid}={began:.2f}",
            "number used again": f"{host}={pid}={began - 1000:.2f}",
            "dead": f"{host}={2**22 + 1}={began:.2f}",
            "far": f"elsewhere={2**22 + 1}=1.00",
            "far and old": f"elsewhere={2**22 + 2}=1.00",
            "another version's": "host-17",
        }
        for name in names.values():
            (tmp_path / SPOOL / name).mkdir(exist_ok=True)
            (tmp_path / SPOOL / name / "half").write_bytes(b"half")
        (tmp_path / SPOOL / "file").write_bytes(b"half")
        os.utime(tmp_path / SPOOL / names["far and old"], (0, 0))
        theirs.sweep()
        left = {path.parent.name for path in (tmp_path / SPOOL).rglob("half")}
        assert left == {names["own"], names["living"], names["far"], names["another version's"]}
        assert not (tmp_path / SPOOL / "file").exists()
    finally:
        sleeper.kill()
        sleeper.wait()
    store.sweep()
    left = {path.parent.name for path in (tmp_path / SPOOL).rglob("half")}
    assert left == {names["own"], names["far"], names["another version's"]}
