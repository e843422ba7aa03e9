"""Every backend of every role keeps the promises of its protocol; wrong names and options are named."""

import subprocess
import sys

import pytest

from ieiw.models.protocols import Backend
from ieiw.models.roles import INPAINT, ROLES
from ieiw.models.weights import Weights
from ieiw.triplets.errors import UsageError
from tests.support.holes import EMBEDDED
from tests.support.tiny_clip import clip_folder

BACKENDS = [(role, name) for role in ROLES.values() for name in sorted(role.backends)]
REQUIRED = {
    "endpoint": {"base": "http://localhost:1/v1", "model": "m"},
    "transformers": {"model": "m"},
    "image-to-text": {"model": "."},
}


@pytest.mark.parametrize(("role", "name"), BACKENDS, ids=lambda value: getattr(value, "name", value))
def test_every_backend_says_what_plans_and_fingerprints_need(role, name, monkeypatch, tmp_path):
    cls = role.load(name)
    assert Backend in cls.__mro__
    assert isinstance(cls.stand_in, bool) and cls.cost >= 0 and cls.name
    if cls.weights is None:
        made = role.make(
            name, {"weights": str(clip_folder(tmp_path))} if name == "open-clip" else REQUIRED.get(name, {})
        )
        assert made.device in {"cpu", "cuda", "remote"} and made.batch >= 1
        assert all(isinstance(value, str) for value in made.describe().values())
        return
    assert isinstance(cls.weights, Weights) and not cls.stand_in
    assert (cls.weights.role, cls.weights.backend) == (role.name, name)
    assert role.load(cls.weights.stand_in).stand_in
    monkeypatch.delenv(cls.weights.variable, raising=False)
    with pytest.raises(UsageError, match=f"{cls.weights.file}.*{cls.weights.site}.*{cls.weights.stand_in}"):
        role.make(name, {})


def test_names_options_and_settings():
    assert INPAINT.make("classical", {}).name == "patch"
    for name in set(EMBEDDED) - {"classical"}:
        made = INPAINT.make(name, {})
        assert made.name == name and made.stand_in and made.batch >= 1
    assert INPAINT.make("telea", {"radius": 5}).describe() == {"radius": "5"}
    assert INPAINT.make("patch", {"smallest": 64}).describe() != INPAINT.make("patch", {}).describe()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("magic", {}, "magic.*Known: biharmonic, classical, lama, navier-stokes, noop, patch, telea"),
        ("telea", {"radius": 0}, "radius is 0"),
        ("telea", {"radius": "3"}, "radius is '3'"),
        ("telea", {"radius": float("nan")}, "radius is nan"),
        ("patch", {"smallest": 1}, "smallest is 1"),
        ("patch", {"colour": 1}, r"options.colour: patch has no such option.*known: "),
        ("biharmonic", {"radius": 3}, r"options\..*: biharmonic has no such option"),
    ],
)
def test_wrong_names_and_options_are_named(name, options, message):
    with pytest.raises(UsageError, match=message):
        INPAINT.make(name, options)


def test_making_a_stand_in_loads_neither_torch_nor_scikit_image():
    code = (
        "import sys; from ieiw.models.roles import INPAINT;"
        "[INPAINT.make(name, {}) for name in INPAINT.backends if name != 'lama'];"
        "print({'torch', 'skimage', 'scipy', 'diffusers'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
