# Everything starts here: `make help` lists it. Needs Python 3.11 or newer and make; the rest is set up in .venv.

BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo run test kill-loop check format bench lock

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv with what Presswatch needs (other targets do it by themselves)
	@scripts/setup

setup-dev:
	@scripts/setup dev

demo: setup ## see it all work, without network, mail or configuration
	@$(BIN)/presswatch demo $(ARGS)

run: setup ## run the daemon with config.toml
	@$(BIN)/presswatch -c config.toml run $(ARGS)

test: setup-dev ## everything: the checks, then every test, on SQLite and on PostgreSQL
	@scripts/ensure-postgres >/dev/null
	@scripts/ensure-npm editors >/dev/null
	@scripts/ensure-npm mail >/dev/null
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest -n 2 $(ARGS)

kill-loop: setup-dev ## kill a daemon at work two hundred times, and see that nothing is lost
	@KILLS=200 $(BIN)/python -m pytest -p no:randomly -o log_cli=true --log-cli-level=info tests/endtoend/test_kill.py $(ARGS)

check: setup-dev ## the checks that run no test: style, types, architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup-dev ## put the code into shape
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

bench: setup-dev ## measure speed and size, each against a baseline in the same run
	@$(BIN)/python -m bench $(ARGS)

lock: setup-dev ## write the requirements files anew from pyproject.toml (newer releases: ARGS=--upgrade)
	@$(LOCK) pyproject.toml --extra apprise --extra fulltext --extra lang --extra postgres -o requirements.txt
	@$(LOCK) --group build -o requirements-build.txt
	@$(LOCK) pyproject.toml --extra apprise --extra fulltext --extra lang --extra postgres --group dev -c requirements.txt -c requirements-build.txt -o requirements-dev.txt
