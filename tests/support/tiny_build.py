"""A whole build in a fraction of a second: records and triplets made up here, every file written by the real code."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ieiw.pipelines.build.commit_unit import write_unit
from ieiw.pipelines.build.finalise import finalise
from ieiw.pipelines.build.stage import BuildStage
from ieiw.pipelines.engine.stage import pending
from ieiw.pipelines.planning.planner import plan_units
from ieiw.pipelines.planning.retry import plan_retries
from ieiw.triplets.drawings.erasure import Answer as ErasureAnswer
from ieiw.triplets.drawings.points import Answer as PointsAnswer
from ieiw.triplets.drawings.points import Point
from ieiw.triplets.images.codec import encoder
from ieiw.triplets.images.masks import box_of, to_rle
from ieiw.triplets.layout.build_state import BuildState, require_state, save_state, source_state
from ieiw.triplets.layout.plan import UnitRef, plan_rows, read_attempts, write_plan
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.records import Built, Fault, Record, Reject, Triplet
from ieiw.triplets.rejects import Place, Reason
from ieiw.triplets.storage.store import Store, open_store
from tests.support.builds import index

THINGS = ("red car", "dog on the left", "café “Zoë” sign", "wooden table", "the man's hat")


@dataclass(frozen=True)
class Wanted:
    """What to build. Of ten records of a source, one is faulty and one is refused."""

    pictures: int = 10
    phrases: int = 2
    sources: tuple[str, ...] = ("shapes", "tiles-2")
    tasks: tuple[str, ...] = ("removal", "addition", "dots")
    per_unit: int = 12
    size: tuple[int, int] = (48, 32)
    format: str = "jpg"


@dataclass(frozen=True)
class Tiny:
    """A build and where it is."""

    store: Store
    path: Path
    state: BuildState
    wanted: Wanted


class Shapes:
    """A source of made-up records."""

    version = 1

    def __init__(self, name, wanted):
        self.name, self._wanted = name, wanted

    def group_count(self):
        return self._wanted.pictures

    def group(self, index):
        for phrase in range(self._wanted.phrases):
            number = index * self._wanted.phrases + phrase
            fault = Fault(Reason.EMPTY_PHRASE, "no phrase") if number % 10 == 4 else None
            yield Record(
                id=f"{index}__{phrase}",
                group=str(index),
                files={"picture": f"images/{index}.jpg"},
                annotation={"phrase": THINGS[number % len(THINGS)], "number": number},
                split="train",
                size=self._wanted.size,
                licence="CC-BY-4.0",
                fault=fault,
            )


def tiny_build(folder, wanted=Wanted(), leave=0, location=None):  # noqa: B008 - frozen
    """Plan, build and finalise; with ``leave``, stop before the last units and do not finalise."""
    store = open_store(location or folder)
    sources = {}
    for name in wanted.sources:
        first = UnitRef(name, hashlib.sha256(name.encode()).hexdigest(), 0, 0)
        units = plan_units(
            Shapes(name, wanted), name, wanted.tasks, variants=1, attempts_per_unit=wanted.per_unit, key=name
        )
        rows = (plan_rows(u.attempts, UnitRef(name, first.fingerprint, 0, u.number).unit) for u in units)
        sources[name] = source_state(first.fingerprint, {"refer.json": "0" * 64}, write_plan(store, rows, first))
    blocks = [{"name": name, "root": "data", "tasks": list(wanted.tasks)} for name in wanted.sources]
    recipe = Recipe.model_validate({"sources": blocks, "image": {"short_side": 32, "format": wanted.format}})
    backends = {"inpaint": {"name": "telea", "stand_in": "yes", "radius": "3"}}
    state = BuildState(state="planned", recipe=recipe, backends=backends, sources=sources)
    save_state(store, state)
    refs = list(state.refs())
    for ref in refs[: len(refs) - leave]:
        build_unit(store, ref, wanted)
    if not leave:
        state = finalise(store, state)
    store.sweep()
    return Tiny(store, Path(folder), state, wanted)


def retry_round(tiny, reason="any", heal=True, finish=True):
    """Try rejects again as new units; ``heal`` makes triplets of those that were refused by the task."""
    state = plan_retries(tiny.store, require_state(tiny.store), reason)
    for ref in pending(tiny.store, BuildStage(), list(state.refs())):
        build_unit(tiny.store, ref, tiny.wanted, heal)
    if finish:
        state = finalise(tiny.store, state)
    tiny.store.sweep()
    return Tiny(tiny.store, tiny.path, state, tiny.wanted)


def build_unit(store, ref, wanted, heal=False):
    """Make and commit one unit."""
    return write_unit(store, ref, (_verdict(attempt, wanted, heal) for attempt in read_attempts(store, ref)))


def _verdict(attempt, wanted, heal):
    record = attempt.record
    if record.fault:
        return Reject(attempt, record.fault.reason, Place.PLAN, record.fault.detail)
    if record.annotation["number"] % 10 == 7 and not heal:
        return Reject(attempt, Reason.REGION_TOO_SMALL, Place.TASK, "3 pixels")
    full, empty, region, hole = pictures(attempt, wanted)
    encode = encoder(wanted.format)
    picture_sha256 = hashlib.sha256(full.tobytes()).hexdigest()
    phrase = record.annotation["phrase"]
    if attempt.task == "dots":
        sentence = f"Put a blue dot on the {phrase}."
        dot = Point(joint="dot", words=phrase, colour="blue", rgb=(0, 0, 255), drawn=True, x=10.0, y=10.0, visibility=2)
        answer = PointsAnswer(
            points=(dot,), radius=4.0, layout="dots", joints=(), box=(0, 0, 1, 1), view="whole", who="null"
        )
        made = Triplet(sentence, (sentence, "Mark it."), encode(full), encode(_dotted(full)), answer, 0.01, "")
        return Built(attempt, made, picture_sha256)
    before, after = (full, empty) if attempt.task == "removal" else (empty, full)
    sentence = f"{'Remove' if attempt.task == 'removal' else 'Add'} the {phrase}."
    answer = ErasureAnswer(phrase=phrase, region=to_rle(region), hole=to_rle(hole), box=box_of(region), instances=1)
    pair = hashlib.sha256(f"{attempt.source}\0{record.id}".encode()).hexdigest()[:20]
    share = float(region.mean())
    made = Triplet(sentence, (sentence,), encode(before), encode(after), answer, share, pair, "telea", {"radius": 3})
    return Built(attempt, made, picture_sha256)


def pictures(attempt, wanted):
    """A picture with and without a disc, the disc and the hole around it."""
    width, height = wanted.size
    number = attempt.record.annotation["number"]
    random = np.random.default_rng((number, len(attempt.source)))
    coarse = random.integers(60, 220, (4, 5, 3), dtype=np.uint8)
    empty = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    centre = (width // 3 + number % (width // 3), height // 2)
    region, hole = (np.zeros((height, width), np.uint8) for _ in range(2))
    cv2.circle(region, centre, height // 4, 1, -1)
    cv2.circle(hole, centre, height // 4 + 3, 1, -1)
    full = np.where(region[..., None] > 0, np.uint8([200, 30, 40]), empty).astype(np.uint8)
    return full, empty, region > 0, hole > 0


def _dotted(full):
    marked = np.ascontiguousarray(full.copy())
    cv2.circle(marked, (10, 10), 4, (0, 0, 255), -1)
    return marked


def edit_state(tiny, change):
    """Change build.json as JSON."""
    file = tiny.path / "build.json"
    values = json.loads(file.read_text())
    change(values)
    file.write_text(json.dumps(values))


def rows(tiny, task=None):
    """The index's rows, of one task or of all."""
    return [row for row in index(tiny.path, "rows") if task in (None, row["task"])]
