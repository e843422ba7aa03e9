"""Real weights or refuse: where a published checkpoint lies, its digest, and whether it holds what its manifest says."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from ieiw.triplets.errors import UsageError

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Weights:
    """A published file of weights.

    Attributes:
        backend: that needs it.
        role: of that backend; messages name ``backends.ROLE``. Empty for a score.
        file: as it is published; a painter's or captioner's may be a folder.
        site: address to download it from.
        variable: of the environment, with the path where ``options.weights`` gives none.
        stand_in: backend of the same role, or score, that needs no weights.
    """

    backend: str
    role: str
    file: str
    site: str
    variable: str
    stand_in: str

    def find(self, given: str = "", *, folder: bool = False) -> Path:
        """The file, from the options' path or else the variable's.

        Args:
            given: the options' path.
            folder: whether a folder will do as well.

        Raises:
            UsageError: neither is given, or there is no such file; names the file, its site and the stand-in.
        """
        path = given or os.environ.get(self.variable, "")
        found = Path(path).expanduser()
        if path and (found.is_file() or (folder and found.is_dir())):
            return found.resolve()
        problem = f"no file {path}" if path else f"neither options.weights nor {self.variable} is set"
        where, instead = f"backends.{self.role}: ", f"backends.{self.role}={self.stand_in}"
        if not self.role:
            where, instead = "score ", f"the score {self.stand_in}"
        raise UsageError(
            f"{where}{self.backend}: {problem}. Download {self.file} from {self.site} and give its path, or choose the embedded "
            f"stand-in, {instead}"
        )

    def refused(self, path: str | Path, reason: str) -> UsageError:
        """The error of a file that holds something else."""
        return UsageError(f"{path}: {reason}. Download {self.file} again from {self.site}")

    def check_manifest(self, path: Path, shapes: Mapping[str, Sequence[int]], manifest: bytes) -> None:
        """Compare a checkpoint's tensors with those of the published one.

        Args:
            path: of the checkpoint, for the message.
            shapes: tensor -> shape, as the file has them.
            manifest: JSON of the same form, one of ``models/manifests``.

        Raises:
            UsageError: a tensor is missing, too many, or of another shape; the first of them are named.
        """
        expected = msgspec.json.decode(manifest, type=dict[str, tuple[int, ...]])
        actual = {name: tuple(shape) for name, shape in shapes.items()}
        wrong = [
            f"{name} is {actual.get(name, 'missing')}, published {expected.get(name, 'without it')}"
            for name in sorted(expected.keys() | actual.keys())
            if expected.get(name) != actual.get(name)
        ]
        if wrong:
            raise self.refused(path, f"{len(wrong)} tensors differ: {'; '.join(wrong[:_MOST_NAMED])}")


def digest(path: Path) -> str:
    """SHA-256 of a file; computed once a process for each state of the file."""
    state = path.stat()
    return _digest(path, state.st_size, state.st_mtime_ns)


def digest_all(folder: Path, paths: Iterable[Path]) -> str:
    """SHA-256 of several files of a folder: of their names in it and their digests, in the order of the names."""
    lines = sorted(f"{path.relative_to(folder).as_posix()} {digest(path)}\n" for path in paths)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@cache
def _digest(path: Path, size: int, changed_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
