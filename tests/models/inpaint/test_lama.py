"""The LaMa adapter, on tiny TorchScript networks that the tests write in the published file's form."""

import subprocess
import sys
import zipfile

import numpy as np
import pytest
import torch

from ieiw.models.roles import INPAINT
from ieiw.triplets.errors import UsageError


class Tiny(torch.nn.Module):
    """LaMa's contract: fills the hole with the mean of the rest and shifts it a little by the hole's share."""

    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        keep = (1 - mask).to(image.dtype)
        mean = (image * keep).sum(dim=(2, 3), keepdim=True) / keep.sum(dim=(2, 3), keepdim=True)
        return image * keep + mean * mask.to(image.dtype)


class WrongShape(Tiny):
    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return image[:, :1]


class OneInput(torch.nn.Module):
    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image


class OutOfRange(Tiny):
    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return image * 255


def save(module, path):
    torch.jit.script(module).save(str(path))
    return path


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return save(Tiny(), tmp_path_factory.mktemp("lama") / "big-lama.pt")


def case(height, width, seed=0):
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    hole = np.zeros((height, width), bool)
    hole[height // 4 : height // 2, width // 4 : width // 2] = True
    return picture, hole


@pytest.mark.parametrize("size", [(64, 64), (61, 60), (17, 90)])
def test_the_result_has_the_pictures_size_and_keeps_what_is_outside(weights, size):
    picture, hole = case(*size)
    painted = INPAINT.make("lama", {"weights": str(weights), "device": "cpu"}).paint([picture], [hole])[0]
    assert painted.shape == picture.shape and painted.dtype == np.uint8
    assert np.abs(painted.astype(int) - picture)[~hole].max() <= 1
    assert np.ptp(painted[hole], axis=0).max() == 0  # one mean colour


def test_a_batch_of_mixed_sizes_gives_what_each_gives_alone(weights):
    cases = [case(64, 48, 1), case(61, 60, 2), case(64, 48, 3), case(62, 47, 4), case(64, 48, 5)]
    pictures, holes = zip(*cases, strict=True)
    together = INPAINT.make("lama", {"weights": str(weights), "device": "cpu", "batch": 2}).paint(pictures, holes)
    alone = INPAINT.make("lama", {"weights": str(weights), "device": "cpu", "batch": 1})
    for (picture, hole), result in zip(cases, together, strict=True):
        assert np.array_equal(alone.paint([picture], [hole])[0], result)


def test_the_variable_names_the_weights(weights, monkeypatch):
    monkeypatch.setenv("LAMA_MODEL", str(weights))
    picture, hole = case(32, 32)
    assert INPAINT.make("lama", {"device": "cpu"}).paint([picture], [hole])[0].shape == picture.shape


def test_our_pixels_are_those_of_the_package_itself(weights, monkeypatch):
    package = pytest.importorskip("simple_lama_inpainting", reason="installed by `make env`")
    monkeypatch.setenv("LAMA_MODEL", str(weights))
    picture, hole = case(61, 60)
    theirs = np.asarray(package.SimpleLama(device=torch.device("cpu"))(picture, hole.astype(np.uint8) * 255))
    ours = INPAINT.make("lama", {"weights": str(weights), "device": "cpu"}).paint([picture], [hole])[0]
    assert np.array_equal(theirs[:61, :60], ours)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (WrongShape, "gives .1, 1, 64, 64."),
        (OneInput, "does not take LaMa's picture"),
        (OutOfRange, "values in 0..1: False"),
    ],
)
def test_another_network_is_refused_when_it_is_loaded(tmp_path, module, message):
    file = save(module(), tmp_path / "other.pt")
    with pytest.raises(UsageError, match=message):
        INPAINT.make("lama", {"weights": str(file), "device": "cpu"}).paint(*[[each] for each in case(32, 32)])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a network", b"<html>not found</html>"])
def test_a_file_that_is_no_network_is_named_before_any_picture(tmp_path, content):
    file = tmp_path / "broken.pt"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="broken.pt: not a TorchScript network.*big-lama.pt again from https://"):
        INPAINT.make("lama", {"weights": str(file), "device": "cpu"})


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_download_that_broke_off_is_named_before_any_picture(weights, tmp_path, share):
    file = tmp_path / "cut.pt"
    content = weights.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UsageError, match="cut.pt: not a TorchScript network"):
        INPAINT.make("lama", {"weights": str(file), "device": "cpu"})


def test_a_file_of_weights_without_code_is_named(tmp_path):
    file = tmp_path / "state.pt"
    torch.save({"weight": torch.zeros(3)}, file)
    with pytest.raises(UsageError, match="state.pt: not a TorchScript network .no code in it"):
        INPAINT.make("lama", {"weights": str(file), "device": "cpu"})


def test_an_archive_with_damaged_code_is_named_with_the_first_picture(weights, tmp_path):
    file = tmp_path / "damaged.pt"
    with zipfile.ZipFile(weights) as good, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bad:
        for member in good.namelist():
            bad.writestr(member, b"" if member.endswith(".py") else good.read(member))
    with pytest.raises(UsageError, match="damaged.pt"):
        INPAINT.make("lama", {"weights": str(file), "device": "cpu"}).paint(*[[each] for each in case(32, 32)])


@pytest.mark.parametrize(
    "options", [{"batch": -1}, {"batch": "8"}, {"threads": 0}, {"device": "tpu"}, {"radius": 3}], ids=str
)
def test_wrong_options_are_named(weights, options):
    with pytest.raises(UsageError, match=f"backends.inpaint.*{next(iter(options))}"):
        INPAINT.make("lama", {"weights": str(weights), **options})


def test_a_missing_gpu_is_an_error_where_it_was_asked_for(weights):
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    painter = INPAINT.make("lama", {"weights": str(weights), "device": "cuda"})
    with pytest.raises(UsageError, match="cuda, but torch sees no GPU"):
        painter.paint(*[[each] for each in case(32, 32)])


def test_holes_that_do_not_fit_are_refused(weights):
    painter = INPAINT.make("lama", {"weights": str(weights), "device": "cpu"})
    picture, hole = case(32, 32)
    for wrong in (np.ones_like(hole), hole[:-1]):
        with pytest.raises(ValueError, match="hole"):
            painter.paint([picture], [wrong])


def test_missing_weights_name_the_file_the_place_and_the_stand_in(monkeypatch):
    monkeypatch.delenv("LAMA_MODEL", raising=False)
    with pytest.raises(UsageError, match=r"LAMA_MODEL is set.*big-lama.pt from https://.*backends.inpaint=classical"):
        INPAINT.make("lama", {})
    with pytest.raises(UsageError, match="no file /nowhere/x.pt"):
        INPAINT.make("lama", {"weights": "/nowhere/x.pt"})


def test_the_fingerprint_carries_the_digest_of_the_weights(weights, tmp_path):
    first = INPAINT.make("lama", {"weights": str(weights), "device": "cpu"}).describe()
    other = tmp_path / "big-lama.pt"
    other.write_bytes(weights.read_bytes() + b" ")
    assert first["device"] == "cpu" and len(first["weights_sha256"]) == 64
    assert INPAINT.make("lama", {"weights": str(other), "device": "cpu"}).describe() != first


def test_torch_is_not_loaded_before_it_is_needed(weights):
    code = (
        "import sys; from ieiw.models.roles import INPAINT; "
        f"INPAINT.make('lama', {{'weights': {str(weights)!r}, 'device': 'cpu'}}).describe(); print('torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
