"""Rules whose numbers are moved again and again over the same rows: only what a move changes is asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from ieiw.filters.apply import Verdicts, apply_rules
from ieiw.filters.frame import Frame
from ieiw.filters.rule_set import RuleSet
from ieiw.filters.rules.base import Bools, Outcome, Rule
from ieiw.triplets.errors import UsageError

Values = Mapping[str, Mapping[str, float]]
"""Rule -> knob -> where it stands; what is not named stays as it is."""


def moved(rules: RuleSet, values: Values) -> RuleSet:
    """The rules with their knobs elsewhere.

    Raises:
        UsageError: no such rule or knob, or a value that the rule does not allow.
    """
    plain: dict[str, Any] = rules.model_dump(mode="json")
    known = {rule.name: (number, {knob.field for knob in rule.knobs()}) for number, rule in enumerate(rules.rules)}
    for name, knobs in values.items():
        number, fields = known.get(name, (-1, set[str]()))
        if number < 0 or not knobs.keys() <= fields:
            raise UsageError(f"rule {name!r} has no knob {', '.join(knobs.keys() - fields)}")
        plain["rules"][number].update(knobs)
    try:
        return RuleSet.model_validate(plain)
    except ValidationError as error:
        raise UsageError(
            "; ".join(str(each["msg"]).removeprefix("Value error, ") for each in error.errors())
        ) from error


def fitted(rules: RuleSet, frame: Frame) -> RuleSet:
    """The rules without the tasks and sources that the rows have not, and without rules about none that are there."""
    kept = []
    for rule in rules.rules:
        left = {
            column: tuple(name for name in wanted if name in frame.names(column))
            for column, wanted in (("task", rule.tasks), ("source", rule.sources))
            if wanted
        }
        if all(left.values()):
            kept.append(rule.model_copy(update={f"{column}s": names for column, names in left.items()}))
    return rules.model_copy(update={"rules": tuple(kept)})


@dataclass(frozen=True, slots=True)
class _Known:
    rule: Rule
    asked: Bools
    outcome: Outcome


class Moving:
    """Applies one rule set after another; each differs from the last in its knobs alone.

    A relative rule depends on what survives before it, which takes long to ask: unless a move is settled, what it said last stands.
    """

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._known: dict[int, _Known] = {}

    def apply(self, rules: RuleSet, *, settle: bool) -> tuple[Verdicts, tuple[str, ...]]:
        """The verdicts, and the names of the rules that were not asked again though they should be; none where ``settle``.

        As :func:`ieiw.filters.apply.apply_rules` has them, but that bounds of groups without rows may be named too.
        """
        waiting: list[str] = []

        def ask(number: int, rule: Rule, asked: Bools) -> Outcome:
            known = self._known.get(number)
            if known and known.rule == rule and (not rule.relative or np.array_equal(known.asked, asked)):
                return known.outcome
            if known and rule.relative and not settle:
                waiting.append(rule.name)
                return known.outcome
            outcome = rule.ask(self.frame, asked if rule.relative else rule.concerns(self.frame))
            self._known[number] = _Known(rule, asked, outcome)
            return outcome

        return apply_rules(self.frame, rules, ask), tuple(waiting)
