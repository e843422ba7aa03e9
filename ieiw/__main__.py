"""``python -m ieiw``."""

from ieiw.apps.main import run

run()
