"""Every role is listed, with who plays it, and whether the weights are there or where to get them."""

import pytest

from ieiw.apps.model_roles import players
from ieiw.models.roles import ROLES
from ieiw.triplets.layout.recipe import BackendChoice


@pytest.fixture(autouse=True)
def no_weights(monkeypatch):
    monkeypatch.delenv("LAMA_MODEL", raising=False)


def test_without_a_recipe_every_backend_of_every_role_is_listed():
    lines = players()
    assert {line.role for line in lines} == set(ROLES)
    for role in ROLES.values():
        shown = " ".join(line.backends for line in lines if line.role == role.name)
        assert [name for name in role.backends if name not in shown] == []
    (lama,) = (line for line in lines if line.backends == "lama")
    assert lama.good
    assert "LAMA_MODEL is not set" in lama.weights and "https://" in lama.weights


def test_a_recipe_lists_what_it_chose_and_what_it_did_not():
    lines = {line.role: line for line in players({"inpaint": BackendChoice(name="telea")})}
    assert (lines["inpaint"].backends, lines["inpaint"].weights) == ("telea (stand-in)", "none needed")
    assert lines["write"].backends == "not chosen"
    assert lines["paint"].backends == "not chosen" and not lines["paint"].chosen


@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_path_that_leads_nowhere_is_not_good(way, monkeypatch, tmp_path):
    path = str(tmp_path / "none.pt")
    if way == "variable":
        monkeypatch.setenv("LAMA_MODEL", path)
    options = {"weights": path} if way == "option" else {}
    (line,) = (line for line in players({"inpaint": BackendChoice(name="lama", options=options)}) if not line.good)
    assert f"no file {path}" in line.weights


def test_weights_that_are_there_are_named(tmp_path):
    path = tmp_path / "big-lama.pt"
    path.touch()
    choice = BackendChoice(name="lama", options={"weights": str(path)})
    assert [line.weights for line in players({"inpaint": choice}) if line.role == "inpaint"] == [str(path)]


def test_an_unknown_backend_is_left_to_the_check_of_the_recipe():
    assert {line.role for line in players({"inpaint": BackendChoice(name="nosuch")})} == set(ROLES)
