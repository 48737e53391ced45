# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
RUN_STAMP := .venv/.run-installed
DEV_STAMP := .venv/.dev-installed
CATALOGUES := $(wildcard translations/*/*.po)
COMPILED := translations/.compiled
BYTECODE := .venv/.bytecode

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check format lock bench bench-quick translations css clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/bin/python:
	$(PYTHON) -m venv .venv

# Installing is skipped while the lock file and the project's metadata are older than the stamp.
$(RUN_STAMP): requirements/run.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(DEV_STAMP): requirements/dev.txt $(RUN_STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	touch $@

$(COMPILED): $(CATALOGUES) $(RUN_STAMP) translations/build.py
	$(BIN)/python translations/build.py compile
	touch $@

# Said aloud, because Python is often told to keep none (PYTHONDONTWRITEBYTECODE).
$(BYTECODE): $(shell find portal -name '*.py') $(RUN_STAMP)
	$(BIN)/python -m compileall -q portal
	touch $@

run: $(RUN_STAMP) $(COMPILED) $(BYTECODE) ## the portal with demo data: environment, database, web and worker
	PORT=$(PORT) PORTAL_DEMO=$${PORTAL_DEMO:-1} exec $(BIN)/portal run

test: $(DEV_STAMP) $(COMPILED) ## all tests, with a real database and a real browser
	$(BIN)/python tests/install_browser.py
	$(BIN)/python -m pytest -n 2

test-fast: $(DEV_STAMP) $(COMPILED) ## all tests but the browser journeys
	$(BIN)/python -m pytest -n 2 tests/unit tests/architecture tests/integration

check: $(DEV_STAMP) $(COMPILED) ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(DEV_STAMP) ## format and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(DEV_STAMP) ## renew the lock files from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --extra run pyproject.toml --output-file requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --extra dev --constraint requirements/run.txt pyproject.toml --output-file requirements/dev.txt

bench: $(DEV_STAMP) $(COMPILED) $(BYTECODE) ## measure everything; writes docs/performance.md and bench/results.json
	$(BIN)/python -m bench

bench-quick: $(DEV_STAMP) $(COMPILED) $(BYTECODE) ## the same within a minute, writes nothing
	$(BIN)/python -m bench --quick

translations: $(DEV_STAMP) ## collect new message ids into translations/*/*.po
	$(BIN)/python translations/build.py update

css: ## rebuild static/css and the icons (Node needed only here)
	cd assets && npm ci --ignore-scripts && node build.mjs

clean: ## forget the environment and what was compiled; the database stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache translations/.compiled
