# make demo: a virtual environment, the package, the default study, the path of its report.
# make test: the same environment, the tests of every law and family, a sweep, a kill and a resume (about three minutes).
# make test-all: every test, those marked slow, faults, slurm and ray too.
# make test-ci: the tests of make test, and those marked ci of the others.
# make chapter: the same environment, every study of the chapter, and the page that walks through them (ten minutes).
# make theory: the same environment, a hundred exact results of the field beside fresh sweeps (three minutes).
# make demos: the same environment, famous demonstrations rerun, and the page that walks through them (ten minutes).
# make docs: the site of all pages, in build/site.
# make faults: sweeps are killed, raced, cancelled and cut off, and must end as if they had not been (an hour).
# make bench: the same environment, speed and memory side by side with the loops that biasvar takes the place of.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PACKAGE := $(VENV)/.installed
TEST := $(VENV)/.installed-test
DEV := $(VENV)/.installed-dev
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable

.PHONY: demo chapter demos theory test test-all test-ci docs faults bench lint wheel clean

demo: $(PACKAGE)
	$(BIN)/biasvar sweep

chapter: $(PACKAGE)
	$(BIN)/python scripts/chapter.py

theory: $(PACKAGE)
	$(BIN)/biasvar verify --theory

demos: $(PACKAGE)
	$(BIN)/python scripts/demos.py

test: $(TEST)
	$(PYTEST)

test-all: $(DEV)
	$(PYTEST) -m ''

test-ci: $(DEV)
	$(PYTEST) -m 'not slow and not faults and not slurm and not ray and not browser or ci'

docs: $(DEV)
	$(BIN)/sphinx-build -q -W -b html docs build/site

faults: $(DEV)
	$(BIN)/python scripts/kill_and_resume.py
	$(BIN)/python scripts/kill_and_resume.py --engine process --kills 30
	$(BIN)/python scripts/kill_and_resume.py --points
	$(BIN)/python scripts/two_sweeps.py
	$(BIN)/python scripts/cluster_faults.py

bench: $(PACKAGE)
	$(BIN)/python scripts/benchmark.py

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

wheel: $(DEV)
	$(BIN)/python -m build --wheel --outdir dist

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(PACKAGE): pyproject.toml | $(BIN)/python
	$(INSTALL) .
	touch $@

$(VENV)/.installed-%: pyproject.toml | $(BIN)/python
	$(INSTALL) '.[$*]'
	touch $@

clean:
	rm -rf $(VENV) build dist
