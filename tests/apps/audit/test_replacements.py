"""The page's section of replacements, as a file and in a real Chromium."""

import re
import shutil

import pytest

from ieiw.apps.audit.replacement_view import path
from tests.support.audited import write_page
from tests.support.chromium import browser, run, wait
from tests.support.replaced_steps import replaced_build

EVIL = "dog </script><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A build of replacements whose labels, captions and refusals hold HTML, audited."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.support.tiny_build.THINGS", ("red car", EVIL, "table"))
        tiny = replaced_build(tmp_path_factory.mktemp("audit") / "build", patch)
        result, written = write_page(tiny, name=None)
    return tiny, result, (tiny.path / written.page)


def section(page):
    """The section's HTML."""
    text = page.read_text(encoding="utf-8")
    return re.search(r'<section id="replacements">.*?</section>', text, re.DOTALL)[0]


def test_the_section_tells_what_was_gathered(made):
    _, result, page = made
    html = section(page)
    for sample in result.replacements.samples:
        card = result.replacements.cards[sample.row]
        assert f'data-key="{card.key}"' in html
        for each in sample.facts.references:
            assert f"similarity {each.similarity:.3f}, rank {each.rank}" in html
    assert html.count('class="chosen"') == len(result.replacements.samples) == 4
    assert html.count('<path class="region" d="M') == html.count('<path class="hole" d="M') == 4
    for step in ("retrieve", "paint", "write"):
        line = re.search(rf'<tr data-step="{step}">.*?</tr>', html, re.DOTALL)[0]
        assert "stand-in" in line and "✓" in line
    assert "stand-in" not in re.search(r'<tr data-step="caption">.*?</tr>', html, re.DOTALL)[0]
    assert "candidates_poor 2" in html and "the best of 4" in html and "names no " in html
    assert html.count("asked for 2 times") == 4
    assert "callout" not in html


def test_nothing_from_outside_becomes_html(made):
    _, _, page = made
    html = section(page)
    assert "&lt;script&gt;" in html and "<script" not in html
    assert {tag for tag in re.findall(r"<img[^>]*>", html) if "data-picture" not in tag} == set()


def test_without_the_steps_files_the_section_says_so(made, tmp_path):
    tiny, _, _ = made
    shutil.copytree(tiny.path, tmp_path / "copy", ignore=shutil.ignore_patterns("replacement", "audit"))
    other = type(tiny)(tiny.store, tmp_path / "copy", tiny.state, tiny.wanted)
    _, written = write_page(other, name=None)
    html = section(other.path / written.page)
    assert "The files of the steps are not in this build" in html
    assert "no picture</span>" in html and "similarity 0.900, rank 3" in html and "likeness" in html


def test_a_build_without_replacements_has_no_section(tiny):
    _, written = write_page(tiny, name=None)
    assert 'id="replacements"' not in (tiny.path / written.page).read_text(encoding="utf-8")


def test_a_path_runs_through_the_middle_of_pixels():
    assert path((((1, 2), (3, 4)), ((5, 6),))) == "M1.5 2.5L3.5 4.5ZM5.5 6.5Z"
    assert path(()) == ""


@pytest.mark.parametrize("dark", [False, True])
def test_in_a_browser_the_pictures_load_and_open(made, dark):
    _, result, page = made
    with browser(dark=dark) as shown:
        shown.get(page.as_uri())
        wait(shown, "document.documentElement.dataset.ready === 'yes'")
        run(shown, "document.querySelectorAll('img[data-picture]').forEach((i) => { i.loading = 'eager'; })")
        wait(shown, "[...document.querySelectorAll('img[data-picture]')].every((i) => i.complete && i.naturalWidth)")
        assert run(shown, "return document.querySelectorAll('img[data-picture]').length") == 4 * (2 + 2 + 4)
        assert shown.title == "Build – audit"
        over = "const i = document.querySelector('.drawn img'), s = document.querySelector('.drawn svg');"
        box = "const b = {0}.getBoundingClientRect(); return [b.x, b.y, b.width, b.height].map(Math.round)"
        assert run(shown, over + box.format("i")) == run(shown, over + box.format("s"))
        key = run(
            shown,
            "const a = document.querySelector('.replaced'); a.querySelector('.drawn').click(); return a.dataset.key",
        )
        assert run(shown, "return document.getElementById('large').open")
        assert key in run(shown, "return document.querySelector('#large dl').textContent")
        assert shown.get_log("browser") == []
        wide = "return document.documentElement.scrollWidth <= innerWidth"
        assert run(shown, wide)
