"""The installable project. Beam ships it to workers with ``--setup_file``, so nothing here may import it."""

from pathlib import Path

from setuptools import find_packages, setup

BASE = [
    "torch==2.13.0",
    "torchvision==0.28.0",
    "apache-beam>=2.77,<2.78",
    "diffusers>=0.42",
    "fsspec>=2026.9",
    "h5py>=3.16",
    "HanTa>=1.2",
    "httpx>=0.28",
    "huggingface_hub>=2.4",
    "jinja2>=3.1",
    "markupsafe>=3.0.3",
    "matplotlib>=3.11",
    "msgspec>=0.22",
    "numpy>=2.4,<2.5",
    "open_clip_torch>=3.3",
    "opencv-python-headless>=5.0",
    "pillow>=12.1.1,<13",
    "platformdirs>=4.5",
    "psutil>=7.2",
    "pyarrow>=25,<26",
    "pycocotools>=2.0.11",
    "pydantic>=2.14",
    "pyspellchecker>=0.9",
    "pyyaml>=6.0.3",
    "rich>=15",
    "s3fs>=2026.9",
    "safetensors>=0.7",
    "scikit-image>=0.26",
    "scikit-learn>=1.9",
    "scipy>=1.17",
    "simplejpeg>=1.9",
    "tenacity>=9.2",
    "tensorboard>=2.21",
    "torch-fidelity>=0.3,<0.4",  # 0.4 installs a folder ``tests`` for all to import
    "transformers>=5.23",
    "typer>=0.29",
    "xxhash>=4.1",
]
DEV = [
    "datasets>=5.2",
    "hypothesis",
    "import-linter>=2.16",
    "megatron-energon>=7.4",
    "mlcroissant>=1.1",
    "moto[s3,server]>=5.2",
    "mypy>=2.4",
    "pytest>=9",
    "pytest-timeout",
    "pytest-xdist",
    "ruff>=0.17",
    "selenium>=4.51",
    "setuptools>=77",
    "types-PyYAML",
    "types-psutil",
    "webdataset>=1.0.2,<1.1",
]

PACKAGES = find_packages(include=["ieiw", "ieiw.*"])  # the links in ieiw/ lead to the folders beside it
if "ieiw.apps" not in PACKAGES:
    raise SystemExit(
        "ieiw/ holds no links: set `git config core.symlinks true` and check out again, or install the sdist"
    )

setup(
    name="ieiw",
    version="0.1.0",
    description="Rebuild, filter, shard and train on the instruction-editing data of InstructDiffusion",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11,<3.15",  # those that NumPy, Beam, Arrow and simplejpeg have wheels for
    packages=PACKAGES,
    package_data={
        "": ["py.typed", "*.yaml", "*.j2", "*.json"],
        "ieiw.models": ["manifests/*.json.gz"],
        "ieiw.recipes": ["rules/*.yaml", "galleries/*.yaml"],
    },
    install_requires=BASE,
    # faiss-cpu and faiss-gpu both write the folder ``faiss/``: install exactly one of the two extras.
    extras_require={"cpu": ["faiss-cpu>=1.15"], "gpu": ["faiss-gpu>=1.15"], "dev": DEV},
    entry_points={"console_scripts": ["ieiw=ieiw.apps.main:run"]},
)
