"""The audit page in a real Chromium: counts, filter, tabs, slider, keys, links, pictures, and no request to any network."""

import json
import math
import re
import threading
from functools import partial
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest

from ieiw.apps.audit.serve import LocalFiles, server
from ieiw.pipelines.audit.run import Options
from ieiw.pipelines.lint.run import lint
from tests.support.audited import cut_here, losses_by_files, score_here, write_page
from tests.support.chromium import browser, press, run, wait
from tests.support.tiny_build import Wanted, tiny_build

EVIL = "dog <script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A scored build with a cut; its page holds some pictures and links others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.support.tiny_build.THINGS", ("red car", EVIL, "wooden table"))
        tiny = tiny_build(tmp_path_factory.mktemp("audit") / "build", Wanted(pictures=14))
    score_here(tiny)
    cut_here(tiny)
    _, written = write_page(tiny, options=Options(each=4, inline_bytes=20_000), against=str(tiny.path))
    assert written.inline and written.linked
    return tiny, written


@pytest.fixture(scope="module")
def chromium():
    with browser() as running:
        yield running


@pytest.fixture
def page(made, chromium):
    """The page freshly opened from disk."""
    tiny, written = made
    chromium.get((tiny.path / written.page).as_uri())
    wait(chromium, "document.documentElement.dataset.ready === 'yes' && document.querySelector('#losses tbody tr')")
    chromium.get_log("browser")
    return chromium


def type_into(page, name, text):
    from selenium.webdriver.common.by import By

    box = page.find_element(By.ID, name)
    box.clear()
    box.send_keys(text)


def test_counts_are_those_of_lint(page, made):
    tiny, _ = made
    sources = lint(tiny.path).sources.values()
    for name, field in (("planned", "attempts"), ("built", "built"), ("rejected", "rejected")):
        shown = run(page, "return document.querySelector(`[data-count=${arguments[0]}]`).textContent", name)
        assert int(shown.replace(",", "")) == sum(getattr(each, field) for each in sources)
    assert run(page, "return document.querySelectorAll('.checks .good').length") == 5
    assert run(page, "return document.querySelectorAll('.checks .bad').length") == 0


def test_nothing_goes_wrong_and_nothing_is_asked_of_the_network(made, chromium):
    tiny, written = made
    chromium.get_log("performance")
    chromium.get_log("browser")
    chromium.get((tiny.path / written.page).as_uri())
    wait(chromium, "document.documentElement.dataset.ready === 'yes'")
    asked = [json.loads(entry["message"])["message"] for entry in chromium.get_log("performance")]
    urls = [each["params"]["request"]["url"] for each in asked if each["method"] == "Network.requestWillBeSent"]
    assert urls and {urlparse(url).scheme for url in urls} <= {"file", "data", "blob"}
    assert chromium.get_log("browser") == []
    assert chromium.title == "Cut strict – audit"


def test_every_link_leads_somewhere(page):
    links = run(page, "return [...document.querySelectorAll('a')].map((a) => [a.getAttribute('href'), a.href])")
    assert len(links) > 10
    for raw, address in links:
        if raw.startswith("#"):
            assert run(page, "return !!document.querySelector(arguments[0])", raw), raw
        else:
            assert Path(url2pathname(urlparse(address).path)).is_file(), raw


def test_the_contents_lead_to_their_sections(page):
    run(page, "document.documentElement.style.scrollBehavior = 'auto'")
    for name in ("sheets", "drift", "worst", "scores", "summary"):
        run(page, "document.querySelector(`.toc a[href='#${arguments[0]}']`).click()", name)
        wait(page, f"document.querySelector('.toc .here').hash === '#{name}'")
        assert 0 <= run(page, "return document.getElementById(arguments[0]).getBoundingClientRect().top", name) < 100


@pytest.mark.parametrize("over", ["file", "http"])
def test_all_pictures_load(made, chromium, over):
    tiny, written = made
    with server(partial(LocalFiles, directory=str(tiny.path))) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        start = tiny.path.as_uri() if over == "file" else f"http://127.0.0.1:{serving.server_address[1]}"
        chromium.get(f"{start}/{written.page}")
        wait(chromium, "document.querySelector('.card img')")
        rules = run(chromium, "return document.querySelectorAll('[data-rule]').length")
        assert rules > 1
        for number in range(rules):
            run(chromium, "document.querySelectorAll('[data-rule]')[arguments[0]].click()", number)
            wait(chromium, f"document.querySelectorAll('[data-rule]')[{number}].ariaSelected === 'true'")
            run(chromium, "document.querySelectorAll('.card img').forEach((i) => { i.loading = 'eager'; })")
            every = "[...document.querySelectorAll('.card img')].every((i) => i.complete && i.naturalWidth === 48)"
            wait(chromium, f"document.querySelector('.card') && {every}")
        serving.shutdown()


def test_the_filter_shows_what_matches(page, made):
    tiny, _ = made
    expected = sum(reason == "large-gap" for reason, _ in losses_by_files(tiny).values())
    press(page, "/")
    press(page, "large-gap")
    wait(page, "document.getElementById('matches').textContent")
    assert run(page, "return document.getElementById('matches').textContent").endswith(f", {expected} losses")
    assert run(page, "return document.querySelectorAll('#losses tbody tr').length") == min(expected, 100)
    verdicts = run(page, "return [...document.querySelectorAll('.card .badge')].map((b) => b.textContent)")
    assert verdicts and set(verdicts) == {"large-gap"}


def test_ten_keys_are_given_their_reasons(page, made):
    tiny, _ = made
    expected = losses_by_files(tiny)
    picked = sorted(expected)[:: max(1, len(expected) // 10)][:10]
    type_into(page, "keys", " ".join(picked))
    wait(page, "document.querySelectorAll('#answers p').length === 10")
    lines = run(page, "return [...document.querySelectorAll('#answers p')].map((p) => p.textContent)")
    for key, line in zip(picked, lines, strict=True):
        reason, value = expected[key]
        assert line.startswith(key) and reason in line
        if value is not None and not math.isnan(value):
            assert float(re.search(r"value (\S+)", line)[1]) == pytest.approx(value, rel=1e-3)


def test_keys_are_found_without_the_list_and_kept_ones_are_not_lost(page, made):
    """A large build lists only some: the packed table must answer alone."""
    tiny, _ = made
    expected = losses_by_files(tiny)
    run(page, "byKey.clear()")
    kept = run(page, "return Object.values(data.cards).find((c) => c.verdict === 'train').key")
    run(page, "document.getElementById('keys').value = arguments[0]; lookUp()", "\n".join([*expected, kept]))
    wait(page, f"document.querySelectorAll('#answers p').length === {len(expected) + 1}")
    lines = run(page, "return [...document.querySelectorAll('#answers p')].map((p) => p.textContent)")
    for (key, (reason, value)), line in zip(expected.items(), lines, strict=False):
        assert line.startswith(key) and reason in line.removeprefix(key), line
        if value is not None and not math.isnan(value):
            assert float(re.search(r"value (\S+)", line)[1]) == pytest.approx(value, rel=1e-3)
    assert "not lost" in lines[-1]


def test_the_slider_reads_the_sweep(page):
    first = "document.querySelector('[data-sweep]')"
    assert run(page, f"return {first}.querySelector('.change').textContent") == "in force"
    move = "const input = s.querySelector('input'); input.value = 0; input.oninput();"
    shown = run(page, f"const s = {first}; {move} return s.querySelector('.kept').textContent")
    assert shown == run(page, "return count(data.sweeps[0].kept[0]) + ' kept'")
    assert run(page, f"return !{first}.querySelector('.needle').hidden")


def test_the_keyboard_walks_opens_blinks_and_changes_the_theme(page):
    press(page, "j", "j")
    assert run(page, "return cards().findIndex((c) => c.classList.contains('now'))") == 1
    press(page, "k")
    assert run(page, "return cards().findIndex((c) => c.classList.contains('now'))") == 0
    run(page, "document.activeElement.click()")
    assert run(page, "return document.getElementById('large').open")
    before = run(page, "return document.querySelector('#large img').src")
    press(page, "b")
    assert run(page, "return document.querySelector('#large img').src") != before
    run(page, "document.getElementById('large').close()")
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = run(page, ground)
    press(page, "t")
    assert run(page, ground) != light
    press(page, "t")
    press(page, "]")
    wait(page, "document.querySelectorAll('[data-rule]')[1].ariaSelected === 'true'")


def test_html_of_an_instruction_is_shown_as_text(page):
    run(page, "document.getElementById('filter').value = 'onerror'; filter()")
    wait(page, "document.getElementById('matches').textContent")
    said = run(page, "return [...document.querySelectorAll('.card .said')].map((s) => s.textContent)")
    assert said and all("<script>" in text for text in said)
    assert page.title == "Cut strict – audit"


def test_the_dark_scheme_is_followed(made):
    tiny, written = made
    with browser(dark=True) as dark:
        dark.get((tiny.path / written.page).as_uri())
        red, green, blue = run(
            dark, "return getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)"
        )
        assert red + green + blue < 150
