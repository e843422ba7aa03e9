"""``ieiw doctor`` from outside."""

import json

from ieiw.apps.doctor import Check


def test_what_is_not_good_is_said_with_its_remedy_and_a_status(ieiw, monkeypatch):
    checks = [Check("memory", True, "9 GB"), Check("disk here", False, "1 GB", "free some")]
    monkeypatch.setattr("ieiw.apps.doctor.examine", lambda _: checks)
    status, out, err = ieiw("doctor")
    assert (status, out) == (1, "")
    assert "disk here: free some" in err
    status, out, _ = ieiw("doctor", "--json")
    assert status == 1
    assert json.loads(out) == {"ok": False, "checks": [check.as_json() for check in checks]}
    monkeypatch.setattr("ieiw.apps.doctor.examine", lambda _: checks[:1])
    assert ieiw("doctor")[0] == 0
