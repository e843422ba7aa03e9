"""Who is found dead, and who has merely left: notes of processes, without Beam."""

import errno
import json
import subprocess
import sys
import tempfile

import pytest

from ieiw.pipelines.engine import supervisor
from ieiw.pipelines.engine.errors import DriverFailedError, WorkerDiedError
from ieiw.pipelines.engine.in_progress import FAILED
from ieiw.pipelines.engine.supervisor import _check_end, _wait
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.processes import space, started
from ieiw.triplets.storage.store import open_store
from tests.support.toy_stage import Toy

UNITS = [UnitRef("pc", "abcdef", 0, number) for number in range(3)]
NOBODY = 2**22 + 1


def note(folder, pid, ref, suffix=""):
    (folder / f"{pid}-1{suffix}").write_text(ref.encoded())


@pytest.fixture
def driver():
    processes = []

    def start(code, seconds=0.0):
        program = f"import sys, time; time.sleep({seconds}); sys.exit({code})"
        processes.append(subprocess.Popen([sys.executable, "-c", program]))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def ended(driver, code):
    process = driver(code)
    process.wait()
    return process


def test_a_dead_process_that_left_a_note_died_at_that_unit(driver, tmp_path):
    note(tmp_path, NOBODY, UNITS[1])
    process = driver(0, 60)
    note(tmp_path, process.pid, UNITS[2])
    with pytest.raises(WorkerDiedError) as caught:
        _wait(process, tmp_path, lambda: None)
    assert list(caught.value.units) == [UNITS[1]]


def test_one_that_ends_with_a_failing_pipeline_is_not_taken_for_dead(driver, tmp_path):
    note(tmp_path, NOBODY, UNITS[1])
    note(tmp_path, NOBODY + 1, UNITS[0], FAILED)
    process = driver(1, 1.2)
    _wait(process, tmp_path, lambda: None)
    assert process.poll() == 1


def test_but_it_is_if_the_pipeline_never_ends(driver, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE_S", 0.6)
    note(tmp_path, NOBODY, UNITS[1])
    note(tmp_path, NOBODY + 1, UNITS[0], FAILED)
    with pytest.raises(WorkerDiedError):
        _wait(driver(0, 60), tmp_path, lambda: None)


def test_of_a_killed_driver_only_its_own_unit_is_under_suspicion(driver, tmp_path):
    process = ended(driver, 9)
    note(tmp_path, NOBODY, UNITS[0])
    with pytest.raises(WorkerDiedError, match="the driver was killed") as caught:
        _check_end(process, tmp_path / "report.json", tmp_path, tmp_path / "log")
    assert list(caught.value.units) == []
    note(tmp_path, process.pid, UNITS[2])
    with pytest.raises(WorkerDiedError, match="000002") as caught:
        _check_end(process, tmp_path / "report.json", tmp_path, tmp_path / "log")
    assert list(caught.value.units) == [UNITS[2]]


def test_the_report_of_a_driver_is_told(driver, tmp_path):
    report, log = tmp_path / "report.json", tmp_path / "log"
    _check_end(ended(driver, 0), report, tmp_path, log)
    report.write_text(json.dumps({"died": ["pc/abcdef/0/1"]}))
    with pytest.raises(WorkerDiedError, match="000001") as caught:
        _check_end(ended(driver, 75), report, tmp_path, log)
    assert list(caught.value.units) == [UNITS[1]]
    report.write_text(json.dumps({"died": []}))
    with pytest.raises(WorkerDiedError, match="between two units"):
        _check_end(ended(driver, 75), report, tmp_path, log)
    report.write_text(json.dumps({"error": "OSError: no disk"}))
    note(tmp_path, NOBODY, UNITS[0], FAILED)
    with pytest.raises(DriverFailedError, match=r"no disk \(unit pc .*000000\)"):
        _check_end(ended(driver, 1), report, tmp_path, log)


def test_a_folder_for_temporary_files_without_room_is_named(driver, tmp_path, monkeypatch):
    def full(folder):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(supervisor, "_try_room", full)
    (tmp_path / "running").mkdir()
    with pytest.raises(DriverFailedError, match=r"No space left on device\. .*TMPDIR") as caught:
        _check_end(ended(driver, 1), tmp_path / "report.json", tmp_path / "running", tmp_path / "log")
    assert tempfile.gettempdir() in str(caught.value)
    with pytest.raises(DriverFailedError, match="TMPDIR"):
        supervisor.run_driver(open_store(tmp_path), Toy(), UNITS, [], tmp_path / "log", lambda: None)


def test_folders_of_killed_supervisors_are_swept_and_others_stay(driver, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = ended(driver, 0).pid
    alive = driver(0, 60).pid
    since = started(alive)
    names = {
        "dead": f"ieiw-run-{space()}={gone}=1.00=x",
        "reused": f"ieiw-run-{space()}={alive}=1.00=x",
        "alive": f"ieiw-run-{space()}={alive}={since:.2f}=x",
        "elsewhere": f"ieiw-run-other={gone}=1.00=x",
        "another version's": "ieiw-run-k3j2h1",
    }
    for name in names.values():
        (tmp_path / name).mkdir()
    supervisor._sweep()
    assert {path.name for path in tmp_path.iterdir()} == {
        names["alive"],
        names["elsewhere"],
        names["another version's"],
    }
