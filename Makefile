# Set-up, demo, tests, platform. Needs python3 (3.11 to 3.13, with venv), make and git; no root rights.
# Everything runs by `python -m` from the project's own environment, so a path with a space in it is fine.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# The stamp is written last: an interrupted set-up has none and begins anew.
STAMP := $(VENV)/.installed
# Files stay together: those that start a whole platform start it once.
# In the order of the collection, the slow ones first (conftest.py): xdist would begin with the files that have most tests.
XDIST ?= -n 6 --dist loadfile --no-loadscope-reorder

.PHONY: help setup demo up bench screenshots test test-long lint types definitions unit format lock clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## Install everything into .venv

$(STAMP): requirements.lock setup.cfg
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "gtm-assets needs Python 3.11 to 3.13, $(PYTHON) is %d.%d; name another: make PYTHON=python3.12" % v)'
	@echo "Setting up .venv (about a minute the first time) …"
	@rm -f $(STAMP)
	$(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(STAMP)

demo: $(STAMP) ## The whole path against the sandbox, printed
	$(PY) -m gtm_assets.cli demo

up: $(STAMP) ## Open the platform: webserver, daemon, sensors, schedule
	@exec $(PY) -m gtm_assets.cli up

test: lint types definitions unit ## Lint, types, definitions, tests

lint: $(STAMP)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(STAMP)
	$(PY) -m mypy

# In a fresh interpreter without any of our variables, as on a machine that has no account.
definitions: $(STAMP)
	env -i PATH="$$PATH" HOME="$$HOME" $(PY) -m dagster definitions validate -w workspace.yaml

unit: $(STAMP)
	$(PY) -m pytest $(XDIST)

# Random, so each run looks elsewhere; what fails is kept in .hypothesis and tried first by the next one.
test-long: $(STAMP) ## Search for stories that break a property, about half an hour
	$(PY) -m pytest gtm_assets_tests/properties --hypothesis-profile=long -n 2 --dist loadfile

# BENCH=--quick tries the long ones out in a few minutes.
bench: $(STAMP) ## Measure; keep what it prints in benchmarks/RESULTS.md
	$(PY) -m benchmarks.path
	$(PY) -m benchmarks.lineage
	$(PY) -m benchmarks.cells
	$(PY) -m benchmarks.matrix $(BENCH)
	$(PY) -m benchmarks.sensor $(BENCH)
	$(PY) -m benchmarks.latency $(BENCH)
	$(PY) -m benchmarks.batch $(BENCH)

screenshots: $(STAMP) ## Take the pictures of docs/images anew, with the browser tests
	GTM_SCREENSHOTS=docs/images $(PY) -m pytest gtm_assets_tests/browser

format: $(STAMP) ## Format the code
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lock: $(STAMP) ## Resolve requirements.lock anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --extra dev --no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml constraints.in --output-file requirements.lock

clean: ## Remove environment, state and caches
	rm -rf $(VENV) .state .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build dist
