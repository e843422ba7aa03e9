"""An OpenAI-compatible endpoint: asked, waited for, and asked again where that may help."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from ieiw.triplets.errors import UsageError

KEY_VARIABLE = "OPENAI_API_KEY"
"""Environment variable of the endpoint's key; local servers need none."""
_CHAT = "/chat/completions"
_MOST_LETTERS = 16  # a token, in any script; of servers that heed no max_tokens no more is read
_MOST_WAIT = 30.0  # seconds between two tries
_MOST_SERVER_WAIT = 300.0  # where the server says how long
_TRANSIENT = frozenset({408, 409, 429, *range(500, 600)})
_OF_THE_REQUEST = frozenset({400, 413, 422})


class RefusedError(UsageError):
    """The endpoint answers, but not to this request: another one may be answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said.

    Attributes:
        text: of all parts; empty where a reasoning model spent all of its tokens on thinking.
        cut: whether it was cut at its greatest length.
        tokens: of the request and of the answer, as the server counts them.
    """

    text: str
    cut: bool
    tokens: int


class Endpoint:
    """``POST <base>/chat/completions``.

    Connections that fail, time-outs, and the statuses 408, 409, 429 and 5xx are tried again with growing pauses.

    Args:
        base: such as ``http://localhost:8000/v1``; a bare host gets ``/v1``.
        model: as the server calls it; may be empty where the server has just one.
        timeout: seconds for one answer.
        tries: of one request, at least 1.
        first_pause: seconds before the second try; doubled each time.

    Raises:
        UsageError: ``base`` is no http address.
    """

    def __init__(self, base: str, model: str, timeout: float, tries: int, first_pause: float) -> None:
        parts = urlsplit(base)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise UsageError(f"{base}: not an http address; give http://HOST:PORT/v1, or the folder of a local model")
        if parts.username or parts.password:
            raise UsageError(f"no user name or password in the address of an endpoint; put the key in {KEY_VARIABLE}")
        path = parts.path.rstrip("/").removesuffix(_CHAT)
        self._base = f"{parts.scheme}://{parts.netloc}{path or '/v1'}"
        self._given_model = model
        self._timeout, self._tries, self._first_pause = timeout, max(1, tries), first_pause

    @cached_property
    def model(self) -> str:
        """The model's name, asked of the server where none was given."""
        if self._given_model:
            return self._given_model
        listed = self._request("GET", "/models", None).get("data")
        names = (
            [str(entry.get("id")) for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
        )
        if len(names) != 1:
            raise UsageError(f"{self._base}: say which model; it has {', '.join(names[:20]) or 'none'}")
        return names[0]

    def ask(self, content: str | Sequence[Mapping[str, Any]], settings: Mapping[str, Any]) -> Answer:
        """One message, one answer.

        Args:
            content: of the message: a text, or parts as the chat API has them.
            settings: of the request, such as ``temperature``, ``max_tokens`` and ``seed``.

        Raises:
            RefusedError: this request is refused, or its answer holds no message.
            UsageError: nobody answers after the last try, or the key or the address is wrong.
        """
        body = {"model": self.model, "messages": [{"role": "user", "content": content}], **settings}
        answer = self._request("POST", _CHAT, body)
        try:
            choice = answer["choices"][0]
            text = _text(choice["message"].get("content"))
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            said = f"; it says {str(answer['error'])[:200]}" if answer.get("error") else ""
            raise RefusedError(f"{self._base}{_CHAT}: no choices[0].message in the answer{said}") from error
        usage = answer.get("usage")
        tokens = usage.get("total_tokens") if isinstance(usage, dict) else 0
        most = _MOST_LETTERS * int(settings.get("max_tokens", len(text)))
        cut = choice.get("finish_reason") == "length" or len(text) > most
        return Answer(text[:most], cut, tokens if isinstance(tokens, int) else 0)

    @cached_property
    def _client(self) -> Any:
        import httpx

        key = os.environ.get(KEY_VARIABLE, "")
        return httpx.Client(timeout=self._timeout, headers={"Authorization": f"Bearer {key}"} if key else {})

    def _request(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """The answer as JSON.

        Raises:
            UsageError: after the last try, or at once where trying again is of no use.
        """
        import httpx
        from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

        usual = wait_exponential_jitter(initial=self._first_pause, max=_MOST_WAIT, jitter=self._first_pause)

        def pause(state: RetryCallState) -> float:
            seconds = _retry_after(state.outcome.exception() if state.outcome else None)
            return usual(state) if seconds is None else min(seconds, _MOST_SERVER_WAIT)

        def request() -> Any:
            response = self._client.request(method, where, json=body)
            response.raise_for_status()
            try:
                return response.json()
            except RecursionError as error:
                raise ValueError("nested too deeply") from error
            except ValueError as error:
                begin = " ".join(response.content[:80].decode("utf-8", "replace").split()) or "nothing"
                raise ValueError(f"the answer is no JSON, but {begin!r}") from error

        retrying = Retrying(
            retry=retry_if_exception(_is_transient), stop=stop_after_attempt(self._tries), wait=pause, reraise=True
        )
        where = f"{self._base}{path}"
        try:
            answer = retrying(request)
        except httpx.HTTPStatusError as error:
            kind_of_error = RefusedError if error.response.status_code in _OF_THE_REQUEST else UsageError
            raise kind_of_error(f"{where}: {_explain(error.response, self._tries)}") from error
        except ValueError as error:
            raise UsageError(
                f"{where}: in {self._tries} tries {error}. Is this the address of an OpenAI-compatible endpoint, and not of a "
                "page to log in at?"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            kind = f"{type(error).__name__}: {error}".rstrip(": ")
            raise UsageError(
                f"{where}: no answer in {self._tries} tries ({kind}). Is the server running? What was written so far is kept; "
                "run it again to go on."
            ) from error
        if not isinstance(answer, dict):
            raise UsageError(f"{where}: the answer is no JSON object; is this an OpenAI-compatible endpoint?")
        return answer


def _text(content: object) -> str:
    """The text of an answer, which may come in parts; empty where a reasoning model spent all of its tokens on thinking."""
    parts = content if isinstance(content, list) else [content]
    texts = (part.get("text") if isinstance(part, dict) else part for part in parts)
    whole = "".join(text for text in texts if isinstance(text, str))
    # Half a surrogate pair is no text, and marks of no width are no words.
    return whole.encode("utf-8", "replace").decode("utf-8") if any(map(str.isalnum, whole)) else ""


def _retry_after(error: BaseException | None) -> float | None:
    """Seconds that a server asks for in ``Retry-After`` (a number or a date, RFC 9110); None where it does not."""
    import httpx

    value = error.response.headers.get("retry-after", "") if isinstance(error, httpx.HTTPStatusError) else ""
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _is_transient(error: BaseException) -> bool:
    """Whether trying again may help."""
    import httpx

    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in _TRANSIENT
    return isinstance(error, httpx.TransportError | ValueError)  # ValueError: half an answer is no JSON


def _explain(response: Any, tries: int) -> str:
    status, body = response.status_code, " ".join(response.text.split())[:200]
    if status in {401, 403}:
        return f"status {status}, the key is refused. Put the right one in {KEY_VARIABLE}. ({body})"
    if status == 404:
        return f"status 404. Is the address right (it mostly ends with /v1), and is there such a model? ({body})"
    if status in _TRANSIENT:
        return f"status {status} in {tries} tries ({body}). What was written so far is kept; run it again later."
    return f"status {status} ({body})"
