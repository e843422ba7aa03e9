"""``ieiw audit``: everything a page about a build or a cut shows, gathered from the store; rendering is the app's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ieiw.pipelines.audit.contact_sheets import Card, Sheet, cards, choose
from ieiw.pipelines.audit.excluded import Example, Lost, LostKeys, examples, lost_keys, lost_rows, write_rows
from ieiw.pipelines.audit.figures import Figures, figures
from ieiw.pipelines.audit.load import ScoreInfo, load
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.borrowed import check_writable
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.layout.cut_state import WHOLE_BUILD, CutState, verify_shards
from ieiw.triplets.storage.store import open_store

if TYPE_CHECKING:
    from ieiw.pipelines.audit.replacements import Replacements


@dataclass(frozen=True, slots=True)
class Options:
    """``each`` triplets on a sheet, ``side`` pixels of a thumbnail's longer side, ``inline_bytes`` of thumbnails in the page."""

    each: int = 12
    side: int = 224
    inline_bytes: int = 12 * 10**6
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Audit:
    """All that a page shows.

    Attributes:
        name: of the page: the cut's, or ``build``.
        figures: the numbers.
        examples: reason -> some rejects.
        sheets: contact sheets; ``cards`` by row number, ``pictures`` WebP bytes by digest.
        lost: drops and rejects one by one, all of them where ``lost_all``.
        lost_keys: every one of them, for looking up.
        against: location of the other build; empty without.
        replacements: how some replacements came about; None where the recipe asks for none.
    """

    name: str
    location: str
    state: BuildState
    cut: CutState | None
    scores: tuple[ScoreInfo, ...]
    figures: Figures
    examples: dict[str, tuple[Example, ...]]
    sheets: tuple[Sheet, ...]
    cards: dict[int, Card]
    pictures: dict[str, bytes]
    lost: tuple[Lost, ...]
    lost_keys: LostKeys
    against: str
    replacements: Replacements | None = None

    @property
    def lost_all(self) -> bool:
        """Whether ``lost`` names every one."""
        return len(self.lost) == len(self.lost_keys.label)


def audit(
    location: str,
    cut: str | None = None,
    against: str | None = None,
    options: Options = Options(),  # noqa: B008 - frozen
    report: Callable[[str], None] = lambda _: None,
) -> Audit:
    """Gather everything about a build, or a cut of it.

    Args:
        location: a complete build, folder or URL.
        cut: name of a cut, None for the build as a whole.
        against: another complete build, to measure drift against.
        options: sizes and counts.
        report: called with what is being done.

    Raises:
        UsageError: no complete build or cut, or files that changed since.
    """
    if cut == WHOLE_BUILD:
        raise UsageError(f"no cut is called {WHOLE_BUILD!r}: that is the name of the page about the whole build")
    store = open_store(location)
    check_writable(store)
    report("reading rows, verdicts and scores")
    ledger = load(store, cut)
    if ledger.cut is not None:
        verify_shards(store, ledger.cut.shards)
    other = load(open_store(against), None) if against else None
    report("counting")
    counted = figures(ledger, other)
    report("reading pictures")
    sheets = choose(ledger, options.each, options.seed)
    made, places = cards(store, ledger, sheets)
    from ieiw.pipelines.audit.replacements import replacements
    from ieiw.pipelines.audit.thumbnails import thumbnails

    pictures = dict(thumbnails(store, places, options.side))
    replaced = replacements(store, ledger, options.each, options.side, options.seed)
    report("listing what was lost")
    result = Audit(
        name=cut or WHOLE_BUILD,
        location=store.location,
        state=ledger.state,
        cut=ledger.cut,
        scores=ledger.scores,
        figures=counted,
        examples=examples(store, ledger),
        sheets=sheets,
        cards=made | (dict(replaced.cards) if replaced else {}),
        pictures=pictures | (dict(replaced.pictures) if replaced else {}),
        lost=lost_rows(store, ledger),
        lost_keys=lost_keys(ledger),
        against=against or "",
        replacements=replaced,
    )
    write_rows(store, ledger, rows_file(result.name))
    return result


def rows_file(name: str) -> str:
    """Where the Parquet of all verdicts lies below the build."""
    return f"audit/{name}-rows.parquet"
