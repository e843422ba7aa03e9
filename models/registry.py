"""Model roles by name. One line here adds a backend; heavy imports happen only when it is made."""

from __future__ import annotations
