"""The live page over a million rows in Chromium: from a key on a slider to redrawn counts, and to pictures.

The time is that of the page: from the stamp of the `input` event to the frame in which the counts that it caused are painted.
Slower ones tell what is counted again on release: a cap of rows for each picture group behind the threshold that moves.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bench.audit import chromium, ieiw
from bench.audit_build import write_build
from bench.common import NotHereError, Row

_ROWS, _MOVES, _RELEASES = 1_000_000, 200, 20
_CAPPED = """
rules:
  - {name: low-target, kind: threshold, score: classical-quality, of: target, min: 0.5}
  - {name: few, kind: cap, per: group, most: 3}
"""
_WATCH = """
window.times = []; window.pictured = [];
let began = null;
document.addEventListener("input", (event) => { began ??= event.timeStamp; }, true);
const after = (list) => {
  const stamp = began;
  if (stamp !== null) requestAnimationFrame(() => setTimeout(() => list.push(performance.now() - stamp)));
};
new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.attributeName === "data-shown" && document.getElementById("about").hidden) after(times);
    if (change.attributeName === "data-sheets") after(pictured);
  }
}).observe(document.documentElement, { attributes: true });
window.again = () => { began = null; times.length = pictured.length = 0; };
"""


def run() -> list[Row]:
    """Two cuts of one build: nine thresholds, and a threshold before a cap."""
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder, chromium() as browser:
        if browser is None:
            raise NotHereError("no chromium with chromedriver")
        build = Path(folder) / "build"
        build.mkdir()
        write_build(build, _ROWS, 0)
        (Path(folder) / "capped.yaml").write_text(_CAPPED)
        ieiw("cut", str(build), "--name", "default")
        ieiw("cut", str(build), "--name", "capped", "--rule", f"{folder}/capped.yaml")
        with _served(build, "default", browser) as opened:
            moves, pictures = _moves(browser, _MOVES)
        with _served(build, "capped", browser):
            releases, _ = _moves(browser, _RELEASES)
    middle, late = (float(each) for each in np.quantile(moves, (0.5, 0.95)))
    return [
        Row("the live page, from the command to its counts", f"{opened:.1f} s", "10 s", opened < 10),
        Row(
            f"from input to redrawn counts, median of {_MOVES}",
            f"{middle:.0f} ms (95 % within {late:.0f} ms, slowest {max(moves):.0f} ms)",
            "200 ms",
            middle < 200,
        ),
        Row("from input to the sheets of what it adds and loses, median", f"{np.median(pictures):.0f} ms", "–", True),
        Row(f"with a cap counted again on release, median of {_RELEASES}", f"{np.median(releases):.0f} ms", "–", True),
    ]


@contextmanager
def _served(build: Path, cut: str, browser: Any) -> Iterator[float]:
    """The live page of a cut, open in the browser; seconds until it shows its counts."""
    started = time.monotonic()
    command = [sys.executable, "-m", "ieiw.apps.main", "audit", str(build), "--cut", cut, "--serve"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        address = next(found[0] for line in process.stderr if (found := re.search(r"http://\S+", line)))
        browser.get(address)
        _until(browser, "document.documentElement.dataset.ready === 'yes'")
        opened = time.monotonic() - started
        browser.execute_script(_WATCH)
        yield opened
    finally:
        process.terminate()
        process.wait()


def _moves(browser: Any, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds to counts and to sheets of keys pressed on the slider of ``low-target``, to and fro over a third of it."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.execute_script("document.querySelector('[data-rule=low-target] input[type=range]').focus()")
    counts, sheets = [], []
    for number in range(count):
        browser.execute_script("again()")
        key = Keys.PAGE_DOWN if number // 3 % 2 == 0 else Keys.PAGE_UP  # a tenth of the range
        ActionChains(browser).send_keys(key).perform()
        _until(browser, "times.length && busy === null")
        counts.append(json.loads(browser.execute_script("return JSON.stringify(times)"))[0])
        if number % 10 == 0:  # else the next move comes before the pictures, as a hand's does
            _until(browser, "pictured.length")
            sheets.append(browser.execute_script("return pictured[0]"))
    return counts, sheets


def _until(browser: Any, condition: str) -> None:
    ends = time.monotonic() + 60
    while not browser.execute_script(f"return !!({condition})"):
        if time.monotonic() > ends:
            raise TimeoutError(condition)
        time.sleep(0.01)
