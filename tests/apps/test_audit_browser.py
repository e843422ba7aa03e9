"""The audit page in a real Chromium: counts, filter, tabs, slider, keys, links, pictures, and no request to any network."""

import pytest

from pipelines.audit import Options
from pipelines.lint import lint
from tests.support.audited import cut_here, score_here, write_page
from tests.support.chromium import browser
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


def run(page, script, *arguments):
    return page.execute_script(script, *arguments)


def wait(page, condition):
    """Until a JavaScript condition holds."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(page, 15, 0.05).until(lambda here: here.execute_script(f"return !!({condition})"), condition)


def press(page, *keys):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(page).send_keys(*keys).perform()


def type_into(page, name, text):
    from selenium.webdriver.common.by import By

    box = page.find_element(By.ID, name)
    box.clear()
    box.send_keys(text)


def test_counts_are_those_of_lint(page, made):
    tiny, _ = made
    sources = lint(tiny.path).sources.values()
    for name, field in (("planned", "attempts"), ("built", "built"), ("rejected", "rejected")):
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
