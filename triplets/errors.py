"""The error that a user can mend."""

from __future__ import annotations


class UsageError(Exception):
    """Something the user can mend: names the file, the field and the remedy. The command line prints it and exits 2."""
