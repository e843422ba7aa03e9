"""Work on a build that one may only read: a folder of one's own, whose names lead to the build's files.

::

    MINE/build.json  plan  shards  rows  rejects  index   links to the build's, and replacement where it has one
    MINE/scores  embeddings  cuts     a link a file: what is made again takes the link's place, what is new lies beside it
    MINE/audit            one's own

Scores, cuts, pages, sheets and training take it for a build like any other.
"""

from __future__ import annotations

from pathlib import Path

from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import FILE
from ieiw.triplets.layout.index import open_build
from ieiw.triplets.layout.scores import PARTS
from ieiw.triplets.storage.store import Store, open_store

_WHOLE = (FILE, "plan", "shards", "rows", "rejects", "index")
_STEPS = "replacement"  # said again: layout/replacement.py loads OpenCV
_FILE_BY_FILE = ("scores", "embeddings", "cuts")


def borrow(build: str, out: str) -> str:
    """Lay out a folder for work on another's build, or bring it up to date; returns its location.

    Args:
        build: folder of a complete build.
        out: folder of one's own, new or laid out so before.

    Raises:
        UsageError: no complete build, one in a bucket, or a folder that holds something else.
    """
    store = open_store(build)
    if store.local is None:
        raise UsageError(f"{build}: only a build in a folder can be worked on from another. Copy it to a folder first")
    open_build(store)
    mine = Path(out).expanduser().resolve()
    if mine == store.local:
        return str(mine)
    for name in _WHOLE:
        link = mine / name
        if (link.exists() or link.is_symlink()) and not (link.is_symlink() and link.readlink() == store.local / name):
            raise UsageError(f"{mine}: holds another build or other files. Give a folder of its own")
    for name in _WHOLE:
        _link(mine / name, store.local / name)
    if (store.local / _STEPS).is_dir():
        _link(mine / _STEPS, store.local / _STEPS)
    for top in _FILE_BY_FILE:
        for folder in sorted((store.local / top).glob("*")):
            if f"{top}/{folder.name}" != PARTS:  # a scoring under way
                _link_files(mine / top / folder.name, folder)
    return str(mine)


def _link_files(mine: Path, theirs: Path) -> None:
    """Link the files of a score or a cut, unless it was made again here; links whose files are gone go."""
    here = [path for path in mine.rglob("*") if path.is_symlink() or path.is_file()]
    for path in here:
        if path.is_symlink() and not path.exists():
            path.unlink()
    if all(path.is_symlink() for path in here if path.exists()):
        for path in theirs.rglob("*"):
            if path.is_file():
                _link(mine / path.relative_to(theirs), path)


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)


def check_own(store: Store) -> None:
    """Make sure that what is planned or built goes into no other build.

    Raises:
        UsageError: the folder was laid out by :func:`borrow`.
    """
    if store.local is not None and (store.local / FILE).is_symlink():
        raise UsageError(f"{store.location}: leads to another's build. Build there, or into a folder of its own")


def check_writable(store: Store) -> None:
    """Make sure, before long work, that its result can be written.

    Raises:
        UsageError: the build may only be read; says how to work on it from another folder.
    """
    try:
        store.spooled()
    except UsageError as error:
        raise UsageError(f"{error}, or make a folder of your own to work in", Step(values={"out": "FOLDER"})) from error
