"""Rule files: what is wrong is told with its line."""

from pathlib import Path

import pytest

from ieiw.filters.registry import kind_of, known
from ieiw.filters.rule_set import RuleSet, load_rules, to_yaml
from ieiw.pipelines.cut.default_rules import DEFAULT
from ieiw.triplets.errors import UsageError


def refused(tmp_path, text):
    file = tmp_path / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        load_rules(file)
    return str(error.value)


def test_default_rules_survive_their_own_yaml(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text(to_yaml(DEFAULT), encoding="utf-8")
    assert load_rules(file) == DEFAULT


def test_an_unknown_score_lists_those_known(tmp_path):
    message = refused(
        tmp_path,
        "rules:\n  - name: a\n    kind: threshold\n    score: noise\n    max: 3\n"
        "  - name: b\n    kind: threshold\n    score: beauty\n    max: 3\n",
    )
    assert "line 6" in message
    assert "no score is called 'beauty'" in message
    assert all(name in message for name in known())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{name: a, kind: threshold, score: noise, maxx: 3}", "maxx"),
        ("{name: a, kind: threshold, score: noise}", "give min, max, drop_lowest or drop_highest"),
        ("{name: a, kind: threshold, score: noise, min: 4, max: 3}", "nothing could pass"),
        ("{name: a, kind: threshold, score: noise, max: .nan}", "max"),
        ("{name: a, kind: threshold, score: noise, drop_lowest: 1.5}", "drop_lowest"),
        (
            "{name: a, kind: threshold, score: noise, of: pair, max: 3}",
            "Use one of: change-inside, change-outside, clip-direction",
        ),
        ("{name: a, kind: threshold, score: seam, max: 3}", "seam is a score of a pair"),
        ("{name: a, kind: threshold, score: phash, max: 3}", "phash is a score of a hash"),
        ("{name: a, kind: gap, score: seam, max: 3}", "cannot serve as a bound on the gap"),
        ("{name: a, kind: cap, per: group, most: 3, keep: beauty}", "no score is called 'beauty'"),
        ("{name: a, kind: cap, per: group, most: 0}", "most"),
        ("{name: a, kind: duplicates, distance: 9}", "distance"),
        ("{name: a, kind: decontaminate, pictures: []}", "pictures"),
        ("{name: a, kind: decontaminate, sets: [{dataset: gopro, root: a, split: ../b}]}", "is no name of a split"),
        ("{name: a, kind: decontaminate, sets: [{dataset: gopro, root: '', split: test}]}", "root"),
        ("{name: a, kind: licences}", "allow: is required"),
        ("{name: A b, kind: duplicates}", "name"),
        ("{name: a, kind: magic}", "magic"),
    ],
)
def test_wrong_rules_name_the_line(tmp_path, line, told):
    message = refused(tmp_path, f"split: {{validation: 0.1}}\nrules:\n  - {line}\n")
    assert "line 3" in message
    assert told in message


def test_two_rules_of_one_name(tmp_path):
    rule = "  - {name: a, kind: duplicates}\n"
    assert "two rules are named 'a'" in refused(tmp_path, "rules:\n" + rule + rule)


def test_wrong_keys_at_the_top_and_in_the_split(tmp_path):
    assert "line 2, rulez" in refused(tmp_path, "rules: []\nrulez: []\n")
    assert "line 2, split.share" in refused(tmp_path, "split:\n  share: 0.1\n")


def test_scores_that_rules_need():
    rules = RuleSet.model_validate(
        {
            "rules": [
                {"name": "d", "kind": "duplicates", "distance": 2},
                {"name": "s", "kind": "gap", "score": "noise", "max": 1},
            ]
        }
    )
    assert rules.scores() == {"phash", "noise", "sharpness", "exposure", "contrast", "blockiness"}


def test_kinds():
    assert [kind_of(name) for name in ("noise", "classical-quality", "seam", "phash")] == [
        "picture",
        "picture",
        "pair",
        "hash",
    ]
    with pytest.raises(UsageError, match="no score"):
        kind_of("beauty")


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[2] / "recipes" / "rules").glob("*.yaml")), ids=lambda file: file.stem
)
def test_our_own_rule_files_are_read(file):
    assert load_rules(file).rules
