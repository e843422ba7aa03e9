"""Language models that write: behind an OpenAI-compatible endpoint, or from a local folder with transformers."""

from __future__ import annotations

from typing import Protocol

MOST_TOKENS = 1024
"""Of one answer."""


class Writer(Protocol):
    """Continues a conversation of one message.

    Attributes:
        name: what provenance shows, such as ``endpoint`` or ``transformers``.
    """

    name: str

    def write(self, prompt: str, seed: int) -> str:
        """The model's answer.

        Args:
            prompt: the message.
            seed: asks for another answer to the same prompt; equal seeds give equal answers as far as the model allows.

        Raises:
            UsageError: the model is not there, or refuses; what can be tried again was tried.
        """
        ...

    def describe(self) -> dict[str, str]:
        """Model and settings, for provenance and for the cache's key; never a secret."""
        ...


def whole_lines(text: str) -> str:
    """An answer that was cut at its greatest length, without its last line: half a sentence is no sentence."""
    return text.rpartition("\n")[0]
