# Banyan: `make` prints this help.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export PYTHONPATH := platform
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2

.PHONY: help install run test check bench torture demo openapi scorecards lock sbom clean

help: ## Show this help
	@echo "Banyan. The two commands to know: make run, make test."
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/.run: requirements.txt platform/tools/environment.py
	@$(PYTHON) platform/tools/environment.py .venv requirements.txt && touch $@

.venv/.dev: .venv/.run requirements-dev.txt requirements-data.txt
	@for name in dev data; do $(PYTHON) platform/tools/environment.py .venv requirements-$$name.txt || exit 1; done && touch $@

.venv/.scorecards: .venv/.dev requirements-scorecards.txt
	@$(PYTHON) platform/tools/environment.py .venv requirements-scorecards.txt && touch $@

install: .venv/.dev ## Create the environment with the development tools

run: .venv/.run ## Start everything: database, broker, web, worker, clock, sandbox bank (Ctrl-C stops it)
	@$(BIN)/python platform/tools/run.py

test: .venv/.dev ## Run the whole test suite on its own embedded services
	@$(BIN)/pytest -n $(JOBS) --dist loadgroup $(ARGS)

check: .venv/.dev ## Lint, types, templates, import contracts, migrations, settings, OpenAPI file
	@$(BIN)/python platform/tools/check.py

bench: .venv/.dev ## Measure: each figure as a ratio to its baseline in the same run
	@$(BIN)/python platform/tools/bench.py $(ARGS)

torture: .venv/.dev ## Run the long versions of the tests for hours and print one table (ARGS=simulation for one row)
	@$(BIN)/python platform/tools/torture.py $(ARGS)

demo: .venv/.run ## Make the demo afresh: customers living through simulated days (drops this checkout's data)
	@$(BIN)/python platform/tools/run.py --demo-only $(ARGS)

openapi: .venv/.dev ## Write docs/openapi.yaml from the code
	@$(BIN)/python manage.py spectacular --fail-on-warn --file docs/openapi.yaml

scorecards: .venv/.scorecards ## Train the points tables from real data and write their report (docs/scorecards.md)
	@$(BIN)/python -m tools.scorecards $(ARGS)

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
lock: .venv/.dev ## Pin and hash the requirements anew from requirements*.in
	@for name in requirements requirements-dev; do $(LOCK) $$name.in -o $$name.txt || exit 1; done
	@for name in requirements-data requirements-scorecards; do $(LOCK) --no-deps $$name.in -o $$name.txt || exit 1; done

sbom: .venv/.dev ## Write var/sbom.json: every package of a run, pinned and hashed (CycloneDX)
	@mkdir -p var && $(BIN)/cyclonedx-py requirements requirements.txt --output-reproducible --output-file var/sbom.json && echo var/sbom.json

clean: ## Stop the embedded services and remove what this checkout made (data too)
	@[ ! -x $(BIN)/python ] || { $(BIN)/python -m core.embedded down; BANYAN_INSTANCE=test $(BIN)/python -m core.embedded down; }
	@rm -rf var .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
