# `make help` lists the targets; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable
PROGRAM := $(VENV)/.program
SETUP := $(VENV)/.set-up
RECORDING ?= ../shared/incidents/shop-db_pool

.DEFAULT_GOAL := help
.PHONY: help setup tools demo test lint types format lab fuzz accuracy bench demo-bundle clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { sh tests/tools.sh python3-venv && $(PYTHON) -m venv --clear $(VENV); }

$(PROGRAM): pyproject.toml | $(BIN)/python
	$(PIP) .
	@touch $@

$(SETUP): $(PROGRAM)
	$(PIP) '.[dev]'
	@touch $@

setup: $(SETUP) ## make the virtual environment with everything

tools: ## install Prometheus and Chromium for the end-to-end tests, where apt-get and root are at hand
	@sh tests/tools.sh

demo: $(PROGRAM) ## diagnose a recorded incident: no server, no network
	$(BIN)/diagnose demo

lab: $(SETUP) tools ## record one case and show its report: make lab CASE=parcel-receive
	@test -n "$(CASE)" || { echo 'say which: make lab CASE=parcel-receive; the cases are in examples/lab/cases' >&2; exit 2; }
	cd examples/lab && ../../$(BIN)/python -m lab record "$(CASE)"
	cd examples/lab && ../../$(BIN)/python -m lab report "$(CASE)"

bench: $(SETUP) ## time the engines beside their peers
	$(PIP) '.[bench]'
	$(BIN)/python -m tests.benchmarks.logs --size 3e8 --patience 20
	$(BIN)/python -m tests.benchmarks.patterns
	$(BIN)/python -m tests.benchmarks.metrics
	$(BIN)/python -m tests.benchmarks.profiles
	$(BIN)/python -m tests.benchmarks.report

fuzz: $(SETUP) ## look for inputs that break a reader: make fuzz TARGET=log_lines
	$(BIN)/python -m tests.fuzz $(TARGET) 600

accuracy: $(SETUP) ## diagnose every recording and write docs/accuracy.md
	cd examples/lab && ../../$(BIN)/python -m score --write ../../docs/accuracy.md

lint: $(SETUP) ## check style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(SETUP) ## check types
	$(BIN)/mypy

test: $(SETUP) tools lint types ## run every check and test
	$(BIN)/pytest

format: $(SETUP) ## put the code in form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

demo-bundle: $(SETUP) ## make the demo's bundle anew from a recording: make demo-bundle RECORDING=FOLDER
	$(BIN)/python -m tests.e2e.record_demo $(RECORDING)

clean: ## remove what was built
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache
