"""Write an audit: the page, its pictures that did not fit in, and the figures as JSON."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ieiw.apps.audit import packed_lookup, plots
from ieiw.apps.audit.view import view
from ieiw.pipelines.audit.contact_sheets import Card
from ieiw.pipelines.audit.run import Audit, Options, rows_file
from ieiw.triplets.storage.store import Store

_HERE = Path(__file__).parent
_LOOKUP_MOST = 9 * 10**6
_PAGE_MOST = 19 * 10**6


@dataclass(frozen=True, slots=True)
class Written:
    """Where an audit lies below the build, and how large its page is. ``inline`` and ``linked`` count thumbnails."""

    page: str
    data: str
    rows: str
    page_bytes: int
    inline: int
    linked: int


def write(store: Store, audit: Audit, options: Options) -> Written:
    """Publish ``audit/NAME.html`` with what belongs to it; the page is written last."""
    packed = packed_lookup.pack(audit.lost_keys)
    fits = len(packed.data) <= _LOOKUP_MOST
    budget = min(options.inline_bytes, _PAGE_MOST - (len(packed.data) if fits else 0) - 3 * 10**6)
    addresses = _pictures(store, audit, budget)
    lost = json.dumps(
        [[each.key, each.source, each.task, each.kind, each.reason, each.value, each.text] for each in audit.lost],
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )
    numbers = {digest: number for number, digest in enumerate(addresses)}
    data = {
        "cards": cards_json(audit.cards, numbers),
        "sheets": [asdict(sheet) for sheet in audit.sheets],
        "labels": audit.lost_keys.labels,
        "rejected": audit.lost_keys.rejected,
        "lookup": {"sources": packed.sources, "data": packed.data} if fits else None,
        "lost": base64.b64encode(gzip.compress(lost.encode("utf-8", "replace"), 6, mtime=0)).decode("ascii"),
        "lostAll": audit.lost_all,
        "sweeps": [_sweep(each) for each in audit.figures.sweeps],
        "box": plots.BOX,
    }
    page = render(audit, data, addresses)
    store.publish_bytes(f"audit/{audit.name}.json", as_json(audit))
    name = f"audit/{audit.name}.html"
    store.publish_bytes(name, page)
    inline = sum(address.startswith("data:") for address in addresses.values())
    return Written(name, f"audit/{audit.name}.json", rows_file(audit.name), len(page), inline, len(addresses) - inline)


def render(audit: Audit, data: Mapping[str, Any], addresses: Mapping[str, str]) -> bytes:
    """The page as UTF-8 bytes; ``addresses`` are of its pictures by digest."""
    numbers = {digest: number for number, digest in enumerate(addresses)}
    values = {"data": script_json(data), "pictures": script_json(list(addresses.values()))}
    return filled("page", ["page", "replacements"], view(audit, numbers) | values)


def filled(name: str, styles: list[str], values: Mapping[str, Any]) -> bytes:
    """A template with values, its script after the common one, and its styles, as UTF-8 bytes.

    Everything from outside goes through Jinja's escaping or :func:`script_json`.
    """
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    script = "\n".join((_HERE / f"{part}.js.j2").read_text(encoding="utf-8") for part in ("common", name))
    style = "\n".join((_HERE / f"{part}.css.j2").read_text(encoding="utf-8") for part in styles)
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    text = environment.get_template(f"{name}.html.j2").render(
        values, script=Markup(script), style=Markup(style), script_digest=digest
    )
    return text.encode("utf-8", "replace")


def script_json(value: Any) -> Markup:
    """JSON that is safe inside a ``script`` element: no character that HTML or JavaScript could take for an end."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def as_json(audit: Audit) -> bytes:
    """The figures, for notebooks."""
    value = {
        "name": audit.name,
        "cut": audit.cut.model_dump(mode="json", exclude={"files", "shards", "sources", "tasks"})
        if audit.cut
        else None,
        "backends": audit.state.backends,
        "against": audit.against,
        "scores": [asdict(score) for score in audit.scores],
        "figures": asdict(audit.figures),
        "examples": {reason: [asdict(each) for each in found] for reason, found in audit.examples.items()},
        "replacement_steps": [asdict(each) for each in audit.replacements.steps] if audit.replacements else [],
    }
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "replace")


def _pictures(store: Store, audit: Audit, budget: int) -> dict[str, str]:
    """Digest -> address: a data URI while the budget lasts, then a file beside the page."""
    addresses: dict[str, str] = {}
    folder = f"{audit.name}-files"
    linked: set[str] = set()
    for digest, data in audit.pictures.items():
        coded = base64.b64encode(data).decode("ascii")
        budget -= len(coded)
        if budget >= 0:
            addresses[digest] = f"data:image/webp;base64,{coded}"
        else:
            addresses[digest] = f"{folder}/{digest[:24]}.webp"
            linked.add(f"{digest[:24]}.webp")
            store.publish_bytes(f"audit/{folder}/{digest[:24]}.webp", data)
    for name in store.sizes(f"audit/{folder}").keys() - linked:  # of an earlier audit
        store.delete(f"audit/{folder}/{name}")
    return addresses


def cards_json(cards: Mapping[int, Card], pictures: Mapping[str, int | str]) -> dict[str, Any]:
    """Cards by row as scripts are given them; ``pictures`` says how a script names a digest."""
    return {
        str(row): {
            "key": card.key,
            "source": card.source,
            "task": card.task,
            "record": card.record,
            "text": card.instruction,
            "verdict": card.verdict,
            "before": pictures[card.source_picture],
            "after": pictures[card.target_picture],
        }
        for row, card in cards.items()
    }


def _sweep(swept: Any) -> dict[str, Any]:
    places = plots.places_of(swept)
    points = sorted(zip(places, swept.result.passing, swept.result.kept, strict=True))
    return {
        "places": [round(place, 6) for place, _, _ in points],
        "passing": [passing for _, passing, _ in points],
        "kept": [kept for _, _, kept in points],
        "now": min(range(len(points)), key=lambda at: abs(points[at][0] - (swept.bound or 0.0))),
        "relative": swept.bound is None,
    }
