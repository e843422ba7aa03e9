# Needs Python 3.11 and make, nothing else: every target builds what it needs first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FAISS ?= cpu
JOBS ?= auto
DEMO ?= demo-out

.PHONY: env demo test check bench clean

env: $(STAMP)

$(STAMP): setup.py constraints.txt Makefile
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT= $(BIN)/pip install --disable-pip-version-check --no-compile -c constraints.txt -e ".[$(FAISS),dev]"
	# Its pins (numpy<2, pillow<10) fit no Beam of today; the code runs on what is installed above.
	$(BIN)/pip install --disable-pip-version-check --no-compile --no-deps simple-lama-inpainting==0.1.2
	touch $(STAMP)

demo: env
	$(BIN)/ieiw demo --out $(DEMO)

check: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	$(BIN)/pytest -n $(JOBS) --dist worksteal

bench: env
	$(BIN)/python -m bench.run

clean:
	rm -rf $(VENV) $(DEMO) build *.egg-info
