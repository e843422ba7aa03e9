"""``docs/add-a-score-or-rule.md``: its score, its rule and their tests run as they stand on the page."""

import os
import subprocess
import sys

from tests.support.builds import ROOT

# In a process of its own: a rule set knows the kinds that stood in the table when it was loaded.
PROGRAM = r"""
import re, sys, types
from pathlib import Path

page = Path("docs/add-a-score-or-rule.md").read_text(encoding="utf-8")
code = [
    "\n" * page[: block.start(1)].count("\n") + block[1] for block in re.finditer(r"```python\n(.*?)```", page, re.DOTALL)
]
from ieiw.filters import registry

for table, (text, line) in ((registry.SCORES, code[:2]), (registry.RULES, code[3:5])):
    added = eval("{" + line.strip() + "}")
    table |= added
    (where,) = added.values()
    name = where.partition(":")[0]
    assert f"`{name.removeprefix('ieiw.').replace('.', '/')}.py`" in page
    sys.modules[name] = types.ModuleType(name)
    exec(compile(text, "docs/add-a-score-or-rule.md", "exec"), vars(sys.modules[name]))
for text in (code[2], code[5]):
    names = {}
    exec(compile(text, "docs/add-a-score-or-rule.md", "exec"), names)
    [test() for name, test in names.items() if name.startswith("test_")]
from ieiw.filters.rule_set import RuleSet, to_yaml

bound = {"name": "a", "kind": "threshold", "score": "brightness", "min": 0.1}
rules = RuleSet.model_validate({"rules": [bound, {"name": "b", "kind": "thin", "share": 0.25}]})
assert [rule.describe() for rule in rules.rules] == [
    "brightness of the target: at least 0.1", "25% of the source pictures, by digest"
]
assert "brightness" in registry.embedded() and "kind: thin" in to_yaml(rules)
"""


def test_the_page_runs():
    command, environment = [sys.executable, "-c", PROGRAM], os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
