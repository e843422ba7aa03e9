"""The audit page as a file: its numbers against lint and the cut's own files, its limits, what it escapes and refuses."""

import base64
import hashlib
import html.parser
import json
import math
import re
import tarfile

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ieiw.apps.audit.page import script_json
from ieiw.apps.audit.plots import places_of
from ieiw.pipelines.audit.run import Options, audit
from ieiw.pipelines.lint.run import lint
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.images.codec import PictureLimits, decode
from tests.support.audited import cut_here, losses_by_files, page_data, score_here, write_page
from tests.support.builds import ieiw
from tests.support.tiny_build import Wanted, edit_state, tiny_build

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A scored build with a cut whose instructions hold HTML, audited."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "tests.support.tiny_build.THINGS", ("red car", f"dog {EVIL}", "café “Zoë” sign", "table", "hat\u2028")
        )
        tiny = tiny_build(tmp_path_factory.mktemp("audit") / "build", Wanted(pictures=14))
    score_here(tiny)
    cut_here(tiny)
    result, written = write_page(tiny)
    return tiny, result, written


def test_counts_are_those_that_lint_finds(made):
    tiny, result, _ = made
    found = lint(tiny.path)
    assert found.ok
    books = result.figures.books
    sums = {
        name: sum(getattr(each, name) for each in found.sources.values()) for name in ("attempts", "built", "rejected")
    }
    assert (books.planned, books.built, books.rejected) == (sums["attempts"], sums["built"], sums["rejected"])
    reasons = [each.reasons for each in found.sources.values()]
    assert books.reasons == {
        name: sum(each.get(name, 0) for each in reasons) for name in {n for r in reasons for n in r}
    }
    assert all(check.holds for check in books.checks)
    assert books.built == books.kept + sum(rule.dropped for rule in books.rules)
    assert all(rule.dropped for rule in books.rules), "every rule of this test should drop something"
    assert books.kept == books.train + books.validation > 0


def test_every_lost_key_is_on_the_page_with_reason_and_value(made):
    tiny, _, written = made
    data = page_data(tiny.path / written.page)
    expected = losses_by_files(tiny)
    shown = {key: (reason, value) for key, _, _, _, reason, value, _ in data["losses"]}
    assert shown.keys() == expected.keys()
    for key, (reason, value) in expected.items():
        assert shown[key][0] == reason
        if value is None or math.isnan(value):
            assert shown[key][1] is None
        else:
            assert shown[key][1] == pytest.approx(value)
    assert any(reason == "no-hole" and value is None for reason, value in shown.values()), "undefined values are drops"


def test_sheets_hold_what_their_names_say(made):
    _, result, _ = made
    rules = {rule.name for rule in result.figures.books.rules}
    kinds = {(sheet.rule, sheet.kind) for sheet in result.sheets}
    assert {("soft-target", kind) for kind in ("just-dropped", "just-kept", "worst", "best", "random")} <= kinds
    for sheet in result.sheets:
        verdicts = [result.cards[row].verdict for row in sheet.rows]
        if sheet.kind in ("just-dropped", "random") and sheet.rule:
            assert set(verdicts) == {sheet.rule}
        if sheet.kind == "just-kept":
            assert sheet.rule not in verdicts
        if not sheet.rule:
            assert not rules & set(verdicts)
    worst, best = (
        next(s for s in result.sheets if (s.rule, s.kind) == ("soft-target", kind)) for kind in ("worst", "best")
    )
    assert max(worst.values) < min(best.values)


def test_thumbnails_are_the_pictures_of_the_rows(made):
    _, result, _ = made
    assert result.pictures.keys() == {
        digest for card in result.cards.values() for digest in (card.source_picture, card.target_picture)
    }
    for data in result.pictures.values():
        assert decode(data, PictureLimits(min_side=1)).pixels.shape == (32, 48, 3)


class _Elements(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.scripts, self.images, self.hooks = 0, 0, []

    def handle_starttag(self, tag, attributes):
        self.scripts += tag == "script"
        self.images += tag == "img"
        self.hooks += [name for name, _ in attributes if name.startswith("on")]


def test_html_in_an_instruction_stays_text(made):
    tiny, result, written = made
    assert any(EVIL in card.instruction for card in result.cards.values())
    text = (tiny.path / written.page).read_text(encoding="utf-8")
    elements = _Elements()
    elements.feed(text)
    assert (elements.scripts, elements.images, elements.hooks) == (3, 0, [])
    assert EVIL not in text
    assert "\u2028" not in text[text.index('id="data"') :]


def test_the_policy_names_the_script_and_nothing_of_the_network(made):
    tiny, _, written = made
    text = (tiny.path / written.page).read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    script = text[text.rindex("<script>") + len("<script>") : text.rindex("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"\b(?:src|href)=\"(?:https?:)?//", text)


def test_script_json_survives_a_browser_and_a_reader():
    value = {"a": "</script><!-- & \u2028 é", "b": [1, None]}
    text = str(script_json(value))
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == value


def test_pictures_over_the_budget_lie_beside_the_page(made, tmp_path):
    tiny, _, _ = made
    _, written = write_page(tiny, options=Options(each=4, inline_bytes=3000))
    assert written.inline and written.linked
    text = (tiny.path / written.page).read_text(encoding="utf-8")
    listed = json.loads(re.search(r'id="pictures">(.*?)</script>', text, re.DOTALL)[1])
    linked = [address for address in listed if not address.startswith("data:")]
    assert len(linked) == written.linked
    assert all((tiny.path / "audit" / address).is_file() for address in linked)
    assert sum(len(address) for address in listed if address.startswith("data:")) < 3000 + 40 * written.inline
    _, written = write_page(tiny)
    assert not written.linked and not list((tiny.path / "audit" / "strict-files").iterdir())


def test_rows_for_notebooks_hold_every_attempt_once(made):
    tiny, result, written = made
    rows = pq.read_table(tiny.path / written.rows).to_pylist()
    assert len(rows) == len({row["key"] for row in rows}) == result.figures.books.planned
    lost = {row["key"]: row["reason"] for row in rows if row["verdict"] in ("dropped", "rejected")}
    assert lost == {key: reason for key, (reason, _) in losses_by_files(tiny).items()}
    assert "target.sharpness" in rows[0] and "pair.seam" in rows[0]


def test_json_holds_the_figures(made):
    tiny, result, written = made
    data = json.loads((tiny.path / written.data).read_text(encoding="utf-8"))
    assert data["figures"]["books"]["kept"] == result.figures.books.kept
    assert data["backends"] == tiny.state.backends


def test_the_same_audit_gives_the_same_bytes(made):
    tiny, _, written = made
    names = (written.page, written.data, written.rows)
    first = [(tiny.path / name).read_bytes() for name in names]
    write_page(tiny)
    assert [(tiny.path / name).read_bytes() for name in names] == first


def test_a_sweep_at_no_shift_is_the_cut(made):
    _, result, _ = made
    notes = {rule.name: rule for rule in result.figures.books.rules}
    for swept in result.figures.sweeps:
        now = swept.result.shifts.index(0.0)
        assert swept.result.kept[now] == result.figures.books.kept
        assert swept.result.passing[now] == notes[swept.rule].left


def test_a_sweep_foretells_what_a_cut_with_that_bound_keeps(fresh):
    rules = [
        {"name": "bright", "kind": "threshold", "score": "colourfulness", "of": "source", "min": 80.0},
        {"name": "plain", "kind": "threshold", "score": "contrast", "of": "target", "max": 0.14},
        {"name": "gap", "kind": "gap", "score": "contrast", "max": 0.02},
    ]
    cut_here(fresh, "before", {"rules": rules})
    result, _ = write_page(fresh, "before")
    checked = 0
    for number, swept in enumerate(result.figures.sweeps):
        assert swept.exact
        points = [at for at in zip(places_of(swept), swept.result.kept, strict=True) if at[1]]
        for place, kept in points[:: max(1, len(points) // 4)]:
            moved = [
                rule | ({"min" if swept.side == "least" else "max": place} if at == number else {})
                for at, rule in enumerate(rules)
            ]
            assert cut_here(fresh, "after", {"rules": moved}).kept == kept
            checked += 1
    assert checked > 10


def test_drift_of_a_build_against_itself_is_none(made):
    tiny, _, _ = made
    result, written = write_page(tiny, against=str(tiny.path))
    assert result.figures.drift
    assert all(each.distance.psi == 0 and each.distance.ks == 0 for each in result.figures.drift)
    assert 'id="drift"' in (tiny.path / written.page).read_text(encoding="utf-8")


def test_stand_ins_are_flagged(made):
    tiny, _, written = made
    text = (tiny.path / written.page).read_text(encoding="utf-8")
    assert re.search(r'stand-in">.*?<b>telea</b>', text, re.DOTALL)


def test_a_build_without_scores_says_how_to_get_them(tmp_path):
    tiny = tiny_build(tmp_path / "build", Wanted(pictures=3))
    result, written = write_page(tiny, None)
    text = (tiny.path / written.page).read_text(encoding="utf-8")
    assert written.page == "audit/build.html"
    assert "ieiw score" in text and 'id="scores"' not in text
    assert result.figures.books.kept == result.figures.books.built


def test_a_cut_of_an_older_build_is_refused(fresh):
    edit_state(fresh, lambda state: [part.update(sha256="0" * 64) for part in state["index"]])
    with pytest.raises(UsageError, match="build changed since the cut 'strict' was made") as caught:
        audit(str(fresh.path), "strict")
    assert caught.value.step == Step("cut", fresh.store.location, {"name": "strict"})


def test_scores_of_an_older_build_are_refused(fresh):
    note = fresh.path / "scores" / "seam" / "score.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"index": []}))
    with pytest.raises(UsageError, match="older than the build: seam") as caught:
        audit(str(fresh.path), "strict")
    assert caught.value.step == Step("score", fresh.store.location, {"scores": "seam"})


def test_scores_made_anew_since_the_cut_are_refused(fresh):
    file = fresh.path / "scores" / "seam" / "values.parquet"
    table = pq.read_table(file)
    pq.write_table(table.set_column(1, "value", pc.add(table["value"], 1).cast("float32")), file)
    with pytest.raises(UsageError, match="scores changed since the cut 'strict' was made") as caught:
        audit(str(fresh.path), "strict")
    assert caught.value.step == Step("cut", fresh.store.location, {"name": "strict"})


def test_rows_without_a_verdict_are_refused(fresh):
    file = next((fresh.path / "cuts" / "strict" / "index").glob("kept-*.parquet"))
    pq.write_table(pq.read_table(file).slice(1), file)
    with pytest.raises(UsageError, match="1 rows of the build have no verdict"):
        audit(str(fresh.path), "strict")


def test_changed_pictures_are_refused(fresh):
    for shard in (fresh.path / "shards").iterdir():
        with tarfile.open(shard) as tar:
            pictures = [member.offset_data for member in tar if member.name.endswith(".jpg")]
        data = bytearray(shard.read_bytes())
        for start in pictures:  # all, since a page reads each distinct picture once, wherever it lies
            data[start + 180 : start + 200] = bytes(20)
        shard.write_bytes(data)
    with pytest.raises(UsageError, match="not the picture that its row names"):
        audit(str(fresh.path), "strict", options=Options(each=50))


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [
            {"name": "free", "kind": "licences", "allow": ["CC-BY"]},
            {"name": "twin", "kind": "duplicates", "of": "target"},
            {
                "name": "both-ends",
                "kind": "threshold",
                "score": "contrast",
                "min": 0.08,
                "max": 0.14,
                "per": "source+task",
            },
        ],
    ],
    ids=["none", "every kind"],
)
def test_a_page_of_any_rules(fresh, rules):
    cut_here(fresh, "other", {"rules": rules})
    result, written = write_page(fresh, "other")
    assert all(check.holds for check in result.figures.books.checks)
    assert [rule.name for rule in result.figures.books.rules] == [rule["name"] for rule in rules]
    assert len(result.figures.sweeps) == 2 * bool(rules)
    for swept in result.figures.sweeps:
        assert swept.result.kept[swept.result.shifts.index(0.0)] == result.figures.books.kept
    assert (fresh.path / written.page).stat().st_size > 10_000


@pytest.mark.parametrize("name", ["nowhere", "build"])
def test_unknown_cuts_and_the_reserved_name_are_refused(fresh, name):
    with pytest.raises(UsageError, match="no cut 'nowhere' here|name of the page about the whole build"):
        audit(str(fresh.path), name)


def test_an_unfinished_build_is_refused(tmp_path):
    tiny = tiny_build(tmp_path / "build", Wanted(pictures=3), leave=1)
    run = ieiw("audit", tiny.path)
    assert run.returncode == 2
    assert "not complete" in run.stderr
