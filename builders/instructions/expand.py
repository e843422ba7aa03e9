"""Hand-written templates rewritten by a language model, as the paper had GPT-4 do: asked, checked, kept, counted.

Every answer is kept on disk under a digest of model, prompt and seed, so that a run that was stopped goes on where it was and a
second run asks nothing. What the model writes is data: every line is checked before it may become a template.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ieiw.builders.instructions.template_sets import hand_written, placeholders
from ieiw.models.protocols import Writer
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.shards import canonical_json
from ieiw.triplets.storage.store import Store

PROMPT = """\
Here is an instruction for a program that edits pictures:

{template}

Rewrite it in {count} different ways, as different people would say it: some short, some polite, some as a question, some casual.
Keep the meaning exactly. {keep}Do not add details. Write one instruction a line, without numbers, quotes or comments."""
_KEEP = "Copy {names} exactly as written, braces included: words will be put in there later. "
_EMPTY_AT_FIRST = 5
"""Of a model whose first answers are all empty no more are asked."""
_MOST_WORDS = 30
_MOST_CHARACTERS = 200
_SIDES = frozenset("left right top bottom upper lower above below front behind clockwise near far white black".split())
_NEGATIONS = frozenset("not never no don't doesn't do not won't isn't without nothing nobody avoid except".split())
_PAIRED = (("color", "other"), ("near", "far"), ("start", "end"), ("the", "a"))
"""Placeholders whose order carries the meaning (yes and no; what goes and what comes)."""
_CHATTER = (
    *("here are", "here is", "sure", "certainly", "of course", "i hope"),
    *("note:", "rewrit", "instruction:", "as an ai"),
)
"""How lines begin that are about the answer instead of being one."""
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_LABEL = re.compile(r"^\s*(?:[-*•–]\s+|\(?\d{1,3}[.):]\s*)+")
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
_QUOTES = "\"'“”‘’`"


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is asked of the model.

    Attributes:
        each: rewritings asked for in one request.
        rounds: requests for each hand-written template.
        most: templates in all, the hand-written ones included.
    """

    each: int = 10
    rounds: int = 2
    most: int = 200


@dataclass(slots=True)
class Expansion:
    """The templates of a kind and how they were made.

    Attributes:
        kind: of the sentences.
        templates: the hand-written ones, then the accepted ones in the order of asking.
        refused: reason -> lines.
        asked: requests that went to the model; the others were answered before.
        requests: requests in all.
        empty: answers without a word; they are not kept, so that a mended model is asked again.
    """

    kind: str
    templates: list[str]
    refused: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    requests: int = 0
    empty: int = 0


def expand(
    kind: str,
    writer: Writer,
    cache: Store,
    budget: Budget | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Expansion:
    """Rewrite the hand-written templates of a kind.

    Args:
        kind: a kind of :func:`ieiw.builders.instructions.template_sets.kinds`.
        writer: the model.
        cache: of answers.
        budget: how much is asked of the model.
        report: called after each request with requests done and to do.

    Raises:
        UsageError: an unknown kind, a model that cannot be reached, or one that answers nothing; answers so far are kept.
    """
    budget = budget or Budget()
    originals = hand_written(kind)
    result = Expansion(kind, list(originals))
    taken = {_plain(template) for template in originals}
    jobs = [(template, turn) for turn in range(budget.rounds) for template in originals]
    for done, (template, turn) in enumerate(jobs, 1):
        if len(result.templates) >= budget.most:
            break
        names = " and ".join(f"{{{name}}}" for name in sorted(placeholders(template)))
        keep = _KEEP.replace("{names}", names) if names else ""
        prompt = PROMPT.replace("{template}", template).replace("{count}", str(budget.each)).replace("{keep}", keep)
        for line in lines_of(_answer(writer, cache, prompt, turn, result)):
            reason = unfit(line, template, taken)
            if reason:
                result.refused[reason] += 1
            elif len(result.templates) < budget.most:
                taken.add(_plain(line))
                result.templates.append(line)
        if report:
            report(done, len(jobs))
        if result.empty == result.requests and done in (_EMPTY_AT_FIRST, len(jobs)):
            raise UsageError(
                f"the model's first {done} answers hold no word. A reasoning model may spend all its tokens on "
                "thinking: allow more tokens an answer (max_tokens), or have the server turn thinking off"
            )
    return result


def document(result: Expansion, writer: Writer | None) -> dict[str, Any]:
    """What a file of instructions holds, with where its templates come from; without a writer, the hand-written set."""
    by_hand = len(hand_written(result.kind))
    provenance: dict[str, Any] = {"hand_written": by_hand, "written": len(result.templates) - by_hand}
    if writer is not None:
        provenance |= writer.describe()
        provenance |= {
            "prompt_sha256": hashlib.sha256(f"{PROMPT}\0{_KEEP}".encode()).hexdigest(),
            "requests": result.requests,
            "refused": dict(sorted(result.refused.items())),
        }
    return {"kind": result.kind, "templates": list(result.templates), "provenance": provenance}


def lines_of(text: str) -> Iterator[str]:
    """The sentences of an answer: one a line, without thoughts, numbers, bullets and quotes around them."""
    for raw in _THOUGHT.sub("", text).splitlines():
        line = " ".join(_LABEL.sub("", raw).split())
        while len(line) > 1 and line[0] in _QUOTES and line[-1] in _QUOTES:
            line = line[1:-1].strip()
        if line:
            yield line


def unfit(line: str, template: str, taken: Iterable[str] = ()) -> str:
    """Why a line cannot stand beside its template; empty where it can.

    Returns:
        ``placeholders`` (lost, doubled, invented, or braces of another kind), ``order`` (of a yes and a no), ``length``,
        ``sides`` (left, right and their like are not the same), ``negation`` (one that was not there), ``chatter`` (about the
        task instead of an instruction), ``characters``, ``duplicate``.
    """
    low = line.lower()
    checks: tuple[tuple[str, bool], ...] = (
        ("characters", not line.isprintable()),
        ("placeholders", _counted(line) != _counted(template) or bool(set("{}") & set(_PLACEHOLDER.sub("", line)))),
        ("order", _paired_order(line) != _paired_order(template)),
        ("length", not 2 <= len(line.split()) <= _MOST_WORDS or len(line) > _MOST_CHARACTERS),
        ("sides", _words(line, _SIDES) != _words(template, _SIDES)),
        ("negation", bool(_words(line, _NEGATIONS).keys() - _words(template, _NEGATIONS).keys())),
        ("chatter", low.startswith(_CHATTER) or low.endswith(":") or "http" in low or "rewrite" in low),
        ("duplicate", _plain(line) in set(taken)),
    )
    return next((reason for reason, failed in checks if failed), "")


class _Answer(msgspec.Struct):
    """An answer on disk, with its request."""

    request: dict[str, Any]
    text: str


def _answer(writer: Writer, cache: Store, prompt: str, turn: int, result: Expansion) -> str:
    """The model's answer, from disk where it was given before."""
    request = {**writer.describe(), "prompt": prompt, "seed": turn}
    name = f"{hashlib.sha256(canonical_json(request).encode('utf-8')).hexdigest()}.json"
    result.requests += 1
    try:
        text = msgspec.json.decode(cache.read(name), type=_Answer).text
    except (FileNotFoundError, msgspec.DecodeError):  # never asked, or the note is damaged
        text = ""
    if _has_words(text):
        return text
    text = writer.write(prompt, turn)
    result.asked += 1
    if _has_words(text):
        cache.publish_bytes(name, msgspec.json.encode(_Answer(request, text)))
    else:
        result.empty += 1
    return text


def _has_words(text: str) -> bool:
    return any(True for _ in lines_of(text))


def _counted(text: str) -> Counter[str]:
    return Counter(_PLACEHOLDER.findall(text))


def _paired_order(text: str) -> list[Sequence[str]]:
    return [
        sorted((name for name in pair if f"{{{name}}}" in text), key=lambda name: text.index(f"{{{name}}}"))
        for pair in _PAIRED
    ]


def _words(text: str, vocabulary: frozenset[str]) -> Counter[str]:
    bare = _PLACEHOLDER.sub(" ", text).lower().replace("’", "'")
    return Counter(word for word in _WORD.findall(bare) if word in vocabulary)


def _plain(text: str) -> str:
    """What two sentences share that differ only in capitals and punctuation."""
    return " ".join(re.findall(r"\{[a-z_]+\}|[a-z0-9']+", text.lower()))
