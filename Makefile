# Banyan: `make` prints this help.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export PYTHONPATH := platform
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2

.PHONY: help install run test check bench demo clean lock

help: ## Show this help
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/.run: requirements.txt
	@$(PYTHON) tools/venv.py .venv requirements.txt && touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@$(PYTHON) tools/venv.py .venv requirements-dev.txt && touch $@

install: .venv/.dev ## Create the environment with the development tools

test: .venv/.dev ## Run the whole test suite (services are started and stopped by it)
	@$(BIN)/pytest -n $(JOBS) $(ARGS)

lock: ## Pin and hash the requirements anew from requirements*.in
	@for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url $$name.in -o $$name.txt || exit 1; done

clean: ## Stop the embedded services and remove what this checkout made (data too)
	@[ ! -x $(BIN)/python ] || { $(BIN)/python -m core.embedded down; BANYAN_INSTANCE=test $(BIN)/python -m core.embedded down; }
	@rm -rf var .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
