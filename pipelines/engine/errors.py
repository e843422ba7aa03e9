"""How a build can end early; the command line gives each an exit status of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ieiw.triplets.errors import UsageError

if TYPE_CHECKING:
    from ieiw.triplets.layout.plan import UnitRef


class WorkerDiedError(Exception):
    """A worker, or the driver itself, was killed.

    Attributes:
        units: what the dead were at; empty where they died between units.
    """

    def __init__(self, units: Sequence[UnitRef], what: str) -> None:
        super().__init__(what)
        self.units = tuple(units)


class DriverFailedError(Exception):
    """The pipeline ended with an error of its own (storage, a flag that Beam refuses); the message says which."""


class TooManyRejectsError(UsageError):
    """A source rejected more than its ``max_reject_share``; the message gives the top reasons."""
