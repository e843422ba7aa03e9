"""Instructions of an endpoint: it may die, talk nonsense, or be asked in other words; nothing is painted twice for that."""

import shutil

import pytest
import yaml

from ieiw.pipelines.lint.run import lint
from tests.support.builds import balanced, build_serially, ieiw, index, stamps
from tests.support.chat_server import chat_server
from tests.support.replaced import recipe_values, replace
from tests.support.writers import requests

PAINTED = ("retrieve-", "paint-", "caption-")


@pytest.fixture
def out(site, tmp_path):
    """What templates wrote; with an endpoint in their place only the instructions are to be made."""
    shutil.copytree(site.out, tmp_path / "out")
    return tmp_path / "out"


def endpoint(base, **options):
    quick = {"tries": 1, "first_pause": 0.01, "timeout": 20}
    return {"write": {"name": "endpoint", "options": {"base": base} | quick | options}}


def costly(out):
    """Every file of the steps before the last: another write of one would show."""
    return {name: stamp for name, stamp in stamps(out / "replacement/drawn").items() if name.startswith(PAINTED)}


def test_one_that_dies_half_way_is_told_in_a_line_and_nothing_is_painted_again(site, out, tmp_path):
    before, log = costly(out), tmp_path / "log"

    def run(base):
        values = recipe_values(site.data, site.gallery, endpoint(base))
        (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(values))
        return ieiw("build", tmp_path / "recipe.yaml", "--out", out, "--workers", 1, "--replace", "drawn")

    with chat_server(log, "--replacer", "0", "--die-after", "8") as base:
        died = run(base)
    assert died.returncode == 2
    told = died.stderr.splitlines()[-1]
    assert told.startswith(f"ieiw: {base}/chat/completions: no answer in 1 tries (") and "run it again" in told
    assert "Traceback" not in died.stderr and "DriverFailed" not in died.stderr
    written = list((out / "replacement/drawn").glob("write-*/*.parquet"))
    assert 4 < len(written) < 4 + 4  # those of the templates, and the units that were answered
    asked = {each["body"]["messages"][0]["content"] for each in requests(log)}
    with chat_server(tmp_path / "second", "--replacer", "0") as base:
        done = run(base)
    assert done.returncode == 0, done.stderr
    assert costly(out) == before
    again = [each["body"]["messages"][0]["content"] for each in requests(tmp_path / "second")]
    assert 0 < len(again) < 17 and len({*asked, *again}) <= 17
    assert balanced(out) == (17, 3) and lint(str(out)).findings == ()
    assert all(row["instruction"].startswith("replace the ") for row in index(out, "rows"))


def test_nonsense_is_answered_by_other_seeds_and_at_last_by_a_reject(site, out, tmp_path, monkeypatch):
    build_serially(monkeypatch)
    monkeypatch.setattr("ieiw.pipelines.replacement.write._AT_ONCE", 1)
    with chat_server(tmp_path / "log", "--replacer", "4") as base:
        replace(site.data, site.gallery, out, backends=endpoint(base), replaced=["drawn"])
    bodies = [each["body"] for each in requests(tmp_path / "log")]
    seeds = [body["seed"] for body in bodies[:5]]
    assert seeds[1] == seeds[0] + 1 and seeds[2] == seeds[0] + 2 and seeds[4] == seeds[3] + 1
    assert len(bodies) == 3 + 2 + 15
    (lost,) = [row for row in index(out, "rejects") if row["reason"] == "instruction_unusable"]
    assert "make it nicer" not in str(index(out, "rows")) and lost["detail"]
    assert balanced(out) == (16, 4)


def test_another_prompt_writes_anew_and_paints_nothing(site, out, tmp_path, monkeypatch):
    build_serially(monkeypatch)
    before = costly(out)
    prompt = "Thing before: {source}\nThing after: {target}\nSay it in a sentence."
    with chat_server(tmp_path / "log", "--replacer", "0") as base:
        replace(site.data, site.gallery, out, backends=endpoint(base), replaced=["drawn"])
        replace(site.data, site.gallery, out, backends=endpoint(base), replaced=["drawn"], write={"prompt": prompt})
    said = [each["body"]["messages"][0]["content"] for each in requests(tmp_path / "log")]
    assert sum(text.startswith("Thing before: ") for text in said) == 17 and len(said) == 34
    assert costly(out) == before
    assert balanced(out) == (17, 3) and lint(str(out)).findings == ()
