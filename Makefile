# The virtual environment is made with this one; every other command runs in it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run model test check check-python check-frontend format bench openapi operator clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: ## Set up everything that is missing: packages, frontend, language-model library
	@$(PYTHON) -m local setup --tests

run: ## Set up what is missing and run the platform; Ctrl-C stops it
	@$(PYTHON) -m local run

model: ## Show the known model files, or download one after asking (NAME=… to choose)
	@$(PYTHON) -m local model -- $(NAME) $(ARGS)

test: ## Set up what is missing, check everything, run all tests (ARGS="tests/api -k upload" for some)
	@$(PYTHON) -m local test -- $(ARGS)

check: check-python check-frontend ## Lint, formats, types and import rules, of Python and of the frontend

check-python:
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports

check-frontend:
	npm --prefix frontend run check

format: ## Put the code into its format and mend what can be mended
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .
	npm --prefix frontend run format

bench: ## Measure the figures of docs/figures.md on this machine
	$(VENV)/python -m benchmarks $(ARGS)

openapi: ## Write the backend's OpenAPI document and the frontend's client from it
	$(VENV)/python -m interview_api.openapi > frontend/openapi.json
	npm --prefix frontend run generate

operator: ## Make the first operator of the running platform: make operator USERNAME=name
	$(VENV)/python -m local.within interview_api.make_operator $(USERNAME)

clean: ## Remove what set-up made; data and secrets in local/.state stay
	rm -rf .venv frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
