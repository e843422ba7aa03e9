"""A causal language model in a local folder or the Hugging Face cache, run by transformers."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

from ieiw.models.protocols import Writer
from ieiw.models.torchvision_operators import declare_operators_on_import
from ieiw.models.write.common import MOST_TOKENS, whole_lines
from ieiw.triplets.errors import UsageError


class LocalWriter(Writer):
    """A causal language model in a local folder or the Hugging Face cache, run by transformers.

    Args:
        model: folder or hub id.
        temperature: of sampling, more than 0.
        max_tokens: longest answer.

    The model is loaded with the first text.
    """

    name = "transformers"
    stand_in = False
    cost = 10.0  # not measured; of one answer

    def __init__(self, model: str, *, temperature: float = 1.0, max_tokens: int = MOST_TOKENS) -> None:
        self._name = model
        self._temperature = temperature
        self._max_tokens = max_tokens

    @property
    def device(self) -> str:
        """``cuda`` where there is one, else ``cpu``."""
        import torch

        return "cuda" if torch.cuda.is_available() else "cpu"

    def describe(self) -> dict[str, str]:
        """Model and temperature; of a folder, its last part and the digest of its settings."""
        config = Path(self._name).expanduser() / "config.json"
        model = self._name
        if config.is_file():
            model = f"{config.parent.name} ({hashlib.sha256(config.read_bytes()).hexdigest()[:12]})"
        return {"writer": self.name, "model": model, "temperature": f"{self._temperature:g}"}

    def write(self, prompt: str, seed: int) -> str:
        """See :class:`ieiw.models.protocols.Writer`.

        Raises:
            UsageError: there is no such model; the message says what to give instead.
        """
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
        answer = written[0, tokens["input_ids"].shape[1] :]
        text = str(tokenizer.decode(answer, skip_special_tokens=True))
        return whole_lines(text) if len(answer) >= self._max_tokens else text

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        declare_operators_on_import()
        from transformers import AutoModelForCausalLM, AutoTokenizer

        path = str(Path(self._name).expanduser()) if Path(self._name).expanduser().exists() else self._name
        try:
            tokenizer = AutoTokenizer.from_pretrained(path)
            model: Any = AutoModelForCausalLM.from_pretrained(path)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0][:200]
            raise UsageError(
                f"{self._name}: cannot be loaded ({reason}). Give a folder that holds a causal language model and its "
                "tokenizer, a hub id, or the http address of an endpoint."
            ) from error
        return tokenizer, model.to(self.device).eval()
