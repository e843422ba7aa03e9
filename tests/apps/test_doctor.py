"""``ieiw doctor`` looks at this machine as it is."""

from ieiw.apps import doctor
from ieiw.models.roles import ROLES


def test_this_machine_is_looked_at_and_every_role_is_listed(monkeypatch):
    monkeypatch.delenv("LAMA_MODEL", raising=False)
    checks = {check.name: check for check in doctor.examine()}
    assert {f"to {role}" for role in ROLES} < set(checks)
    assert checks["packages"].good, checks["packages"].remedy
    assert checks["Beam workers start"].good, checks["Beam workers start"].found
    assert checks["embedded inpainter"].good
    assert "torch 2" in checks["packages"].found


def test_a_place_is_looked_at_where_one_is_named(tmp_path):
    (tmp_path / "file").touch()
    checks = {check.name: check for check in doctor.examine(str(tmp_path / "file"))}
    assert not checks[f"{tmp_path}/file: can be written"].good


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr("importlib.metadata.requires", lambda _: ["nosuch-package>=1", 'other; extra == "dev"'])
    check = doctor._packages()
    assert not check.good
    assert "missing: nosuch-package;" in check.remedy


def test_too_little_memory_for_all_cores_names_the_workers_that_fit(monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Memory", (), {"available": 1.3e9})())
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    check = doctor._memory()
    assert (check.good, check.remedy) == (False, "build with --workers 2")
