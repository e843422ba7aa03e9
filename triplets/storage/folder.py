"""A build in a folder: spool, fsync, rename, fsync of the folder; exclusive creation is a hard link, or a rename in turn."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.processes import owner, owner_lives

SPOOL = ".spool"
"""Folder of half-written files below a build on disk; nothing in it is ever read."""
_NOT_ALLOWED = {errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTSUP}
"""What the system answers where no folder can be made, now or later; /proc says that there is no such file."""
_NO_LINKS = {
    *(errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL),
    *(errno.EXDEV, errno.ENOTTY),
}
"""What file systems without hard links answer: exFAT, gcsfuse, many FUSE and SMB mounts; EXDEV those that join several disks."""
_NO_FLUSH = {errno.EINVAL, errno.EBADF, errno.EISDIR, errno.ENOTSUP, errno.ENOSYS, errno.EACCES, errno.EPERM}
"""What file systems that cannot flush a folder answer."""
_ABANDONED_S = 86_400.0
"""A spooled file of another machine is taken for left behind after so long."""


class FolderStore:
    """A build in a folder of a POSIX file system."""

    def __init__(self, folder: Path) -> None:
        self.local: Path | None = folder.expanduser().resolve()
        self._folder = self.local
        self.location = str(self._folder)

    def publish(self, name: str, file: Path) -> None:
        """See :class:`~.store.Store`."""
        target = self._target(name)
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
        file.replace(target)
        sync(target.parent)

    def publish_bytes(self, name: str, data: bytes) -> None:
        """See :class:`~.store.Store`."""
        self.publish(name, self._written(data))

    def create(self, name: str, data: bytes) -> bool:
        """See :class:`~.store.Store`."""
        target, spooled = self._target(name), self._written(data)
        reach("rows-spooled")
        try:
            if not self._put(spooled, target):
                return False
        finally:
            spooled.unlink(missing_ok=True)
        sync(target.parent)
        return True

    def _put(self, spooled: Path, target: Path) -> bool:
        """Give a spooled file its name, unless that is taken."""
        try:
            os.link(spooled, target)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
        else:
            return True
        # Without hard links: look and rename, while no other process of this machine does. Of two machines at the same instant
        # both may rename; the unit's two row files then say the same of the same bytes.
        with _turn(self._folder / SPOOL / "turn"):
            if target.exists():
                return False
            spooled.replace(target)
        return True

    def read(self, name: str) -> bytes:
        """See :class:`~.store.Store`."""
        return (self._folder / name).read_bytes()

    def read_range(self, name: str, offset: int, size: int) -> bytes:
        """See :class:`~.store.Store`."""
        with (self._folder / name).open("rb") as stream:
            return os.pread(stream.fileno(), size, offset)

    def open(self, name: str) -> Any:
        """See :class:`~.store.Store`."""
        return (self._folder / name).open("rb")

    def sizes(self, folder: str) -> dict[str, int]:
        """See :class:`~.store.Store`."""
        try:
            with os.scandir(self._folder / folder) as entries:
                return {entry.name: entry.stat().st_size for entry in entries if entry.is_file()}
        except FileNotFoundError:
            return {}

    def folders(self, folder: str) -> list[str]:
        """See :class:`~.store.Store`."""
        try:
            with os.scandir(self._folder / folder) as entries:
                return sorted(entry.name for entry in entries if entry.is_dir())
        except FileNotFoundError:
            return []

    def exists(self, name: str) -> bool:
        """See :class:`~.store.Store`."""
        return (self._folder / name).is_file()

    def delete(self, name: str) -> None:
        """See :class:`~.store.Store`."""
        (self._folder / name).unlink(missing_ok=True)

    def spooled(self) -> Path:
        """See :class:`~.store.Store`."""
        return self.spool() / uuid.uuid4().hex

    def spool(self) -> Path:
        """The folder of half-written files. Each process has its own: no sweep takes what another is still writing."""
        folder = self._folder / SPOOL / owner()
        if not folder.is_dir():
            self.sweep()  # the first file of this process: what killed ones left is cleared by whatever comes next
            self._make(folder)
        return folder

    def _make(self, folder: Path) -> None:
        """The first thing that is written: here it shows whether anything can be."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            if error.errno not in _NOT_ALLOWED:
                raise
            raise UsageError(
                f"{self.location}: cannot be written ({error.strerror}). Give a folder that you may write to"
            ) from error

    def sweep(self) -> None:
        """See :class:`~.store.Store`. What living processes are writing stays."""
        spools = self._folder / SPOOL
        for spool in list(spools.iterdir()) if spools.is_dir() else ():
            if not spool.is_dir():
                if spool.name != "turn":
                    spool.unlink(missing_ok=True)
            elif not _in_use(spool):
                shutil.rmtree(spool, ignore_errors=True)

    def free_bytes(self) -> int | None:
        """See :class:`~.store.Store`."""
        folder = self._folder
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def _target(self, name: str) -> Path:
        target = self._folder / name
        self._make(target.parent)
        return target

    def _written(self, data: bytes) -> Path:
        file = self.spooled()
        with file.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        return file


def _in_use(spool: Path) -> bool:
    """Whether the process that owns a spool may still write: by its number where that means it, else by the spool's age."""
    lives = owner_lives(spool.name)
    if lives is not None:
        return lives
    try:
        return time.time() - spool.stat().st_mtime < _ABANDONED_S
    except FileNotFoundError:  # swept by another just now
        return False


@contextlib.contextmanager
def _turn(file: Path) -> Iterator[None]:
    """One process of this machine at a time; where the file system knows no locks, all at once."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sync(path: Path) -> None:
    """Bring a file, or a folder's names, to disk: a rename is durable only once its folder is."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if not path.is_dir() or error.errno not in _NO_FLUSH:
            raise
