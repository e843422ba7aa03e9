"""Asking a language model for the sentence of a replacement, and reading its answer."""

from __future__ import annotations

import re

import msgspec

from ieiw.builders.instructions.described import Described
from ieiw.builders.instructions.expand import lines_of
from ieiw.triplets.rejects import Reason, Refusal

PROMPT = """\
One thing in a photo was replaced by another. Write the instruction that a person would give for this edit.

The thing before: {source}
The thing after: {target}
The whole photo before: {before}
The whole photo after: {after}

Rules: one short imperative sentence. Say what is changed to what, in this direction. Name only what stands above, in the same \
number; give a colour or another detail of a thing only where it stands above. If both are the same kind of thing, say how they \
look. Speak of the photo's things, never of captions or pictures.

Examples:
before: a dog running on grass; after: a cat with black and white stripes -> {"instruction": "change the running dog to a cat with \
black and white stripes"}
before: a red vase (on the left); after: a potted plant -> {"instruction": "replace the red vase on the left with a potted plant"}
before: a white mug; after: a blue mug -> {"instruction": "turn the white mug into a blue mug"}

Answer with JSON alone: {"instruction": "..."}"""
"""``{source}``, ``{target}``, ``{before}`` and ``{after}`` are filled; other braces stand as they are."""
_GAP = re.compile(r"\{(source|target|before|after)\}")
_OBJECT = re.compile(r"\{[^{}]*\}")
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
_LEAD = re.compile(r"^(?:instruction|answer|edit|output)\s*[:=-]\s*", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:here(?: is|'s|’s)|sure|certainly|of course|okay|ok\b)", re.IGNORECASE)


class _Answer(msgspec.Struct):
    instruction: str


def prompt_of(source: Described, target: Described, whole: tuple[str, str], template: str = PROMPT) -> str:
    """What the model is asked.

    Args:
        source: what was in the picture.
        target: what is there now.
        whole: captions of the whole picture before and after.
        template: with the gaps of :data:`PROMPT`, any of which may be left out.
    """
    said = {
        "source": _said(source),
        "target": _said(target),
        "before": _plain(whole[0]) or "unknown",
        "after": _plain(whole[1]) or "unknown",
    }
    return _GAP.sub(lambda gap: said[gap[1]], template)


def _said(described: Described) -> str:
    caption, label = _plain(described.caption), _plain(described.label).lower()
    text = caption or label or "an object"
    extra = [label] if label and caption and label not in caption.lower() else []
    extra += [described.colour] if described.colour and described.colour not in text.split() else []
    extra += [described.place] if described.place else []
    extra += [f"one of {described.alike + 1}; say which"] if described.alike else []
    return f"{text} ({', '.join(extra)})" if extra else text


def _plain(text: str) -> str:
    """On one line, without braces: captions are data."""
    return " ".join(re.sub(r"[{}]", " ", text).split())


def read_answer(text: str) -> str:
    """The sentence in a model's answer: JSON, fenced or among words, or a line by itself; without quotes and a full stop.

    Raises:
        Refusal: ``instruction_unusable``: no sentence, several different ones, or JSON without one.
    """
    text = _THOUGHT.sub("", text)
    if "{" in text:
        found = {sentence for part in _OBJECT.findall(text) if (sentence := _tidied(_instruction(part)))}
    else:
        lines = lines_of(re.sub(r"^\s*```\w*\s*$", "", text, flags=re.MULTILINE))
        found = {_tidied(line) for line in lines if not (_ABOUT.match(line) and line.endswith((":", "!", ".")))} - {""}
    if len(found) != 1:
        detail = f"{len(found)} sentences" if found else "no sentence"
        raise Refusal(
            Reason.INSTRUCTION_UNUSABLE, f"the model's answer holds {detail}: {' '.join(text.split())[:120]!r}"
        )
    return found.pop()


def _instruction(part: str) -> str:
    try:
        return msgspec.json.decode(part, type=_Answer).instruction
    except msgspec.DecodeError:
        return ""


def _tidied(line: str) -> str:
    """Without what stands around a sentence."""
    line = _LEAD.sub("", " ".join(line.split()))
    while len(line) > 1 and line[0] in "\"'“‘`*" and line[-1] in "\"'”’`*":
        line = line[1:-1].strip()
    return re.sub(r"(?<=[\w\"'])\.$", "", line)
