"""The live page's server: what it answers, whom it refuses, the cut that it saves."""

import json
import urllib.error
import urllib.request

import pytest

from ieiw.filters.moving import moved
from ieiw.filters.rule_set import RuleSet, load_rules
from ieiw.pipelines.cut.run import cut
from ieiw.pipelines.lint.run import lint
from ieiw.triplets.layout.cut_state import load_cut
from tests.support.audited import RULES, cut_here, score_here
from tests.support.live_page import live_page
from tests.support.tiny_build import tiny_build

MOVED = {"large-gap": {"max": 0.05}, "one-a-picture": {"most": 3}}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    tiny = tiny_build(tmp_path_factory.mktemp("live") / "build")
    score_here(tiny)
    cut_here(tiny)
    return tiny


@pytest.fixture
def served(built):
    with live_page(built) as (address, desk):
        yield address, desk


def ask(address, desk, where, body, **headers):
    """Status and what was told."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/{where}", data, {"X-Token": desk.token} | headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text.startswith(b"{") else {}


def get(address, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def test_what_is_saved_is_the_cut_that_was_counted(served, built):
    address, desk = served
    _, counted = ask(address, desk, "move", {"values": MOVED, "settle": True})
    status, told = ask(address, desk, "save", {"values": MOVED, "name": "softer"})
    assert status == 200 and told["kept"] == counted["kept"] == told["train"] + told["validation"]
    state = load_cut(built.store, "softer")
    rules = moved(RuleSet.model_validate(RULES), MOVED)
    assert RuleSet.model_validate(state.rules) == rules == load_rules(built.path / told["file"])
    assert [step.dropped for step in state.funnel] == [step["dropped"] for step in counted["steps"]]
    assert cut(str(built.path), "softer", load_rules(built.path / told["file"])) == state
    assert lint(built.path).ok
    assert ask(address, desk, "save", {"values": {}, "name": "softer"})[1]["error"].startswith("there is a cut softer")
    cut(str(built.path), "softer", RuleSet.model_validate(RULES))
    assert not (built.path / told["file"]).exists(), "the file would tell of other rules"


@pytest.mark.parametrize("name", ["", "../out", "a/b", "build", ".hidden", "x" * 65, "a\n"])
def test_names_that_no_cut_may_have(served, built, name):
    address, desk = served
    status, told = ask(address, desk, "save", {"values": {}, "name": name})
    assert status == 400 and "cut name" in told["error"]
    assert sorted(path.name for path in built.path.parent.iterdir()) == ["build"]


def test_rules_that_keep_nothing_are_no_cut(served):
    address, desk = served
    status, told = ask(
        address, desk, "save", {"values": {"no-hole": {"max": -1.0}, "large-gap": {"max": -9}}, "name": "none"}
    )
    assert status == 400 and "keep none" in told["error"]


@pytest.mark.parametrize("where", ["move", "sheets", "save"])
def test_only_the_page_may_ask(served, built, where):
    address, desk = served
    body = {"values": {}, "name": "stolen"}
    assert ask(address, desk, where, body, **{"X-Token": "guess"})[0] == 403
    assert ask(address, desk, where, body, **{"X-Token": ""})[0] == 403
    assert ask(address, desk, where, body, Host="evil.example")[0] == 403
    assert not (built.path / "cuts/stolen").exists()


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "", "[", "localhost@evil"]
)
def test_the_page_is_not_shown_under_a_name_of_others(served, host):
    address, desk = served
    status, text, _ = get(f"{address}/", Host=host)
    assert status == 403 and desk.token.encode() not in text
    assert get(f"{address}/build.json", Host=host)[0] == 403


def test_a_tunnel_may_lead_here_from_another_port(served):
    assert get(f"{served[0]}/", Host="localhost:9999")[0] == 200


def test_nobody_may_frame_or_embed_it(served, built):
    for path in ("/", "/build.json", "/nothing"):
        headers = get(served[0] + path)[2]
        assert headers["X-Frame-Options"] == "DENY" and headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = get(served[0])[1].decode().split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy.split("script-src")[1]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b'{"values": 1}', b'{"more": 1}', b'{"values": {"large-gap": {"max": NaN}}}',
        b'{"values": {"large-gap": {"max": 1e999}}}', b'{"values": {"x": {"max": 1}}}', b"\xff\xfe",
        b'{"values": {"large-gap": {"score": 1}}}', b"[" * 60_000,
    ],
)  # fmt: skip
def test_nonsense_is_told_and_changes_nothing(served, body):
    address, desk = served
    status, told = ask(address, desk, "move", body)
    assert status == 400 and told["error"]
    assert ask(address, desk, "move", {})[1]["kept"] == desk.live.start.kept


def test_large_and_unsized_questions_are_not_read(served):
    address, desk = served
    assert ask(address, desk, "move", b" " * 70_000)[0] == 413
    assert ask(address, desk, "move", b"{}", **{"Content-Length": "-1"})[0] == 413
    assert ask(address, desk, "nothing", {})[0] == 404


def test_pictures_that_were_not_shown_and_files_outside_are_not_given(served):
    address, desk = served
    for path in ("/picture/" + "0" * 64, "/picture/../build.json", "/../secret", "/%2e%2e/secret"):
        assert get(address + path)[0] == 404
    _, told = ask(address, desk, "sheets", {"values": {"dull-source": {"min": 0}}, "settle": True})
    card = told["added"]["cards"][0]
    status, data, headers = get(f"{address}/picture/{card['before']}")
    assert status == 200 and data.startswith(b"RIFF") and headers["Content-Type"] == "image/webp"


def test_the_report_is_written_when_it_is_first_asked_for(built):
    asked = []

    def report():
        asked.append(1)
        built.store.publish_bytes("audit/strict.html", b"the report")

    with live_page(built, report=report) as (address, _):
        assert not asked
        assert get(f"{address}/audit/strict.html")[1] == b"the report"
        assert get(f"{address}/audit/strict.html")[1] == b"the report"
        assert len(asked) == 1


def test_without_a_cut_it_starts_from_the_default_rules(built):
    with live_page(built, name="") as (address, desk):
        page = get(address)[1].decode()
        assert "Default rules" in page and "no rule of this build" not in page
        names = [rule.name for rule in desk.live.rules.rules]
        assert "low-target" in names and names == [rule["name"] for rule in desk.live.rules.model_dump()["rules"]]
        first = names[0]
        status, told = ask(address, desk, "save", {"values": {first: {"min": 0.01}}, "name": "from-default"})
        assert status == 200, told
