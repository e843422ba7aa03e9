"""The page of benchmarks: sections are replaced one by one; what cannot run here says so."""

import os
import sys
import types

import numpy as np
import pytest

from bench import gpu_embed, gpu_lama, run
from bench.common import NotHereError, Row
from ieiw.models.roles import EMBED
from tests.support.tiny_clip import clip_folder


@pytest.fixture
def parts(monkeypatch):
    """Two benchmarks, ``first`` and ``second``, whose rows a test sets."""
    found = {}
    for name in ("first", "second"):
        module = types.ModuleType(f"bench.{name}", f"About {name}.")
        module.run = lambda name=name: found[name]
        monkeypatch.setitem(sys.modules, f"bench.{name}", module)
        found[name] = [Row(f"{name} thing", "1 s", "2 s", True)]
    monkeypatch.setattr(run, "NAMES", ("first", "second"))
    return found


def test_one_benchmark_replaces_its_section_alone(parts, tmp_path):
    page = tmp_path / "page.md"
    assert run.main([], page) == 0
    before = run.read_sections(page)
    assert list(before) == ["first", "second"]
    parts["first"] = [Row("first thing", "3 s", "2 s", False)]
    assert run.main(["first"], page) == 1
    after = run.read_sections(page)
    assert "| first thing | 3 s | 2 s | **no** |" in after["first"]
    assert after["second"] == before["second"]


def test_an_unknown_name_is_refused_and_the_page_left_alone(parts, tmp_path, capsys):
    assert run.main(["third"], tmp_path / "page.md") == 2
    assert "known: first, second" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()


def test_weights_are_given_by_their_variable(monkeypatch, tmp_path, capsys):
    for name in ("CLIP_L14", "JUDGE_BASE"):
        monkeypatch.setenv(name, "before")
    assert run.asked(["second", "--weights", f"CLIP_L14={tmp_path}", "JUDGE_BASE=http://judge"]) == ["second"]
    assert [os.environ[name] for name in ("CLIP_L14", "JUDGE_BASE")] == [str(tmp_path), "http://judge"]
    for wrong, told in (
        ("CLIP_L14", "is not VARIABLE=PATH"),
        ("CLIP_L14=", "is not"),
        ("CLIP_L14=/no/such", "no /no/such"),
    ):
        with pytest.raises(SystemExit):
            run.asked(["--weights", wrong])
        assert told in capsys.readouterr().err


def test_a_benchmark_that_cannot_run_here_says_so(parts, tmp_path):
    def refuse():
        raise NotHereError("no GPU on this machine")

    sys.modules["bench.second"].run = refuse
    assert run.main([], tmp_path / "page.md") == 0
    assert "Not run: no GPU on this machine." in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_lama_on_a_gpu_is_refused_with_status_2_where_there_is_none(monkeypatch, capsys):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert gpu_lama.main() == 2
    assert "sees no GPU on this machine" in capsys.readouterr().err


def test_a_device_is_compared_with_the_cpu_by_pixels(tmp_path):
    import torch

    from bench.fourier_network import FourierNetwork

    torch.manual_seed(0)
    torch.jit.script(FourierNetwork(width=32, blocks=1)).save(str(tmp_path / "net.pt"))
    case = gpu_lama.random_case(count=4, side=32)
    rows = gpu_lama.compare(tmp_path / "net.pt", "tiny", "cpu", case)
    alike = [row for row in rows if "within" in row.what]
    assert len(alike) == 3 and all(row.good and row.figure == "100.000%" for row in alike)
    painted, _ = gpu_lama._timed(gpu_lama.Lama(str(tmp_path / "net.pt"), "cpu"), case, 1)
    spread = [float(each[hole].std()) for each, hole in zip(painted, case.holes, strict=True)]
    assert min(spread) > 5  # were all of it grey, everything would agree
    brighter = [np.where(each < 128, each + 3, each - 3) for each in painted]
    assert gpu_lama._agreement(painted, brighter, case.holes) == 0


def test_embedding_on_a_gpu_is_refused_with_status_2_where_there_is_none(monkeypatch, capsys):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert gpu_embed.main() == 2
    assert "sees no GPU on this machine" in capsys.readouterr().err


def test_a_device_is_compared_with_the_cpu_by_vectors(tmp_path):
    options = {"weights": str(clip_folder(tmp_path / "weights"))}
    pictures = gpu_lama.random_case(count=6, side=48).pictures
    rows = gpu_embed.compare("open-clip", options, "tiny", "cpu", pictures, batches=(2, 4))
    assert [row.good for row in rows if "cosine" in row.what] == [True, True]
    vectors, _ = gpu_embed._timed(
        EMBED.make("open-clip", options), [*map(EMBED.make("open-clip", options).prepare, pictures)], 1
    )
    assert gpu_embed.agreement(vectors, vectors) > 0.999 > gpu_embed.agreement(vectors, np.roll(vectors, 1, axis=0))


def test_units_are_embedded_beside_the_bare_model(tmp_path):
    options = {"weights": str(clip_folder(tmp_path / "weights"))}
    row = gpu_embed.of_units(tmp_path / "units", "open-clip", options, "cpu", 3)
    assert 0 < float(row.figure) < 2
