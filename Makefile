# Everything runs from here. `make help` says what there is.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
STAGE ?=
ARGS ?=
WORKERS ?= 2

# Where it is set, as in many containers, each process that a test starts compiles the whole house again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-run machine test test-full lint style types order unit soak mutations demo serve reference bench client package stage-named deploy operator-key redrive clean

help:
	@echo "Tessera, a coalition rewards network. What you can do:"
	@echo
	@echo "  make demo             a week of real baskets through the deployed system, with sums that agree"
	@echo "  make serve            keep a local deployment running, with keys and a curl to paste"
	@echo "  make test             lint, types, import order and every test"
	@echo "  make test-full        the same with every hostile request, race and death, half an hour"
	@echo "  make lint             the same without the tests"
	@echo "  make reference        build the API's reference page, a folder for static hosting"
	@echo "  make bench            capacity, CPU and throughput figures"
	@echo "  make soak             the ledger against its reference, seed after seed until stopped (SECONDS=n, SEED=n)"
	@echo "  make mutations        break the ledger in many ways, one at a time, and see the tests catch each"
	@echo "  make client           build the Python client's wheel, to publish or hand out"
	@echo "  make package          build the Lambda package and the CloudFormation template"
	@echo "  make deploy STAGE=x   deploy that package to the AWS account of your credentials"
	@echo "  make operator-key STAGE=x  issue a credential of an operator there, the first one included"
	@echo "  make redrive STAGE=x  post what waits in the posting dead-letter queue there, once it reads"
	@echo "  make setup            install what the above needs (they do it themselves) and .venv/bin/tessera"
	@echo "  make clean            remove what was built and installed"
	@echo
	@echo "ARGS=\"…\" is handed on, for example: make demo ARGS=\"--weeks 2\". PYTHON=python3.12 picks a Python."
	@echo "Tests run side by side in two processes; WORKERS=4 makes it four, WORKERS=0 one after the other."

machine:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "Tessera needs Python 3.11 or newer and there is no '$(PYTHON)' here: install it (on Debian and Ubuntu 'apt install python3 python3-venv') or name one with 'make PYTHON=…'." >&2; exit 1; }
	@$(PYTHON) infra/check_machine.py

setup: machine
	@$(PYTHON) -m infra.environments

setup-run: machine
	@$(PYTHON) -m infra.environments dev command cloud

# Side by side, each shown when it is done.
lint: setup
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target style types order

style:
	@echo "== ruff: style and mistakes"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types:
	@echo "== mypy: types"
	@$(BIN)/mypy

order:
	@echo "== import-linter: the order of the house"
	@$(BIN)/lint-imports --no-cache --no-logo

test: lint
	@echo "== pytest"
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

test-full: lint
	@echo "== pytest, with what takes long"
	@$(BIN)/python -m pytest -n $(WORKERS) -m "full or not full" $(ARGS)

unit: setup
	@$(BIN)/python -m pytest -n $(WORKERS) tests/unit $(ARGS)

soak: setup
	@$(BIN)/python -m tests.soak $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

mutations: setup
	@$(BIN)/python -m tests.mutations $(ARGS)

demo: setup-run
	@$(BIN)/python -m infra.demo $(ARGS)

serve: setup-run
	@$(BIN)/python -m infra.serve $(if $(PORT),--port $(PORT)) $(ARGS)

reference: setup-run
	@$(BIN)/python -m infra.reference

bench: setup-run
	@$(BIN)/python -m infra.bench $(ARGS)

client: setup-run
	@$(BIN)/python -m infra.client_package

package: setup-run
	@$(BIN)/python -m infra.package $(ARGS)

stage-named:
	@test -n "$(STAGE)" || { echo "Name the stage, for example 'make $(MAKECMDGOALS) STAGE=prod'." >&2; exit 2; }

deploy: stage-named setup-run
	@$(BIN)/python -m infra.deploy --stage "$(STAGE)" $(ARGS)

operator-key: stage-named setup-run
	@$(BIN)/python -m infra.operator_key --stage "$(STAGE)" $(ARGS)

redrive: stage-named setup-run
	@$(BIN)/python -m infra.redrive --stage "$(STAGE)" $(ARGS)

clean:
	@rm -rf .venv .local .build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed what was built and installed."
