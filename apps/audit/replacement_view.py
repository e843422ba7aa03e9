"""What the template of replacements is given: samples in words, outlines as lines, the books of the steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ieiw.pipelines.audit.painted_files import shown_candidates
from ieiw.pipelines.audit.replacements import Outline, Replacements, Sample
from ieiw.triplets.layout.build_state import BuildState

_ROLES = {"retrieve": "embed", "paint": "paint", "caption": "caption", "write": "write"}
"""Step -> role of its model."""


def replacement_view(found: Replacements, state: BuildState, pictures: Mapping[str, int]) -> dict[str, Any]:
    """Everything that ``replacements.html.j2`` names.

    Args:
        found: what was gathered.
        state: of the build.
        pictures: digest -> how the page's script names a picture.
    """
    return {
        "steps": [{"books": each, "backend": backend(state, _ROLES.get(each.step, ""))} for each in found.steps],
        "reasons": [
            {
                "name": reason,
                "count": found.counts[reason],
                "steps": ", ".join(dict.fromkeys(each.step for each in found.steps if reason in each.refused)),
                "examples": examples,
            }
            for reason, examples in found.rejects.items()
        ],
        "samples": [_sample(found, each, pictures) for each in found.samples],
        "painter": backend(state, "paint"),
    }


def backend(state: BuildState, role: str) -> dict[str, Any]:
    """Name of a role's backend, empty where it has none, and whether it stands in."""
    facts = state.backends.get(role, {})
    return {"name": facts.get("name", ""), "stand_in": facts.get("stand_in") == "yes"}


def _sample(found: Replacements, sample: Sample, pictures: Mapping[str, int]) -> dict[str, Any]:
    card, facts = found.cards[sample.row], sample.facts
    shown = shown_candidates(facts)
    used = {facts.candidates[number].reference for number in shown}
    return {
        "row": sample.row,
        "card": card,
        "before": pictures[card.source_picture],
        "after": pictures[card.target_picture],
        "size": sample.size,
        "outlines": {name: path(lines) for name, lines in sample.outlines.items()},
        "facts": facts,
        "alternatives": sample.alternatives,
        "references": [
            {"number": number, "told": each, "picture": pictures.get(sample.references.get(number, ""))}
            for number, each in enumerate(facts.references)
            if number in used
        ],
        "candidates": [
            {
                "told": facts.candidates[number],
                "chosen": number == facts.chosen,
                "picture": pictures.get(sample.candidates.get(number, "")),
            }
            for number in shown
        ],
    }


def path(lines: Outline) -> str:
    """Lines as an SVG path, through the middle of their pixels."""
    return "".join("M" + "L".join(f"{x + 0.5} {y + 0.5}" for x, y in line) + "Z" for line in lines)
