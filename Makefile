# Two commands matter: `make run` and `make test`. Nothing is installed outside of .venv and var.
PYTHON ?= python3
BIN := .venv/bin
# Tests wait for disks and browsers, too: one process more than there are cores.
TEST_PROCESSES ?= $(shell $(PYTHON) -c "import os; print(min(6, (os.cpu_count() or 1) + 1))")
PLUGINS := $(sort $(wildcard plugins/*/pyproject.toml))
STATIC := col_core/web/static
STATIC_SOURCES := $(STATIC)/build.mjs $(shell find $(STATIC)/src -type f)
FOREIGN := $(patsubst %/package.json,%,$(wildcard tests/*/*/package.json))
FOREIGN_READY := $(FOREIGN:%=%/node_modules/.package-lock.json)
# The lock of Python packages brings Node; one on PATH stands in where it has none for the machine.
WITH_NODE := cd $(STATIC) && PATH="$(CURDIR)/$(BIN):$$PATH"

.PHONY: setup run check test format reference lock clean

setup: .venv/ready $(STATIC)/build/manifest.json

.venv/ready: requirements.txt pyproject.toml $(PLUGINS)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . $(foreach each,$(PLUGINS),-e $(dir $(each)))
	touch $@

# No package runs a program of its own while it is installed.
$(STATIC)/node_modules/.package-lock.json: $(STATIC)/package-lock.json | .venv/ready
	$(WITH_NODE) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# Programs of other hands, for tests and measurements; nothing of them is shipped.
$(FOREIGN_READY): %/node_modules/.package-lock.json: %/package-lock.json | .venv/ready
	cd $* && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

$(STATIC)/build/manifest.json: $(STATIC)/node_modules/.package-lock.json $(STATIC_SOURCES)
	$(WITH_NODE) node build.mjs

run: setup
	$(BIN)/col demo

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# In the order of tests/conftest.py, which begins with what takes longest.
test: setup $(FOREIGN_READY)
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: setup
	COLUMNS=100 $(BIN)/python scripts/reference.py

# The lock names no index: only versions and hashes.
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q requirements.in --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --no-emit-index-url --no-emit-find-links --no-emit-package city-of-learning -o requirements.txt
	$(BIN)/uv pip compile -q deploy/requirements.in -c requirements.txt --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--no-emit-package city-of-learning -o deploy/requirements.txt

clean:
	rm -rf .venv var
