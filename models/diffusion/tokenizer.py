"""CLIP's tokenizer without a download: the vocabulary comes inside the open_clip package."""

from __future__ import annotations

import gzip
import importlib.util
import json
import tempfile
from pathlib import Path
from typing import Any

from transformers import CLIPTokenizer

from ieiw.triplets.errors import UsageError

TOKENS = 77
"""Of a sentence, the two marks at its ends included."""


def clip_tokenizer() -> Any:
    """The tokenizer of CLIP, made from the vocabulary inside the open_clip package: the same 49,408 tokens."""
    vocabulary, merges = _clip_vocabulary()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
        (Path(folder) / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
        special = {
            "bos_token": "<|startoftext|>",
            "eos_token": "<|endoftext|>",
            "unk_token": "<|endoftext|>",
            "pad_token": "<|endoftext|>",
            "model_max_length": TOKENS,
            "tokenizer_class": "CLIPTokenizer",
        }
        (Path(folder) / "tokenizer_config.json").write_text(json.dumps(special), encoding="utf-8")
        return CLIPTokenizer.from_pretrained(folder)


def _clip_vocabulary() -> tuple[dict[str, int], list[str]]:
    """Token -> number, and the merges, as open_clip's own tokenizer lays them out."""
    package = importlib.util.find_spec("open_clip")
    if package is None or package.origin is None:
        raise UsageError(
            "the package open_clip_torch is missing, which brings CLIP's vocabulary. Install the project again"
        )
    with gzip.open(Path(package.origin).with_name("bpe_simple_vocab_16e6.txt.gz"), "rt", encoding="utf-8") as file:
        merges = file.read().split("\n")[1 : 49152 - 256 - 2 + 1]
    bytes_ = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    letters = [chr(value) for value in bytes_] + [chr(256 + extra) for extra in range(256 - len(bytes_))]
    tokens = [*letters, *(letter + "</w>" for letter in letters), *("".join(merge.split()) for merge in merges)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    return {token: number for number, token in enumerate(tokens)}, merges
