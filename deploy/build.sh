#!/bin/sh
# Packs the core, with what browsers load, and the plugins into wheels: deploy/build.sh FOLDER
# Needs what `make setup` needs. Where the wheels are installed, neither a checkout nor Node is needed.
set -eu
to=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/.."
make --silent setup
rm -f "$to"/*.whl
.venv/bin/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir "$to" . plugins/*/
cp deploy/requirements.txt "$to/requirements.txt"
set -- "$to"/*.whl
echo "$to holds $# wheels and the lock of what they need."
