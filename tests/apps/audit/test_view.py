"""The page's words and numbers."""

import pytest

from ieiw.apps.audit.view import drift_word, share, view
from tests.support.audited import cut_here, score_here, write_page
from tests.support.tiny_build import Wanted, tiny_build


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, "–"), (0, 5, "0 %"), (5, 5, "100 %"), (1, 8, "12.5 %"), (1, 10_000, "<0.1 %"), (9_999, 10_000, ">99.9 %")],
)
def test_a_share_reads_0_or_100_only_where_it_is(part, whole, text):
    assert share(part, whole) == text


def test_a_drift_has_a_word():
    assert [drift_word(psi) for psi in (0.05, 0.2, 0.3)] == ["steady", "moved", "another distribution"]


def test_the_funnel_ends_at_what_is_kept(tmp_path):
    tiny = tiny_build(tmp_path / "build", Wanted(pictures=4))
    score_here(tiny)
    cut_here(tiny)
    audit, _ = write_page(tiny)
    shown = view(audit, {})
    books = audit.figures.books
    left = {line["name"]: line["left"] for line in shown["funnel"]}
    assert (left["planned"], left["built"], left["kept"]) == (books.planned, books.built, books.kept)
    assert left["train"] + left["validation"] == left["kept"]
    lost = sum(line["lost"] for line in shown["funnel"])
    assert lost == books.planned - books.kept
    assert [tile[1] for tile in shown["tiles"][:3]] == [books.planned, books.rejected, books.built]
