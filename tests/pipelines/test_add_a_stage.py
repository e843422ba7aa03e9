"""``docs/add-a-stage.md``: its stage and its test run as they stand on the page, and its line is that of the contract."""

import re
import sys
import types

from tests.support.builds import ROOT

PAGE = (ROOT / "docs" / "add-a-stage.md").read_text(encoding="utf-8")
# Each after as many empty lines as stand above it, so that a traceback names the line of the page.
STAGE, TEST = (
    "\n" * PAGE[: m.start(1)].count("\n") + m[1] for m in re.finditer(r"```python\n(.*?)```", PAGE, re.DOTALL)
)

sys.modules["ieiw.pipelines.lengths"] = types.ModuleType("ieiw.pipelines.lengths")
exec(compile(STAGE, "docs/add-a-stage.md", "exec"), vars(sys.modules["ieiw.pipelines.lengths"]))
exec(compile(TEST, "docs/add-a-stage.md", "exec"), globals())  # the tests of the page are those of this module


def test_the_line_of_the_page_is_that_of_the_contract_with_one_room_more():
    (line,) = re.findall(r"```toml\n(.*)\n```", PAGE)
    assert line.replace(" | lengths", "") in (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
