"""A real Chromium for tests of pages, or the reason why there is none."""

import shutil
from contextlib import contextmanager

import pytest


@contextmanager
def browser(dark=False):
    """A headless Chromium at laptop size; skips the test where it or its driver is not installed."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("no chromium with chromedriver here; on Debian: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1440,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    running = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        running.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        yield running
    finally:
        running.quit()


def run(page, script, *arguments):
    """The value of a script in the page."""
    return page.execute_script(script, *arguments)


def wait(page, condition):
    """Until a JavaScript condition holds."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(page, 15, 0.05).until(lambda here: here.execute_script(f"return !!({condition})"), condition)


def press(page, *keys):
    """Keys, to where the focus is."""
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(page).send_keys(*keys).perform()
