"""The audit of a cut of a million rows: time, memory, size of the page, and how soon Chromium paints it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.audit_build import write_build
from bench.common import Row

_ROWS, _REJECTS = 1_000_000, 250_000


def run() -> list[Row]:
    """One audit in a process of its own, then its page in a browser where there is one."""
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        build = Path(folder) / "build"
        build.mkdir()
        write_build(build, _ROWS, _REJECTS)
        ieiw("cut", str(build), "--name", "default")
        seconds, peak = ieiw("audit", str(build), "--cut", "default")
        page = build / "audit" / "default.html"
        size = page.stat().st_size
        rows = [
            Row(f"audit of {_ROWS:,} rows and {_REJECTS:,} rejects", f"{seconds:.1f} s", "60 s", seconds < 60),
            Row("its peak memory", f"{peak / 1e9:.2f} GB", "2 GB", peak < 2e9),
            Row("the page", f"{size / 1e6:.1f} MB", "20 MB", size < 20e6),
        ]
        paint = first_paint(page)
        if paint is not None:
            rows.append(Row("its first paint in Chromium, from disk", f"{paint:.2f} s", "2 s", paint < 2))
        return rows


def ieiw(*arguments: str) -> tuple[float, int]:
    """Seconds and peak resident bytes of one command."""
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "ieiw.apps.main", *arguments], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"ieiw {' '.join(arguments)} failed: {told[-2000:]}")
    return time.monotonic() - started, usage.ru_maxrss * 1024


def first_paint(page: Path) -> float | None:
    """Seconds from the start of loading to the first paint; None without chromium."""
    with chromium() as browser:
        if browser is None:
            return None
        browser.get(page.as_uri())
        time.sleep(1)
        script = "return performance.getEntriesByName('first-contentful-paint')[0].startTime"
        return float(browser.execute_script(script)) / 1000


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium under WebDriver; None where it or its driver is not installed."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not driver:
        yield None
        return
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1440,900"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()
