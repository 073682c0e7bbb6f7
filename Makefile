# make demo: a virtual environment, the package, the default study, the path of its report.
# make test: the same environment, all tests.
# make faults: sweeps are killed, raced, cancelled and cut off, and must end as if they had not been (an hour).
# make bench: the same environment, speed and memory side by side with the loops that biasvar takes the place of.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo test faults bench lint wheel clean

demo: $(INSTALLED)
	$(BIN)/biasvar sweep

test: $(INSTALLED)
	$(BIN)/python -m pytest -n auto --dist loadfile

faults: $(INSTALLED)
	$(BIN)/python scripts/kill_and_resume.py
	$(BIN)/python scripts/kill_and_resume.py --engine process --kills 30
	$(BIN)/python scripts/kill_and_resume.py --points
	$(BIN)/python scripts/two_sweeps.py
	$(BIN)/python scripts/cluster_faults.py

bench: $(INSTALLED)
	$(BIN)/python scripts/benchmark.py

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

wheel: $(INSTALLED)
	$(BIN)/python -m build --wheel --outdir dist

$(INSTALLED): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist
