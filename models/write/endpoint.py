"""A language model behind an OpenAI-compatible endpoint."""

from __future__ import annotations

from ieiw.models.endpoint import Endpoint
from ieiw.models.protocols import Writer
from ieiw.models.write.common import MOST_TOKENS, whole_lines


class EndpointWriter(Writer):
    """A model behind ``POST <base>/chat/completions``; see :class:`~ieiw.models.endpoint.Endpoint`.

    Args:
        base: such as ``http://localhost:8000/v1``; a bare host gets ``/v1``.
        model: as the server calls it; may be empty where the server has just one.
        temperature: of sampling, 0 to 2.
        max_tokens: of one answer, what a reasoning model thinks included.
        timeout: seconds for one answer.
        tries: of one request, at least 1.
        first_pause: seconds before the second try; doubled each time.

    Raises:
        UsageError: ``base`` is no http address.
    """

    name = "endpoint"
    stand_in = False
    cost = 10.0  # not measured; of one answer
    device = "remote"

    def __init__(
        self,
        base: str,
        model: str = "",
        *,
        temperature: float = 1.0,
        max_tokens: int = MOST_TOKENS,
        timeout: float = 120.0,
        tries: int = 5,
        first_pause: float = 1.0,
    ) -> None:
        self._endpoint = Endpoint(base, model, timeout, tries, first_pause)
        self._temperature, self._max_tokens = temperature, max_tokens

    def describe(self) -> dict[str, str]:
        """Model and temperature; the address is no part of it, since the same model may move."""
        return {"writer": self.name, "model": self._endpoint.model, "temperature": f"{self._temperature:g}"}

    def write(self, prompt: str, seed: int) -> str:
        """See :class:`ieiw.models.protocols.Writer`."""
        settings = {"temperature": self._temperature, "max_tokens": self._max_tokens, "seed": seed}
        answer = self._endpoint.ask(prompt, settings)
        return whole_lines(answer.text) if answer.cut else answer.text
