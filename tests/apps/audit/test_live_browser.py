"""The live page in a real Chromium: sliders, counts, sheets, keys, and a saved cut."""

import pytest

from ieiw.triplets.layout.cut_state import load_cut
from tests.support.audited import RULES, cut_here, score_here
from tests.support.chromium import browser, press, run, wait
from tests.support.live_page import live_page
from tests.support.tiny_build import Wanted, tiny_build

EVIL = "dog <script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
QUIET = "busy === null && Number(root.dataset.sheets) === asked"
KNOB = "document.querySelector('[data-rule={}] .knob')"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.support.tiny_build.THINGS", ("red car", EVIL, "wooden table"))
        tiny = tiny_build(tmp_path_factory.mktemp("live") / "build", Wanted(pictures=14))
    score_here(tiny)
    cut_here(tiny)
    with live_page(tiny) as (address, desk):
        yield tiny, address, desk


@pytest.fixture(scope="module")
def chromium():
    with browser() as running:
        yield running


@pytest.fixture
def page(served, chromium):
    chromium.get(served[1])
    wait(chromium, "document.documentElement.dataset.ready === 'yes'")
    return chromium


@pytest.fixture
def kept(served):
    """How many rows moved rules keep, counted apart from the page."""
    return lambda **values: served[2].live.move(values, settle=True).kept


def slide(page, rule, value, release=False):
    """Put a slider near a value, as a hand does; the value that it took."""
    script = f"""const node = {KNOB.format(rule)}, knob = knobs.find((each) => each.node === node);
    knob.range.value = Math.round((arguments[0] - knob.low) / knob.unit);
    for (const event of arguments[1]) knob.range.dispatchEvent(new Event(event));
    return knob.value;"""
    return run(page, script, value, ["input", "change"] if release else ["input"])


def shown(page):
    return int(run(page, "return document.getElementById('kept').textContent").replace(",", ""))


def counted(page, number, about=False):
    """Wait for a count, exact or not."""
    wait(page, f"document.getElementById('kept').textContent === '{number:,}'")
    wait(page, f"document.getElementById('about').hidden === {str(not about).lower()}")


def test_it_opens_at_the_cut(page, served):
    tiny, _, _ = served
    state = load_cut(tiny.store, "strict")
    assert shown(page) == state.kept
    lines = run(page, "return [...document.querySelectorAll('.dropped')].map((node) => node.textContent)")
    assert [int(line) for line in lines] == [step.dropped for step in state.funnel]
    badges = run(page, "return [...document.querySelectorAll('.ruled header .badge')].map((node) => node.textContent)")
    assert badges == ["on release", "live", "live", "live", "on release"]
    assert len(badges) == len(RULES["rules"])


def test_a_threshold_moves_counts_at_once_and_sheets_follow(page, served, kept):
    value = slide(page, "dull-source", 60)
    slide(page, "dull-source", 60, release=True)
    counted(page, kept(**{"dull-source": {"min": value}}))
    start = served[2].live.start.kept
    number = "Number(document.querySelector('#{0}').hidden ? 0 : document.querySelector('#{0} h3').textContent.match(/[0-9]+/)[0])"
    wait(page, f"{start} + {number.format('added')} - {number.format('lost')} === {shown(page)}")
    run(page, "document.querySelectorAll('.card img').forEach((image) => { image.loading = 'eager'; })")
    wait(
        page,
        "[...document.querySelectorAll('.card img')].every((image) => image.complete && image.naturalWidth === 48)",
    )
    assert run(page, "return document.querySelectorAll('.card img').length") > 1


def test_relative_rules_wait_until_the_slider_is_released(page, kept):
    slide(page, "dull-source", 30)
    wait(page, "!document.getElementById('about').hidden")
    assert "one-a-picture" in run(page, "return document.getElementById('about').textContent")
    assert run(page, "return [...document.querySelectorAll('.stale')].map((node) => node.dataset.rule)") == [
        "one-a-picture"
    ]
    counted(page, kept(**{"dull-source": {"min": slide(page, "dull-source", 30, release=True)}}))


def test_a_share_is_counted_on_release(page, kept):
    before = shown(page)
    value = slide(page, "soft-target", 0.6)
    assert value == 0.6 and shown(page) == before
    assert not run(page, "return document.getElementById('about').hidden")
    slide(page, "soft-target", 0.6, release=True)
    counted(page, kept(**{"soft-target": {"drop_lowest": 0.6}}))
    assert kept(**{"soft-target": {"drop_lowest": 0.6}}) < before


def test_half_as_many_is_found_and_saved_as_a_cut(page, served):
    tiny, _, desk = served
    run(page, f"{KNOB.format('dull-source')}.querySelector('.half').click()")
    near = desk.live.start.kept / 2
    wait(page, f"Math.abs(Number(document.getElementById('kept').textContent) - {near}) <= 4 && busy === null")
    wait(page, QUIET)
    share = run(page, f"return {KNOB.format('dull-source')}.querySelector('.share').textContent")
    assert 45 < float(share.split()[0]) < 55
    kept_then = shown(page)
    press(page, "s")
    press(page, "half-of-it", "\ue007")
    wait(page, "document.getElementById('said').textContent.startsWith('Saved as cut half-of-it')")
    assert load_cut(tiny.store, "half-of-it").kept == kept_then
    press(page, "\ue007")
    wait(page, "document.getElementById('said').className === 'bad'")
    assert "already" in run(page, "return document.getElementById('said').textContent")


def test_a_slider_that_cannot_reach_half_says_so(page):
    run(page, f"{KNOB.format('no-hole')}.querySelector('.half').click()")
    wait(page, "document.getElementById('said').textContent")
    assert "as near to half" in run(page, "return document.getElementById('said').textContent")


def test_the_keyboard_alone_is_enough(page, kept, served):
    start = served[2].live.start.kept
    press(page, "]", "]", "]")
    assert run(page, "return document.activeElement.closest('.ruled').dataset.rule") == "dull-source"
    assert run(page, "return document.activeElement.getAttribute('aria-label')") == "dull-source, at least"
    press(page, "\ue011")  # Home
    value = run(page, "return chosen.value")
    counted(page, kept(**{"dull-source": {"min": value}}))
    assert shown(page) > start
    press(page, "r")
    counted(page, start)
    press(page, "h")
    wait(page, f"busy === null && Number(document.getElementById('kept').textContent) < {start}")
    press(page, "R")
    counted(page, start)
    press(page, "\ue011")
    wait(page, QUIET)
    press(page, "j")
    wait(page, "document.querySelector('.card.now')")
    run(page, "document.activeElement.click()")
    assert run(page, "return document.getElementById('large').open")
    before = run(page, "return document.querySelector('#large img').src")
    press(page, "b")
    assert run(page, "return document.querySelector('#large img').src") != before


def test_sheets_are_drawn_once_when_counts_come_late(page):
    wait(page, QUIET)
    asked = run(
        page,
        """const plain = fetch, sleep = (ms) => new Promise((done) => setTimeout(done, ms));
        let sheets = 0, late = 0;
        window.fetch = async (where, how) => { await sleep(where === "/sheets" ? 0 * ++sheets : late); return plain(where, how); };
        await ask(true);
        late = 300;
        await ask(true);
        await sleep(500);
        return sheets;""",
    )
    assert asked == 1, "a second drawing takes the card away that a key has just reached"


def test_a_number_may_be_typed_and_a_wrong_one_is_told(page, kept):
    box = f"const box = {KNOB.format('no-hole')}.querySelector('input[type=number]');"
    run(page, box + "box.value = '0.9'; box.onchange()")
    counted(page, kept(**{"no-hole": {"max": 0.9}}))
    run(page, f"{KNOB.format('soft-target')}.querySelector('input[type=number]').value = '2'")
    run(page, f"{KNOB.format('soft-target')}.querySelector('input[type=number]').onchange()")
    wait(page, "document.getElementById('said').className === 'bad'")
    assert "less than 1" in run(page, "return document.getElementById('said').textContent")


def test_nothing_goes_wrong_and_instructions_are_text(page, served):
    page.get_log("browser")
    slide(page, "dull-source", 0, release=True)
    wait(page, "document.querySelector('#added .card')")
    said = run(page, "return [...document.querySelectorAll('.card .said')].map((node) => node.textContent)")
    assert any("<script>" in text for text in said)
    assert page.title == "Cut strict – live" and page.get_log("browser") == []


def test_a_server_that_is_gone_is_told(served, chromium):
    with live_page(served[0]) as (address, _):
        chromium.get(address)
        wait(chromium, "document.documentElement.dataset.ready === 'yes'")
    slide(chromium, "dull-source", 30)
    wait(chromium, "document.getElementById('said').textContent")
    assert "start it again" in run(chromium, "return document.getElementById('said').textContent")


def test_the_dark_scheme_is_followed_and_the_page_fits_a_phone(served):
    with browser(dark=True) as dark:
        dark.set_window_size(500, 900)
        dark.get(served[1])
        wait(dark, "document.documentElement.dataset.ready === 'yes'")
        ground = run(dark, "return getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)")
        assert sum(ground) < 150
        assert run(dark, "return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
