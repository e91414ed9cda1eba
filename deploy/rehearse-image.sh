#!/bin/bash
# Does with the image what rehearse.sh does with an installation: builds it, serves a new city with SQLite the way
# compose.yaml does (nothing can be written, no rights), asks it, stops it, starts it again, backs it up, loses it and
# restores it.
#   deploy/rehearse-image.sh [ENGINE [DIST]]   podman or docker; with DIST, a folder that build.sh filled, nothing is packed
#   BUILD_OPTIONS='…'     further words for the build, for instance the way to a package index of your own
#   PORT=9239             where the city answers, on the loopback address
# It removes what it made: containers, volumes, the image, its folder. The base image stays. `COL_TEST_ENGINE=podman pytest
# tests/deploy` does it as a test.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
engine=${1:-podman}
port=${PORT:-9239}
name=col-rehearsal-$$
base=$(sed -n 's/^FROM \([^ ]*\)$/\1/p' "$here/Containerfile")
say() { printf '\n== %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

command -v "$engine" > /dev/null || die "There is no $engine here. Install podman or docker, or name the one there is: deploy/rehearse-image.sh ENGINE"
said=$("$engine" info 2>&1) || die "$engine does not work here: $(printf '%s\n' "$said" | tail -1)"
if ! "$engine" image inspect "$base" > /dev/null 2>&1; then
  "$engine" pull "$base" || die "The base image $base is not here and could not be fetched."
fi

root=$(mktemp -d)
clean() {
  "$engine" rm -f "$name-serve" "$name-worker"
  "$engine" volume rm "$name-state" "$name-backups"
  "$engine" rmi "$name"
  rm -rf "$root"
}
trap 'code=$?; clean > /dev/null 2>&1 || true; [ $code = 0 ] || echo "Not rehearsed." >&2; exit $code' EXIT

dist=${2:-$root/dist}
if [ $# -lt 2 ]; then
  say "pack"
  "$here/build.sh" "$dist"
fi
say "build"
# Of a checkout the image takes nothing else.
mkdir -p "$root/context/deploy/dist" "$root/city"
cp "$dist"/*.whl "$root/context/deploy/dist/"
cp "$dist/requirements.txt" "$root/context/deploy/"
# Podman's own form of images has no place for a HEALTHCHECK.
# shellcheck disable=SC2086
BUILDAH_FORMAT=docker "$engine" build ${BUILD_OPTIONS:-} -f "$here/Containerfile" -t "$name" "$root/context"

# The user inside is another one than here.
chmod 0755 "$root" "$root/city"
cat > "$root/city/city.toml" <<END
[city]
id = "my-city"
name = "My City"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["en"]
bbox = [14.38, 45.95, 14.83, 46.15]
age_of_consent = 15
[operator]
name = "My City"
email = "info@my-city.example"
[plugins]
enabled = ["lang_en", "csv"]
[[sources]]
id = "library"
plugin = "csv"
name = "City library"
url = "offers.csv"
schedule = "1h"
publish = "auto"
END
printf 'external_id,title_en,start,venue,lat,lon\n1,Chess for beginners,2099-01-10 17:00,Library,46.05,14.51\n' > "$root/city/offers.csv"

hard=(--read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp
  -e "COL_BASE_URL=http://127.0.0.1:$port"
  -v "$root/city:/srv/col/city:ro" -v "$name-state:/var/lib/col" -v "$name-backups:/var/backups/col")
col() { "$engine" run --rm --no-healthcheck "${hard[@]}" "$name" "$@"; }
start() {
  "$engine" run -d --name "$name-serve" -p "127.0.0.1:$port:8001" "${hard[@]}" "$name"
  "$engine" run -d --name "$name-worker" --no-healthcheck "${hard[@]}" "$name" worker
}
stop() {
  local each code
  for each in serve worker; do
    "$engine" stop -t 40 "$name-$each" > /dev/null
    code=$("$engine" inspect -f '{{.State.ExitCode}}' "$name-$each")
    [ "$code" = 0 ] || die "$each did not finish by itself: it ended with $code."
    "$engine" rm "$name-$each" > /dev/null
  done
  echo "both finished by themselves"
}
ask() { python3 -c "import urllib.request as r, sys; print(r.urlopen('http://127.0.0.1:$port' + sys.argv[1], timeout=20).read().decode())" "$1"; }
healthy() {
  case $(basename "$engine") in
    # It checks by a timer of systemd, where there is one; here it is asked to.
    podman) "$engine" healthcheck run "$name-serve" ;;
    *) [ "$("$engine" inspect -f '{{.State.Health.Status}}' "$name-serve")" = healthy ] ;;
  esac > /dev/null 2>&1
}
until_so() {
  local _
  for _ in $(seq 120); do
    "$@" > /dev/null 2>&1 && return
    [ "$("$engine" inspect -f '{{.State.Running}}' "$name-serve")" = true ] || break
    sleep 1
  done
  "$engine" logs "$name-serve" >&2
  die "It did not come to this: $*"
}
# What `shown` reads it reads to the end: who asks must not be cut off.
shown() { ask "$1" | grep "$2" > /dev/null; }
has_offer() { shown '/api/v1/opportunities?q=chess' 'Chess for beginners'; }

say "serve and work"
col --version
start
until_so healthy
echo "the engine finds it healthy"
until_so ask /readyz
shown /en/ 'My City'
echo "a page is served"
style=$(ask /en/ | sed -n 's/.*"\(\/static\/app-[^"]*\.css\)".*/\1/p')
shown "$style" .
echo "$style is served"
until_so has_offer
echo "the worker has gathered an offer"
shown /api/v1/map/13/4426/2912.json '"count":1'
echo "it is on the map"
"$engine" exec "$name-serve" python -c '
import os
assert os.getuid() != 0, "It runs as root."
for folder in ("/", "/opt/col/venv", "/srv/col/city"):
    assert not os.access(folder, os.W_OK), f"{folder} can be written."
rights = dict(line.split(":", 1) for line in open("/proc/self/status"))
assert int(rights["CapBnd"], 16) == 0 and int(rights["NoNewPrivs"]) == 1, "It has rights."
'
echo "it has no rights, and can write only where it must"

say "stop, and start another container of it"
stop
start
until_so healthy
has_offer
echo "the offer is still there"

say "back up, lose everything, restore"
col backup /var/backups/col/rehearsal.zip
stop
"$engine" volume rm "$name-state" > /dev/null
col restore /var/backups/col/rehearsal.zip
start
until_so ask /readyz
has_offer
echo "the offer is there again, and found"
stop
say "REHEARSED"
