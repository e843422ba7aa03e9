"""Asking a language model, and reading what it answers."""

import pytest

from ieiw.builders.instructions.replacing import PROMPT, Described, prompt_of, read_answer
from ieiw.triplets.rejects import Reason, Refusal

SAID = "change the dog to a cat"


def test_the_prompt_holds_all_that_is_known_and_no_gap():
    source = Described("a dog {on} grass", "Animal", "brown", "on the left", 2)
    text = prompt_of(source, Described("", "Cat"), ("a park", ""))
    assert "a dog on grass (animal, brown, on the left, one of 3; say which)" in text
    assert "after: cat\n" in text and "before: a park\n" in text and "after: unknown" in text
    assert '{"instruction": "..."}' in text and "{source}" in PROMPT and "{source}" not in text


def test_a_template_of_ones_own_may_leave_gaps_out():
    assert prompt_of(Described("a dog"), Described("{source}"), ("", ""), "{source} -> {target}") == "a dog -> source"


@pytest.mark.parametrize(
    "text",
    [
        '{"instruction": "%s"}', '```json\n{"instruction": "%s."}\n```', 'Sure! Here it is:\n{"instruction": "%s"}\nEnjoy {it}',
        "%s",
        '"%s."', "Here is the instruction:\n%s", "<think>{\"instruction\": \"no\"}</think>%s", "Instruction: %s", "```\n%s\n```",
        '{"reason": "x", "instruction": " %s "}', "1. %s", "“%s”",
    ],
)  # fmt: skip
def test_the_sentence_is_found(text):
    assert read_answer(text.replace("%s", SAID)) == SAID


@pytest.mark.parametrize(
    "text",
    ["", "   ", "{}", '{"instruction": ""}', '{"instruction": 3}', '{"instruction": "a"} {"instruction": "b"}', "one\ntwo",
     "<think>x", '{"instruction": "cut o', "```json\n```"],
)  # fmt: skip
def test_nonsense_is_refused(text):
    with pytest.raises(Refusal) as refused:
        read_answer(text)
    assert refused.value.reason is Reason.INSTRUCTION_UNUSABLE
