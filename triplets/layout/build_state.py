"""``build.json``: what a build is made of, written before its first shard and replaced when it is complete.

While a picture is taken down it says ``taking_down``: nobody reads a build of which half is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Literal

from pydantic import Field, ValidationError

from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.plan import PlanSize, UnitRef
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.settings.yaml_file import Strict
from ieiw.triplets.storage.store import Store

FILE = "build.json"


class FormatError(UsageError):
    """A build that another version wrote, in a format that this one does not read."""


class Retry(Strict):
    """One round of retried rejects: new units that supersede the old verdicts on the same keys."""

    reason: str
    units: int
    attempts: int


class SourceState(Strict):
    """One source of a build. ``fingerprint`` covers all that could change its triplets; unit ids start with it."""

    fingerprint: str
    inputs: dict[str, str]
    records: int
    attempts: int
    units: int
    faults: int
    retries: tuple[Retry, ...] = ()

    def refs(self, name: str) -> Iterator[UnitRef]:
        """All units of the source, planned and retried."""
        rounds = [self.units, *(retry.units for retry in self.retries)]
        for turn, units in enumerate(rounds):
            for number in range(units):
                yield UnitRef(name, self.fingerprint, turn, number)


class SourceCounts(Strict):
    """What became of a source's attempts: ``attempts`` = ``built`` + ``rejected``; ``reasons`` sum up to ``rejected``."""

    attempts: int
    built: int
    rejected: int
    reasons: dict[str, int]
    shards: int
    shard_bytes: int


class IndexPart(Strict):
    """One file of the compacted index."""

    name: str
    rows: int
    sha256: str


class BuildState(Strict):
    """The whole of ``build.json``. Times and rates are not in it: the same build gives the same bytes."""

    format: Literal[2] = 2
    state: Literal["planned", "complete", "taking_down"]
    code: str = Field(default_factory=lambda: version("ieiw"))
    recipe: Recipe
    backends: dict[str, dict[str, str]]
    sources: dict[str, SourceState]
    counts: dict[str, SourceCounts] = Field(default_factory=dict)
    index: tuple[IndexPart, ...] = ()

    def refs(self) -> Iterator[UnitRef]:
        """All units of the build, source by source in the order of their names, as build.json keeps them."""
        for name, source in sorted(self.sources.items()):
            yield from source.refs(name)


def source_state(fingerprint: str, inputs: dict[str, str], size: PlanSize) -> SourceState:
    """The state of a source just planned."""
    return SourceState(
        fingerprint=fingerprint,
        inputs=inputs,
        records=size.records,
        attempts=size.attempts,
        units=size.units,
        faults=size.faults,
    )


def load_state(store: Store) -> BuildState | None:
    """The build's state, or None where there is no build yet.

    Raises:
        FormatError: another version wrote it.
        UsageError: ``build.json`` is damaged.
    """
    try:
        data = store.read(FILE)
    except FileNotFoundError:
        return None
    try:
        return BuildState.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        if first["loc"] == ("format",):
            code = json.loads(data).get("code", "another version")
            raise FormatError(
                f"{store.location}: this build is of format {first['input']}, written by ieiw {code}; this version reads "
                "format 2. Build its recipe again into an empty folder, or use the version that wrote it"
            ) from error
        field = ".".join(str(step) for step in first["loc"]) or "the file"
        remedy = "If this version wrote it, delete it and build with the same recipe: what is built is found again"
        raise UsageError(f"{store.location}/{FILE}, {field}: {first['msg']}. {remedy}") from error


def require_state(store: Store) -> BuildState:
    """As :func:`load_state`, for those who need a build.

    Raises:
        UsageError: there is none.
    """
    state = load_state(store)
    if state is None:
        raise UsageError(f"{store.location}: no {FILE} here; give the folder of a build")
    return state


def check_whole(store: Store, state: BuildState) -> None:
    """Refuse a build in which a take-down was stopped: some files are changed and others are not.

    Raises:
        UsageError: says how the take-down goes on.
    """
    if state.state == "taking_down":
        problem = f"{store.location}: a take-down was stopped on its way, or is at work; finish it first"
        raise UsageError(problem, Step("takedown", store.location, {"resume": True}))


def save_state(store: Store, state: BuildState) -> None:
    """Publish ``build.json``; the bytes depend on the state alone."""
    text = json.dumps(state.model_dump(mode="json"), indent=2, sort_keys=True, ensure_ascii=False)
    store.publish_bytes(FILE, (text + "\n").encode("utf-8"))
