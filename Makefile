# What a developer and a first visitor call; `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
CODE := $(wildcard watcher migrations tests tools benchmarks)
SUITES := tests/unit tests/timelines tests/contract tests/integration tests/properties tests/acceptance \
	tests/faults
# The tools of the checkout come first where watcher or a test looks for one.
WITH_TOOLS := PATH="$(CURDIR)/.tools/bin:$$PATH"
# Files of tests over all cores; ARGS="-n 0" keeps them in one process.
SPREAD := --numprocesses auto --dist loadfile
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help setup demo test faults mutate check audit format bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

setup: ## install everything under the checkout: .venv and .tools
	@$(PYTHON) tools/setup.py $(if $(filter setup,$(MAKECMDGOALS)),--again) \
		$(if $(filter-out demo,$(MAKECMDGOALS)),,--lean)

demo: setup ## the main job on embedded defaults; ends by serving the web, SERVE=0 by itself
	@$(WITH_TOOLS) $(BIN)/watcher demo $(if $(filter 0,$(SERVE)),--no-serve)

test: setup ## all tests, the real servers included; ARGS="-k name" goes to pytest
	@$(WITH_TOOLS) $(BIN)/python -m pytest $(SUITES) $(SPREAD) $(ARGS)

faults: setup ## a death and a failure at every step with real parts: an hour or so
	@$(WITH_TOOLS) WATCHER_FAULTS=whole $(BIN)/python -m pytest tests/faults --durations=0 $(ARGS)

mutate: setup ## break each rule of the match in turn and show the test that fails; ARGS="-k text"
	@$(WITH_TOOLS) $(BIN)/python tools/mutate.py $(ARGS)

check: setup ## format, lint, types, import contracts
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports

audit: setup ## ask whether what is locked has known vulnerabilities; needs the network
	$(BIN)/pip-audit --require-hashes --disable-pip --requirement requirements/runtime.lock
	@mkdir -p .tools/audit && cp requirements/runtime.lock .tools/audit/requirements.txt
	@$(WITH_TOOLS) trivy filesystem --scanners vuln --exit-code 1 .tools/audit

format: setup ## put the code into the house's format
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: setup ## the benchmarks, printing ratios
	@$(WITH_TOOLS) $(BIN)/python -m benchmarks $(ARGS)

lock: setup ## write requirements/*.lock anew; UPGRADE=1 takes the newest versions
	$(LOCK) --output-file requirements/runtime.lock pyproject.toml
	$(LOCK) --group dev --constraint requirements/runtime.lock \
		--output-file requirements/dev.lock pyproject.toml
	$(LOCK) --group build --constraint requirements/dev.lock --output-file requirements/build.lock
	$(LOCK) --group go --output-file requirements/go.lock

clean: ## remove what setup and the tools left behind
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
