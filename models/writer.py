"""Language models that write: behind an OpenAI-compatible endpoint, or from a local folder with transformers."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from triplets.reasons import UsageError

KEY_VARIABLE = "OPENAI_API_KEY"
"""Environment variable of the endpoint's key; local servers need none."""
_CHAT = "/chat/completions"
_MOST_TOKENS = 1024
_MOST_WAIT = 30.0  # seconds between two tries


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


class EndpointWriter:
    """A model behind ``POST <base>/chat/completions``.

    Connections that fail, time-outs, and the statuses 408, 409, 429 and 5xx are tried again with growing pauses.

    Args:
        base: such as ``http://localhost:8000/v1``; a bare host gets ``/v1``.
        model: as the server calls it; may be empty where the server has just one.
        temperature: of sampling, 0 to 2.
        timeout: seconds for one answer.
        tries: of one request, at least 1.
        first_pause: seconds before the second try; doubled each time.

    Raises:
        UsageError: ``base`` is no http address.
    """

    name = "endpoint"

    def __init__(
        self,
        base: str,
        model: str = "",
        *,
        temperature: float = 1.0,
        timeout: float = 120.0,
        tries: int = 5,
        first_pause: float = 1.0,
    ) -> None:
        parts = urlsplit(base)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise UsageError(
                f"--with {base}: not an http address; write http://HOST:PORT/v1, or a folder of a local model"
            )
        if parts.username or parts.password:
            raise UsageError(f"--with: no user name or password in the address; put the key in {KEY_VARIABLE}")
        path = parts.path.rstrip("/").removesuffix(_CHAT)
        self._base = f"{parts.scheme}://{parts.netloc}{path or '/v1'}"
        self._wanted = model
        self._temperature, self._timeout = temperature, timeout
        self._tries, self._first_pause = max(1, tries), first_pause

    def describe(self) -> dict[str, str]:
        """Model and temperature; the address is no part of it, since the same model may move."""
        return {"writer": self.name, "model": self._model, "temperature": f"{self._temperature:g}"}

    def write(self, prompt: str, seed: int) -> str:
        """See :class:`Writer`."""
        body = {
            "model": self._model,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": self._temperature,
            "max_tokens": _MOST_TOKENS,
            "seed": seed,
        }
        answer = self._asked("POST", _CHAT, body)
        try:
            text = answer["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError) as error:
            raise UsageError(f"{self._base}{_CHAT}: no choices[0].message.content in the answer") from error
        return text if isinstance(text, str) else ""

    @cached_property
    def _model(self) -> str:
        if self._wanted:
            return self._wanted
        listed = self._asked("GET", "/models", None).get("data")
        names = (
            [str(entry.get("id")) for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
        )
        if len(names) != 1:
            raise UsageError(f"{self._base}: say which model with --model; it has {', '.join(names[:20]) or 'none'}")
        return names[0]

    @cached_property
    def _client(self) -> Any:
        import httpx

        key = os.environ.get(KEY_VARIABLE, "")
        return httpx.Client(timeout=self._timeout, headers={"Authorization": f"Bearer {key}"} if key else {})

    def _asked(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """The answer as JSON.

        Raises:
            UsageError: after the last try, or at once where trying again is of no use.
        """
        import httpx
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

        pauses = wait_exponential_jitter(initial=self._first_pause, max=_MOST_WAIT, jitter=self._first_pause)
        retrying = Retrying(
            retry=retry_if_exception(_passing), stop=stop_after_attempt(self._tries), wait=pauses, reraise=True
        )
        where = f"{self._base}{path}"
        try:
            found = retrying(self._once, method, where, body)
        except httpx.HTTPStatusError as error:
            raise UsageError(_told(where, error.response.status_code, error.response.text, self._tries)) from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            kind = f"{type(error).__name__}: {error}".rstrip(": ")
            raise UsageError(
                f"{where}: no answer in {self._tries} tries ({kind}). Is the server running? What was written so far is kept; "
                "run the same command again to go on."
            ) from error
        if not isinstance(found, dict):
            raise UsageError(f"{where}: the answer is no JSON object; is this an OpenAI-compatible endpoint?")
        return found

    def _once(self, method: str, where: str, body: dict[str, Any] | None) -> Any:
        response = self._client.request(method, where, json=body)
        response.raise_for_status()
        return response.json()


def _passing(error: BaseException) -> bool:
    """Whether trying again may help."""
    import httpx

    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
        return status in {408, 409, 429} or status >= 500
    return isinstance(error, httpx.TransportError | ValueError)  # ValueError: half an answer is no JSON


def _told(where: str, status: int, text: str, tries: int) -> str:
    said = " ".join(text.split())[:200]
    if status in {401, 403}:
        return f"{where}: status {status}, the key is refused. Put the right one in {KEY_VARIABLE}. ({said})"
    if status == 404:
        return (
            f"{where}: status 404. Is the address right (it mostly ends with /v1), and is there such a model? ({said})"
        )
    if status in {408, 409, 429} or status >= 500:
        return (
            f"{where}: status {status} in {tries} tries ({said}). What was written so far is kept; run it again later."
        )
    return f"{where}: status {status} ({said})"


class LocalWriter:
    """A causal language model in a local folder or the Hugging Face cache, run by transformers.

    Args:
        model: folder or hub id.
        temperature: of sampling, more than 0.
        max_tokens: longest answer.

    Raises:
        UsageError: there is no such model; the message says what to give instead.
    """

    name = "transformers"

    def __init__(self, model: str, *, temperature: float = 1.0, max_tokens: int = _MOST_TOKENS) -> None:
        self._name = model
        self._temperature = temperature
        self._max_tokens = max_tokens

    def describe(self) -> dict[str, str]:
        """Model and temperature; of a folder, its last part and the digest of its settings."""
        return {"writer": self.name, "model": self._told_model, "temperature": f"{self._temperature:g}"}

    def write(self, prompt: str, seed: int) -> str:
        """See :class:`Writer`."""
        import torch

        tokenizer, model = self._loaded
        if getattr(tokenizer, "chat_template", None):
            message = [{"role": "user", "content": prompt}]
            text = tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True)
        else:
            text = f"{prompt}\n"
        tokens = tokenizer(text, return_tensors="pt", add_special_tokens=not getattr(tokenizer, "chat_template", None))
        tokens = {name: value.to(model.device) for name, value in tokens.items() if name != "token_type_ids"}
        devices = [model.device] if model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices), torch.inference_mode():
            torch.manual_seed(seed)
            written = model.generate(
                **tokens,
                do_sample=True,
                temperature=self._temperature,
                max_new_tokens=self._max_tokens,
                pad_token_id=tokenizer.pad_token_id or tokenizer.eos_token_id or 0,
            )
        return str(tokenizer.decode(written[0, tokens["input_ids"].shape[1] :], skip_special_tokens=True))

    @property
    def _told_model(self) -> str:
        config = Path(self._name).expanduser() / "config.json"
        if not config.is_file():
            return self._name
        import hashlib

        return f"{config.parent.name} ({hashlib.sha256(config.read_bytes()).hexdigest()[:12]})"

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        path = str(Path(self._name).expanduser()) if Path(self._name).expanduser().exists() else self._name
        try:
            tokenizer = AutoTokenizer.from_pretrained(path)
            model: Any = AutoModelForCausalLM.from_pretrained(path)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0][:200]
            raise UsageError(
                f"--with {self._name}: cannot be loaded ({reason}). Give a folder that holds a causal language model and its "
                "tokenizer, a hub id, or the http address of an endpoint."
            ) from error
        return tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def writer(place: str, model: str = "", temperature: float = 1.0) -> Writer:
    """The writer at an http address, or of a local model.

    Raises:
        UsageError: the address is none.
    """
    if "://" in place:
        return EndpointWriter(place, model, temperature=temperature)
    if model:
        raise UsageError(f"--model {model}: only endpoints have several; give the model itself with --with")
    return LocalWriter(place, temperature=temperature)
