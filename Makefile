# Two commands matter: `make run` and `make test`. Nothing is installed outside of .venv and var.
PYTHON ?= python3
BIN := .venv/bin
PLUGINS := $(sort $(wildcard plugins/*/pyproject.toml))

.PHONY: setup run check test format reference lock clean

setup: .venv/ready

.venv/ready: requirements.txt pyproject.toml $(PLUGINS)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . $(foreach each,$(PLUGINS),-e $(dir $(each)))
	touch $@

run: setup
	$(BIN)/col demo

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: setup
	$(BIN)/python -m pytest

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

clean:
	rm -rf .venv var
