# `make help` lists the targets; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.set-up

.DEFAULT_GOAL := help
.PHONY: help demo test lint format types setup tools clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | expand -t 16

setup: $(SETUP) ## make the virtual environment with everything

$(SETUP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

tools: ## install Prometheus and Chromium for the end-to-end tests, where apt-get and root are at hand
	@sh tests/tools.sh

demo: $(SETUP) ## diagnose a recorded incident: no server, no network
	$(BIN)/diagnose demo

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

clean: ## remove what was built
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache
