# Every target sets itself up: a bare machine needs git, make and Python 3.11+ with pip and venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv installs in seconds; where it cannot be had, pip reads the same files.
INSTALL = $$( [ -x $(BIN)/uv ] && echo "$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python" || echo "$(BIN)/pip install --quiet --disable-pip-version-check" )

.DEFAULT_GOAL := help
.PHONY: help demo run test matrix quick check bench format requirements clean

help: ## Show what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.run ## Run your bot with the settings in .env
	@$(BIN)/hotlead run

demo: $(VENV)/.run ## Watch a chat become a hot lead: no token, no server, no account
	@$(BIN)/hotlead demo

test: $(VENV)/.dev ## Run every test
	@$(BIN)/python -m pytest -n auto --dist worksteal
	@HOTLEAD_SCENARIOS=sample $(BIN)/python -m pytest -n auto --dist worksteal tests/scenarios

matrix: $(VENV)/.dev ## Run every scenario on both frameworks, both ways to receive, both databases (an hour)
	@for each in aiogram ptb; do for way in polling webhook; do for database in sqlite postgresql; do \
		echo "— $$each, $$way, $$database"; \
		HOTLEAD_SCENARIOS="$$each $$way $$database" $(BIN)/python -m pytest -n auto --dist worksteal -q tests/scenarios || exit 1; \
	done; done; done

quick: $(VENV)/.dev ## Run the tests that need no killed processes and no browser
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

check: $(VENV)/.dev ## Lint, types and the import ladder
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_house.py -k "one_way or touch_nothing or only_the_adapters"

bench: $(VENV)/.dev ## Measure everything beside its peers (an hour; BENCH="--quick" or "--suite http,sending")
	@$(BIN)/python -m benchmarks $(BENCH)

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

requirements: $(VENV)/.made ## Pin the newest versions that fit pyproject.toml
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --all-extras --group build -o requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --all-extras --group dev -o requirements-dev.txt

clean: ## Remove what make set up
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Hotlead needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up Python packages in $(VENV) (once, about half a minute)…"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check uv 2>/dev/null || true
	@touch $@

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/.made
	@$(INSTALL) -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q bot storage qualification dialogs  # where Python may write none itself
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
