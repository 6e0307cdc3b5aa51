# Deskside. `make run` and `make test` set up everything they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM = $(BIN)/python web/with_node.py npm --prefix web run --silent
# What `make test` runs once more on PostgreSQL; `make test-long` runs all of tests/integration there.
ON_POSTGRES := $(addprefix tests/integration/test_, main_job.py resume.py agents.py)
ALONE := tests/integration/cluster tests/integration/media tests/e2e
TEST = $(BIN)/python -m pytest -m 'not long and not bench'
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: run test test-long bench checks served client-tests quick lint format schema web client setup system clean

run: setup web
	$(BIN)/rs-server demo

setup: build/venv.stamp

build/venv.stamp: pyproject.toml docker/constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit("Deskside needs Python 3.11 or later") if sys.version_info < (3, 11) else None'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c docker/constraints.txt -e '.[dev]'
	@mkdir -p build && touch $@

web: build/web.stamp

build/web.stamp: build/venv.stamp $(WEB_SOURCES)
	$(BIN)/python web/hatch_build.py
	@mkdir -p build && touch $@

# What the tests start for real: a browser, a virtual screen, a relay, namespaces.
system:
	@sh tests/support/system.sh

lint: setup web
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(NPM) typecheck
	$(NPM) lint

checks: lint
	$(NPM) test

served: setup web
	$(TEST) tests/integration $(addprefix --ignore=,$(ALONE) tests/integration/client)

client-tests: setup web
	$(TEST) tests/integration/client

quick: setup web
	$(TEST) tests/unit tests/contract

format: setup web
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) format

schema: setup
	$(BIN)/rs-server schema web/src/contract

# Two things at a time; but what happens in browsers, in calls and between servers has the machine alone.
test: system setup web
	@$(MAKE) --no-print-directory --keep-going --jobs=2 $(TOGETHER) served client-tests quick checks
	$(TEST) $(ALONE)
	RS_TEST_DATABASE=postgres $(TEST) $(ON_POSTGRES)

test-long: system setup web
	RS_BARS=strict $(BIN)/python -m pytest -m long --timeout 3600
	RS_TEST_DATABASE=postgres $(TEST) $(wildcard tests/integration/test_*.py)

bench: system setup web
	@sh tests/support/system.sh bench
	$(BIN)/python -m tests.bench

# One file for this Linux, dist/rs-client, that runs where no Python is.
client: setup
	$(BIN)/python -m rs_client.pack dist

clean:
	rm -rf build dist $(VENV) web/node_modules rs_server/_web
