"""The engine on a toy stage: whatever is killed, damaged or fails, the other units are done and the next run goes on."""

import signal
import subprocess
import sys

import pytest

from ieiw.pipelines.engine.errors import DriverFailedError
from ieiw.pipelines.engine.run import RunOptions, beam_flags, run_stage
from ieiw.pipelines.engine.stage import note_name, pending
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.storage.store import open_store
from tests.support.builds import ROOT, drive_here
from tests.support.toy_stage import DIED, UNITS, Toy


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "out")


@pytest.fixture
def serial(monkeypatch):
    monkeypatch.setattr("ieiw.pipelines.engine.run.run_driver", drive_here)


def made(store):
    return {name: store.read(f"toys/{name}").decode() for name in store.sizes("toys")}


WHOLE = {ref.unit: str(ref.number) for ref in UNITS}


@pytest.mark.usefixtures("serial")
class TestInThisProcess:
    def test_every_unit_is_done_once_and_reported(self, store):
        seen, committed = [], []
        progress = run_stage(
            store, Toy(), UNITS, RunOptions(), seen.append, items=6, on_commit=lambda ref, _: committed.append(ref)
        )
        assert made(store) == WHOLE
        assert (progress.units, progress.done_units, progress.counts) == (6, 6, {"made": 6})
        assert sorted(committed) == UNITS
        assert len(seen) >= 6

    def test_what_is_done_is_not_done_again(self, store, monkeypatch):
        run_stage(store, Toy(), UNITS[:4], RunOptions())
        store.publish_bytes(Toy().mark(UNITS[0]), b"kept")
        assert pending(store, Toy(), UNITS) == UNITS[4:]
        assert run_stage(store, Toy(), UNITS, RunOptions()).units == 2
        assert made(store) == WHOLE | {UNITS[0].unit: "kept"}
        monkeypatch.setattr("ieiw.pipelines.engine.run.run_driver", None)
        assert run_stage(store, Toy(), UNITS, RunOptions()).units == 0

    def test_damage_costs_no_other_unit_its_work_and_is_gone_once_mended(self, store):
        with pytest.raises(UsageError, match="damaged: unit 1 is damaged; unit 4 is damaged") as caught:
            run_stage(store, Toy(damaged=(1, 4)), UNITS, RunOptions())
        assert caught.value.step == Step("lint", store.location)
        assert sorted(made(store).values()) == ["0", "2", "3", "5"]
        run_stage(store, Toy(), UNITS, RunOptions())
        assert made(store) == WHOLE
        assert store.sizes("logs/damage") == {}

    def test_a_stage_does_not_start_without_what_it_needs(self, store):
        with pytest.raises(UsageError, match="toy needs earlier/file, which is not there"):
            run_stage(store, Toy(input="earlier/file"), UNITS, RunOptions())
        assert made(store) == {}
        store.publish_bytes("earlier/file", b"x")
        run_stage(store, Toy(input="earlier/file"), UNITS, RunOptions())
        assert made(store) == WHOLE

    def test_a_caller_can_stop_the_run(self, store):
        def stop(ref, counts):
            raise RuntimeError("enough")

        with pytest.raises(RuntimeError, match="enough"):
            run_stage(store, Toy(), UNITS, RunOptions(), on_commit=stop)
        assert len(made(store)) == 1

    def test_a_worker_that_leaves_no_mark_is_found_out(self, store, monkeypatch):
        monkeypatch.setattr("ieiw.pipelines.engine.run.run_driver", lambda *_: None)
        with pytest.raises(DriverFailedError, match="6 units have no commit mark"):
            run_stage(store, Toy(), UNITS, RunOptions())


class TestInProcesses:
    @pytest.fixture(autouse=True)
    def _found(self, monkeypatch):
        monkeypatch.setenv("PYTHONPATH", str(ROOT))  # where workers find the toy

    @pytest.mark.parametrize(
        ("victim", "workers", "point"),
        [
            ("worker", 2, "started"),
            ("worker", 2, "made"),
            ("driver", 1, "started"),
            ("driver", 2, "made"),
            ("supervisor", 2, "started"),
        ],
    )
    def test_whoever_is_killed_the_next_run_does_the_rest_and_nothing_twice(
        self, store, victim, workers, point, monkeypatch
    ):
        stage = Toy(victim=victim, point=point)
        command = [
            sys.executable,
            "-m",
            "tests.support.toy_stage",
            store.location,
            stage.model_dump_json(),
            str(workers),
        ]
        first = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
        assert first.returncode == (-signal.SIGKILL if victim == "supervisor" else DIED), first.stderr
        strikes = ["toy-abcdef-000003"] if victim == "worker" or (victim, workers) == ("driver", 1) else []
        assert list(store.sizes("logs/strikes")) == strikes and ("abcdef-000003" in first.stderr) == bool(strikes)
        before = made(store)
        assert ("3" in before.values()) == (point == "made")
        monkeypatch.setattr("ieiw.pipelines.engine.run.run_driver", drive_here)
        assert run_stage(store, stage, UNITS, RunOptions()).quarantined == 0
        assert made(store) == WHOLE and before.items() <= WHOLE.items()
        assert sorted(name.partition("-")[0] for name in store.sizes("done")) == sorted(WHOLE.values())

    def test_a_unit_that_kills_for_ever_is_set_aside(self, store):
        stage = Toy(deadly=(2,))
        store.publish_bytes(note_name("strikes", stage, UNITS[2]), b"a worker died at this unit in the first run")
        progress = run_stage(store, stage, UNITS, RunOptions(workers=2))
        assert progress.quarantined == 1
        result = made(store)
        assert result.pop(UNITS[2].unit).startswith("set aside: unit abcdef-000002 killed its worker 2 times")
        assert len(result) == 5 and store.sizes("logs/strikes") == {}

    @pytest.mark.parametrize("workers", [1, 2])
    def test_what_a_user_must_mend_is_told_as_it_is(self, store, workers):
        with pytest.raises(UsageError, match=r"^http://toy: no answer$"):
            run_stage(store, Toy(unanswered=(3,)), UNITS, RunOptions(workers=workers))
        run_stage(store, Toy(), UNITS, RunOptions(workers=1))
        assert made(store) == WHOLE

    def test_an_error_in_a_unit_names_it(self, store):
        with pytest.raises(DriverFailedError, match=r"no disk.*000003"):
            run_stage(store, Toy(failing=(3,)), UNITS, RunOptions(workers=1))
        run_stage(store, Toy(), UNITS, RunOptions(workers=1))
        assert made(store) == WHOLE


def test_flags_of_the_user_win():
    ours = beam_flags(RunOptions(workers=3), 10)
    assert ours == ["--runner=FnApiRunner", "--direct_running_mode=multi_processing", "--direct_num_workers=3"]
    assert beam_flags(RunOptions(workers=8), 1) == beam_flags(RunOptions(workers=1), 10) == []
    for runner in (("--runner", "PortableRunner"), ("--runner=PortableRunner",)):
        assert beam_flags(RunOptions(beam_args=(*runner, "--x=1")), 10) == [*runner, "--x=1"]
    assert beam_flags(RunOptions(workers=3, beam_args=("--direct_num_workers=2",)), 10) == [
        *ours,
        "--direct_num_workers=2",
    ]


def test_a_stage_bounds_its_processes():
    assert beam_flags(RunOptions(workers=8), 10, most=1) == []
    assert beam_flags(RunOptions(workers=8), 10, most=2)[2] == "--direct_num_workers=2"
    alone = RunOptions(workers=1, beam_args=("--experiments=x",))
    assert beam_flags(alone, 10)[1:] == [
        "--direct_running_mode=in_memory",
        "--direct_num_workers=1",
        "--experiments=x",
    ]
