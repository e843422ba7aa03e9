"""How a replacement came about, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ieiw.triplets.layout.replacement import Candidate
from ieiw.triplets.layout.replacement_facts import Facts, Referred, read_facts

_MOST = 8
"""References and candidates that are named; ``--json`` gives all."""
FIELDS = frozenset(Facts.__struct_fields__)
"""What the words tell of a provenance."""


def steps_in_words(provenance: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A label and its text for every step, in order; none where the provenance is of no replacement, or damaged."""
    try:
        facts = read_facts(provenance)
    except msgspec.ValidationError:
        return
    x, y, width, height = facts.region.box
    name = f"“{facts.region.label}”" if facts.region.label else "what has no name"
    number = f", region {facts.region.id}," if facts.region.id else ""
    yield "region", f"{name}{number} in the box of {width} × {height} pixels at {x}, {y} of its picture"
    for at, each in enumerate(facts.references[:_MOST], 1):
        yield "references" if at == 1 else "", f"{at}. {_referred(each)}"
    yield from _more(facts.references)
    order = [facts.chosen, *(at for at in range(len(facts.candidates)) if at != facts.chosen)]
    for at in order[:_MOST]:
        yield "chosen" if at == facts.chosen else "not chosen" if at == order[1] else "", _painted(facts.candidates[at])
    yield from _more(facts.candidates)
    for when, caption in (("before", facts.captions.source), ("after", facts.captions.target)):
        yield f"seen {when}", f"“{caption}”" if caption else "no caption"
    if facts.tries:
        yield "written", f"by a language model, asked {facts.tries} {'time' if facts.tries == 1 else 'times'}"


def _referred(each: Referred) -> str:
    what = f"“{each.label}”" if each.label else "what has no name"
    return (
        f"{what} of {each.source}, {each.picture}: similarity {each.similarity:.3f}, rank {each.rank:,} in the gallery"
    )


def _painted(each: Candidate) -> str:
    scores = ", ".join(f"{name} {value:.3f}" for name, value in each.scores.items()) or "no score"
    return f"painted from reference {each.reference + 1} with seed {each.seed}: {scores}"


def _more(all_of: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    if len(all_of) > _MOST:
        yield "", f"and {len(all_of) - _MOST:,} more"
