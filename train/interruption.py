"""SIGTERM, SIGHUP and Ctrl-C end a training after the step at hand, with a checkpoint.

Slurm, Kubernetes and spot machines send SIGTERM and wait for half a minute or more; a terminal that is closed sends SIGHUP.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

_HEARD = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Interruption:
    """Listens while its block runs; a second signal ends the process at once, as usual.

    Attributes:
        signal: number of the signal that was heard; 0 while none was.
    """

    def __init__(self) -> None:
        self.signal = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():  # Python allows no other to listen
            for number in _HEARD:
                if signal.getsignal(number) is not signal.SIG_IGN:  # a shell may start a process deaf to Ctrl-C
                    self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.signal = number
        self.__exit__()
