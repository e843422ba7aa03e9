"""``ieiw instructions`` from outside, without a model; those that write are in tests/builders/instructions."""

import yaml

from tests.support.command_line import as_json, check_refused


def test_the_hand_written_set_is_written_as_a_recipe_takes_it(ieiw, tmp_path):
    out = tmp_path / "new" / "removal.yaml"
    summary = as_json(ieiw("instructions", "removal", "--out", out, "--json"))
    values = yaml.safe_load(out.read_text())
    assert (values["kind"], len(values["templates"])) == ("removal", summary["templates"])
    assert list(out.parent.iterdir()) == [out]


def test_a_model_is_named_for_endpoints_alone_and_a_kind_that_there_is_not_is_refused(ieiw, tmp_path):
    out = tmp_path / "a.yaml"
    check_refused(ieiw("instructions", "removal", "--out", out, "--with", "some/model", "--model", "x"), "--model x")
    check_refused(ieiw("instructions", "nosuch", "--out", out), "nosuch")
    assert not out.exists()
