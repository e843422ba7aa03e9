"""``ieiw latents`` from outside."""

import yaml

from tests.support.command_line import as_json, check_refused
from tests.support.cuts import write_cut
from tests.support.tiny_vae import tiny_model


def test_they_are_made_and_trained_on(ieiw, tiny, tmp_path):
    write_cut(tiny)
    cut, model = tiny.path / "cuts/all", tiny_model(tmp_path / "model", size=16)
    stage = {
        "data": {"build": str(tiny.path), "cut": "all", "size": 16, "latents": True, "crop": "centre", "redraw": False},
        "model": {"start": model},
        "out": str(tmp_path / "run"),
        "steps": 1,
        "batch": 4,
        "device": "cpu",
        "reports": {"validate_every": 0},
    }
    file = tmp_path / "stage.yaml"
    file.write_text(yaml.safe_dump(stage))
    refused = ieiw("train", file)
    check_refused(refused, "no latents", "Make them")
    assert f"Run: ieiw latents {cut} --model {model} --size 16 --twins" in refused[2]
    made = as_json(ieiw("latents", cut, "--model", model, "--size", 16, "--device", "cpu", "--workers", 1, "--json"))
    stored = sum(path.stat().st_size for path in (cut / "latents").iterdir())
    assert made["samples"] > 4 and made["bytes"] == stored and made["set_aside"] == {}
    assert as_json(ieiw("train", file, "--json"))["steps"] == 1


def test_what_is_wrong_is_refused(ieiw, tiny, tmp_path):
    check_refused(ieiw("latents", tiny.path, "--model", "m"), "Give its folder")
    write_cut(tiny)
    check_refused(ieiw("latents", tiny.path / "cuts/all", "--model", tmp_path / "none"), "no such folder or file")
