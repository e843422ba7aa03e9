"""What models make for records: asked for by job, found by the job's digest, whoever made it and whenever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ieiw.builders.protocols import PaintJob
from ieiw.models.protocols import Inpainter
from ieiw.triplets.records import Image
from ieiw.triplets.rejects import Reason, Refusal


class Artefacts(Protocol):
    """Gives what models made: at once, as :class:`Inpainted` does, or from what an earlier stage committed."""

    @property
    def batch(self) -> int:
        """How many records are best asked for together; results never depend on it beyond float rounding."""
        ...

    def get(self, jobs: Sequence[Any]) -> Sequence[Any]:
        """One result a :class:`~ieiw.builders.protocols.Job`, in order; a :class:`Refusal` where there is none."""
        ...


class Inpainted:
    """Paints when it is asked.

    Args:
        inpainter: of the build.
    """

    def __init__(self, inpainter: Inpainter) -> None:
        self._inpainter = inpainter

    @property
    def batch(self) -> int:
        """The inpainter's."""
        return max(1, self._inpainter.batch)

    def get(self, jobs: Sequence[PaintJob]) -> Sequence[Image | Refusal]:
        """See :class:`Artefacts`. One bad picture does not cost its neighbours theirs: they are painted again, one by one."""
        if not jobs:
            return []
        try:
            return self._inpainter.paint([job.picture for job in jobs], [job.hole for job in jobs])
        except Exception as error:
            if len(jobs) == 1:
                return [unexpected(error)]
            return [result for job in jobs for result in self.get([job])]


class ByKind:
    """Sends each job to who does its kind.

    Args:
        kinds: type of job -> who does them.
    """

    def __init__(self, kinds: Mapping[type, Artefacts]) -> None:
        self._kinds = kinds

    @property
    def batch(self) -> int:
        """The largest of theirs."""
        return max(each.batch for each in self._kinds.values())

    def get(self, jobs: Sequence[Any]) -> Sequence[Any]:
        """See :class:`Artefacts`."""
        found: dict[int, Any] = {}
        for kind, artefacts in self._kinds.items():
            mine = [at for at, job in enumerate(jobs) if type(job) is kind]
            found |= zip(mine, artefacts.get([jobs[at] for at in mine]), strict=True)
        return [found[at] for at in range(len(jobs))]


def unexpected(error: Exception) -> Refusal:
    """An error that nobody foresaw costs one attempt, not the build; the reject names it."""
    return Refusal(Reason.TASK_FAILED, f"{type(error).__name__}: {error}")
