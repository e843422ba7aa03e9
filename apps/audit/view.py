"""What the page's template is given: words, numbers and plots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ieiw.apps.audit import plots
from ieiw.apps.audit.replacement_view import replacement_view
from ieiw.pipelines.audit.figures import Distribution
from ieiw.pipelines.audit.run import Audit, rows_file
from ieiw.triplets.errors import human_bytes

_STEADY, _MOVED = 0.1, 0.25
_MOST_DRIFT = 12


def view(audit: Audit, pictures: Mapping[str, int]) -> dict[str, Any]:
    """Everything that the template names, but for the data of the script; that knows a digest's picture by a number."""
    books = audit.figures.books
    distributions = sorted(  # pictures before pairs, composites first, then scores that a rule bounds
        audit.figures.distributions,
        key=lambda each: ("pair" in each.histograms, not each.composite, not any(each.marks.values()), each.score),
    )
    rules = {rule.name: rule for rule in books.rules}
    marks = {each.score: each.marks for each in audit.figures.distributions}
    return {
        "audit": audit,
        "title": f"Cut {audit.name}" if audit.cut else "Build",
        "books": books,
        "figures": audit.figures,
        "balanced": all(check.holds for check in books.checks),
        "tiles": _tiles(audit),
        "backends": _backends(audit),
        "funnel": _funnel(audit),
        "reasons": _reasons(audit),
        "distributions": [_distribution(each) for each in distributions],
        "joints": [
            {"score": score, "svg": Markup(plots.joint(score, counts, marks[score]))}
            for score, counts in audit.figures.joints.items()
        ],
        "sweeps": [
            {"swept": each, "svg": Markup(plots.sweep(each)), "number": number}
            for number, each in enumerate(audit.figures.sweeps)
        ],
        "drift": [
            {"drifted": each, "word": drift_word(each.distance.psi), "svg": Markup(plots.drift(each))}
            for each in audit.figures.drift[:_MOST_DRIFT]
        ],
        "drift_rest": audit.figures.drift[_MOST_DRIFT:],
        "sheet_rules": [
            {"name": name, "note": rules.get(name)} for name in dict.fromkeys(sheet.rule for sheet in audit.sheets)
        ],
        "tables": [
            ("Sources", audit.figures.sources, audit.figures.source_count),
            ("Tasks", audit.figures.tasks, audit.figures.task_count),
            ("Worst units", audit.figures.units, audit.figures.unit_count),
        ],
        "files": _files(audit),
        "share": share,
        "replaced": replacement_view(audit.replacements, audit.state, pictures) if audit.replacements else None,
    }


def share(part: int, whole: int) -> str:
    """A share for people: 12.3 %; more digits where it would read 0 or 100 and is not."""
    if not whole:
        return "–"
    value = 100 * part / whole
    if 0 < value < 0.1:
        return "<0.1 %"
    if 99.9 < value < 100:
        return ">99.9 %"
    return f"{value:.1f} %" if 0 < value < 100 else f"{value:.0f} %"


def _tiles(audit: Audit) -> list[tuple[str, int, str]]:
    books = audit.figures.books
    tiles = [
        ("planned", books.planned, "attempts"),
        ("rejected", books.rejected, f"{share(books.rejected, books.planned)} of planned"),
        ("built", books.built, f"{share(books.built, books.planned)} of planned"),
    ]
    if audit.cut is None:
        return tiles
    return [
        *tiles,
        ("dropped", books.dropped, f"{share(books.dropped, books.built)} of built"),
        ("kept", books.kept, f"{share(books.kept, books.built)} of built"),
        ("train", books.train, "rows"),
        ("validation", books.validation, "rows"),
    ]


def _backends(audit: Audit) -> list[dict[str, Any]]:
    found = []
    for role, facts in audit.state.backends.items():
        rest = {name: value for name, value in facts.items() if name not in {"name", "stand_in"}}
        stand_in = facts.get("stand_in", "no") == "yes"
        found.append({"role": role, "name": facts.get("name", "?"), "stand_in": stand_in, "facts": rest})
    for score in audit.scores:
        if score.composite:
            stands = score.name == "classical-quality"
            found.append({"role": "quality", "name": score.name, "stand_in": stands, "facts": {}})
    return found


def _funnel(audit: Audit) -> list[dict[str, Any]]:
    """One line a step: its name, how many are left, how many went, and what of."""
    books = audit.figures.books
    lines: list[dict[str, Any]] = [_line("planned", books.planned, books.planned, kind="total")]
    left = books.planned
    for reason, count in books.reasons.items():
        left -= count
        how = "chosen by the recipe's rules" if reason in books.chosen else "data or work"
        lines.append(_line(reason, left, books.planned, count, how, "reject"))
    lines.append(_line("built", books.built, books.planned, kind="total"))
    for rule in books.rules:
        undefined = f"; {rule.undefined:,} without a value" if rule.undefined else ""
        left = books.built - sum(each.dropped for each in books.rules[: books.rules.index(rule) + 1])
        lines.append(_line(rule.name, left, books.planned, rule.dropped, rule.words + undefined, "drop"))
    if audit.cut is not None:
        lines.append(_line("kept", books.kept, books.planned, kind="total"))
        lines.append(_line("train", books.train, books.planned, kind="part"))
        lines.append(_line("validation", books.validation, books.planned, kind="part"))
    return lines


def _line(name: str, left: int, whole: int, lost: int = 0, note: str = "", kind: str = "") -> dict[str, Any]:
    scale = 100 / whole if whole else 0.0
    return {
        "name": name,
        "left": left,
        "lost": lost,
        "note": note,
        "kind": kind,
        "width": round(left * scale, 3),
        "lost_width": round(lost * scale, 3),
    }


def _reasons(audit: Audit) -> list[dict[str, Any]]:
    books = audit.figures.books
    return [
        {
            "name": reason,
            "count": count,
            "chosen": reason in books.chosen,
            "examples": audit.examples.get(reason, ()),
        }
        for reason, count in books.reasons.items()
    ]


def _distribution(shown: Distribution) -> dict[str, Any]:
    roles = [role for role in shown.histograms if role != "gap"]
    outside = sum(each.below + each.above for role, each in shown.histograms.items() if role != "gap")
    return {
        "score": shown.score,
        "better": shown.better,
        "composite": shown.composite,
        "roles": roles,
        "svg": Markup(plots.distribution(shown, roles)),
        "gap": Markup(plots.distribution(shown, ["gap"])) if "gap" in shown.histograms else "",
        "summaries": shown.summaries,
        "outside": outside,
        "ruled": any(shown.marks.values()),
    }


def drift_word(psi: float) -> str:
    """What a population stability index is usually taken to mean."""
    return "steady" if psi < _STEADY else "moved" if psi < _MOVED else "another distribution"


def _files(audit: Audit) -> list[tuple[str, str, str]]:
    """Address from the page, name, what it is."""
    figures, rows = f"{audit.name}.json", rows_file(audit.name).rpartition("/")[2]
    found = [
        (figures, figures, "every figure of this page"),
        (rows, rows, "one row an attempt: key, verdict, reason, value, every score"),
        ("../build.json", "build.json", "recipe, fingerprints and counts of the build"),
    ]
    if audit.cut is not None:
        card = next((file for file in audit.cut.files if file.name.endswith("README.md")), None)
        found.append((f"../cuts/{audit.name}/cut.json", "cut.json", "rules, bounds in force and funnel"))
        if card is not None:
            found.append((f"../{card.name}", "README.md", f"the data card ({human_bytes(card.size)})"))
    return found
