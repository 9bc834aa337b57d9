# Everything a newcomer needs is `make run` and `make test`; `make help` names the rest.
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
N ?= 2
SEED ?= 1
MINUTES ?= 10
TESTS ?=

PIP := $(PY) -m pip --disable-pip-version-check install --quiet
SOURCES := core web plugins tests bench

.DEFAULT_GOAL := help
.PHONY: help run test check format bench torture shots locale lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Linli needs Python 3.11 or newer: make PYTHON=python3.13 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A stamp is newer than what was installed from, so the network is asked only when the lists change.
$(VENV)/runtime.stamp: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements/runtime.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: requirements/test.txt $(VENV)/runtime.stamp
	$(PIP) --require-hashes -r requirements/test.txt
	@touch $@

run: $(VENV)/runtime.stamp  ## install, migrate, load the demo on first start, serve on 127.0.0.1:8000
	$(VENV)/bin/linli migrate
	$(VENV)/bin/linli demo --if-empty
	$(VENV)/bin/linli serve

test: $(VENV)/test.stamp  ## every test (TESTS=path or -k words, N=processes)
	$(PY) -m pytest -n $(N) --dist worksteal $(TESTS)

check: $(VENV)/test.stamp  ## lint, format, types, house rules
	$(PY) -m ruff check $(wildcard $(SOURCES))
	$(PY) -m ruff format --check $(wildcard $(SOURCES))
	$(PY) -m mypy
	$(PY) -m pytest -q tests/test_house.py tests/house

format: $(VENV)/test.stamp  ## put the sources into the one format
	$(PY) -m ruff check --fix $(wildcard $(SOURCES))
	$(PY) -m ruff format $(wildcard $(SOURCES))

bench: $(VENV)/test.stamp  ## pages and acts as ratios to a bare handler and raw SQL
	$(PY) -m bench

torture: $(VENV)/test.stamp  ## the campaigns of the suite, long: make torture SEED=7 MINUTES=30
	LINLI_TEST_SEED=$(SEED) LINLI_TEST_MINUTES=$(MINUTES) $(PY) -m pytest -n $(N) -m campaign --timeout 0 $(TESTS)

shots: $(VENV)/test.stamp  ## every page as a person sees it, contact sheets in shots/
	$(PY) -m tests.support.shots

locale: $(VENV)/test.stamp  ## collect texts from the sources into the catalogues
	$(PY) -m web.locale_tool

LOCK := $(PY) -m piptools compile --quiet --generate-hashes --allow-unsafe --all-build-deps --no-strip-extras \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate

# Extras stay in the lists: pip before 23.3 looks for `pydantic[email]` apart from `pydantic`, finds a newer one
# without a hash here, and stops. As constraints they may not have them. UPGRADE= adds without moving the rest.
UPGRADE ?= --upgrade
lock: $(VENV)/test.stamp  ## choose versions anew (needs pip-tools in the environment)
	$(LOCK) $(UPGRADE) --output-file requirements/runtime.txt pyproject.toml
	sed -E 's/^([a-z0-9-]+)\[.*\]==/\1==/' requirements/runtime.txt > requirements/.constraints
	$(LOCK) --extra test --constraint requirements/.constraints --output-file requirements/test.txt pyproject.toml
	rm requirements/.constraints

clean:  ## remove what was made; the data stays
	rm -rf build dist shots *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find core web plugins tests -name __pycache__ -type d -prune -exec rm -rf {} +
