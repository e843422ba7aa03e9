"""What the live page's template is given: rules with their knobs, how far those go, and how the values lie."""

from __future__ import annotations

from typing import Any

import numpy as np

from ieiw.filters import statistics as stats
from ieiw.filters.rules.base import Knob, Rule
from ieiw.pipelines.audit.live import Live

_BINS = 60


def live_view(live: Live, name: str) -> dict[str, Any]:
    """Everything that the template names, but for what the server adds."""
    return {
        "title": f"Cut {name}" if name else "Default rules",
        "name": f"cut {name}" if name else "the default rules",
        "suggested": f"{name or 'default'}-moved"[:64],
        "location": live.index.store.location,
        "built": len(live.frame),
        "kept": live.start.kept,
        "rules": [
            {
                "name": rule.name,
                "words": rule.describe(),
                "relative": rule.relative,
                "knobs": [_knob(live, rule, knob) for knob in rule.knobs()],
            }
            for rule in live.rules.rules
        ],
        "changing": any(rule.relative for rule in live.rules.rules),
    }


def _knob(live: Live, rule: Rule, knob: Knob) -> dict[str, Any]:
    value = float(getattr(rule, knob.field))
    shown: dict[str, Any] = {"field": knob.field, "words": knob.words, "value": value, "bars": ""}
    if knob.low is not None and knob.high is not None:
        return shown | {"low": knob.low, "high": knob.high, "step": knob.step}
    values = rule.values(live.frame)[rule.concerns(live.frame)]
    edges = stats.plot_edges([values], [value], _BINS)
    counts = stats.histogram(values, edges).counts
    return shown | {"low": float(edges[0]), "high": float(edges[-1]), "step": None, "bars": _bars(counts)}


def _bars(counts: tuple[int, ...]) -> str:
    """The outline of a histogram as an SVG path in a box of ``_BINS`` by 1, by the square root so that tails are seen."""
    heights = np.sqrt(np.array(counts) / max(1, *counts))
    return "M0 1" + "".join(f"V{1 - height:.3f}H{at}" for at, height in enumerate(heights, 1)) + "V1Z"
