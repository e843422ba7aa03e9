"""Work on a build that one may only read: a folder of one's own, whose names lead to the build's files.

::

    MINE/build.json  plan  shards  rows  rejects  index   links to the build's
    MINE/scores  cuts     a link a file: what is made again takes the link's place, what is new lies beside it
    MINE/audit            one's own

Scores, cuts, pages, sheets and training take it for a build like any other.
"""

from __future__ import annotations

from pathlib import Path

from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import FILE
from ieiw.triplets.layout.index import open_build
from ieiw.triplets.storage.store import Store, open_store

_WHOLE = (FILE, "plan", "shards", "rows", "rejects", "index")
_FILE_BY_FILE = ("scores", "cuts")


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
    made = [path for top in _FILE_BY_FILE for path in sorted((store.local / top).rglob("*")) if path.is_file()]
    for name in (*_WHOLE, *(str(path.relative_to(store.local)) for path in made)):
        link = mine / name
        if not link.is_symlink() and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(store.local / name)
    return str(mine)


def check_writable(store: Store) -> None:
    """Make sure, before long work, that its result can be written.

    Raises:
        UsageError: the build may only be read; says how to work on it from another folder.
    """
    try:
        store.spooled()
    except UsageError as error:
        raise UsageError(f"{error}, or make a folder of your own to work in", Step(values={"out": "FOLDER"})) from error
