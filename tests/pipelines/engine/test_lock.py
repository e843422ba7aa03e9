import json
import os
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest

import ieiw.pipelines.engine.lock
from ieiw.pipelines.engine.lock import FILE, STALE_S, Holder, Lock, read_holder
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.storage.processes import space, started
from ieiw.triplets.storage.store import FolderStore


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path)


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def hold(store, **changes):
    values = {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "started": 0.0,
        "beat": time.time(),
        "space": space(),
    } | changes
    store.publish_bytes(FILE, json.dumps(values).encode())


def hold_for(store, process):
    hold(store, pid=process.pid, started=started(process.pid))


def test_a_lock_is_held_and_let_go(store):
    with Lock(store):
        assert read_holder(store).pid == os.getpid()
        assert read_holder(store).alive()
    assert read_holder(store) is None


def test_it_is_let_go_when_the_build_fails(store):
    with pytest.raises(RuntimeError), Lock(store):
        raise RuntimeError
    assert read_holder(store) is None


def test_another_living_driver_is_named_with_the_way_on(store, sleeper):
    hold_for(store, sleeper)
    with pytest.raises(UsageError) as caught, Lock(store):
        pass
    for word in (str(sleeper.pid), socket.gethostname(), "take over"):
        assert word in str(caught.value)
    assert caught.value.step == Step(values={"take_over": True})
    assert read_holder(store).pid == sleeper.pid


def test_where_nobody_can_take_over_nothing_says_so(store, sleeper):
    hold_for(store, sleeper)
    with pytest.raises(UsageError, match="or stop it$") as caught, Lock(store, take_over=None, verb="gallery"):
        pass
    assert caught.value.step is None and "take over" not in str(caught.value)


def test_taking_over_leaves_the_lock_to_whoever_has_it(store, sleeper):
    hold_for(store, sleeper)
    with Lock(store, take_over=True):
        assert read_holder(store).pid == os.getpid()
        hold_for(store, sleeper)  # and is taken over itself
    assert read_holder(store).pid == sleeper.pid


def test_a_dead_driver_is_taken_over(store, sleeper):
    hold_for(store, sleeper)
    sleeper.kill()
    sleeper.wait()
    with Lock(store):
        assert read_holder(store).pid == os.getpid()


def test_a_dead_driver_that_nobody_has_waited_for_is_taken_over(store, sleeper):
    hold_for(store, sleeper)
    sleeper.kill()
    while psutil.Process(sleeper.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    with Lock(store):
        assert read_holder(store).pid == os.getpid()


def test_a_process_that_got_the_same_number_is_not_the_holder(store, sleeper):
    hold(store, pid=sleeper.pid, started=1.0)
    with Lock(store):
        assert read_holder(store).pid == os.getpid()


def test_a_holder_on_another_host_lives_by_its_heartbeat(store):
    now = time.time()
    assert Holder("elsewhere", 1, 0.0, now).alive()
    assert not Holder("elsewhere", 1, 0.0, now - STALE_S - 1).alive()
    hold(store, host="elsewhere", space="", beat=now)
    with pytest.raises(UsageError, match="elsewhere"), Lock(store):
        pass
    hold(store, host="elsewhere", space="", beat=now - STALE_S - 1)
    with Lock(store):
        assert read_holder(store).host == socket.gethostname()


def test_a_container_of_the_same_name_is_not_this_one(store):
    """Its process has a number that nobody has here, or that somebody else has: only its heartbeat counts."""
    hold(store, space="another", pid=2**22 + 1)
    with pytest.raises(UsageError, match="build is at work"), Lock(store):
        pass
    hold(store, space="another", beat=time.time() - STALE_S - 1)
    with Lock(store):
        assert read_holder(store).space == space()


def test_a_lock_from_the_future_is_held_only_while_it_beats(store, monkeypatch):
    monkeypatch.setattr(ieiw.pipelines.engine.lock, "BEAT_S", 0.3)
    ahead = time.time() + 3600
    hold(store, space="another", beat=ahead)
    with Lock(store):
        assert read_holder(store).space == space()
    hold(store, space="another", beat=ahead)
    beating = threading.Timer(0.1, hold, [store], {"space": "another", "beat": ahead + 15})
    beating.start()
    with pytest.raises(UsageError, match="build is at work"), Lock(store):
        pass
    beating.join()


WRONG_TYPES = [
    json.dumps({"host": "h", "pid": 1, "started": 1.0, "beat": 9e12, "space": "elsewhere"} | change).encode()
    for change in ({"pid": "x"}, {"pid": None}, {"beat": "soon"}, {"beat": None}, {"started": []}, {"space": 3})
]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"host": 1}', b"\xff", b"[" * 10**5, *WRONG_TYPES])
def test_a_damaged_lock_counts_as_left_behind(store, content):
    store.publish_bytes(FILE, content)
    with Lock(store):
        assert read_holder(store).pid == os.getpid()


def test_the_heart_beats_and_brings_a_lost_lock_back(store, monkeypatch):
    monkeypatch.setattr(ieiw.pipelines.engine.lock, "BEAT_S", 0.05)
    with Lock(store):
        first = read_holder(store).beat
        deadline = time.monotonic() + 5
        while read_holder(store).beat == first and time.monotonic() < deadline:
            time.sleep(0.02)
        assert read_holder(store).beat > first


def test_a_store_that_fails_now_and_then_does_not_stop_the_heart(store, monkeypatch):
    monkeypatch.setattr(ieiw.pipelines.engine.lock, "BEAT_S", 0.02)
    with Lock(store):
        first = read_holder(store).beat
        publish, failures = store.publish_bytes, [OSError("away"), OSError("away")]

        def flaky(name, data):
            if failures:
                raise failures.pop()
            publish(name, data)

        monkeypatch.setattr(store, "publish_bytes", flaky)
        deadline = time.monotonic() + 5
        while read_holder(store).beat == first and time.monotonic() < deadline:
            time.sleep(0.02)
        assert read_holder(store).beat > first
