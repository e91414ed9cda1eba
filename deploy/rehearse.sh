#!/bin/bash
# Does what docs/operate.md says for one machine with systemd, in a temporary folder and without systemd: packs the wheels,
# installs them into an empty environment, makes a city far from any checkout, serves it, asks it, fills it, backs it up,
# loses it, restores it, upgrades it, and goes back from an upgrade that fails.
#   deploy/rehearse.sh [DIST]     with DIST, a folder that build.sh filled, nothing is packed
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
export PORT=${PORT:-9229}
say() { printf '\n== %s\n' "$*"; }
stop_all() { for each in "$root"/run/*.pid; do [ ! -e "$each" ] || kill "$(cat "$each")" 2>/dev/null || true; done; }
trap 'stop_all; rm -rf "$root"' EXIT
mkdir -p "$root"/{opt,etc,cities,var,backups/my-city,run}

dist=$(realpath "${1:-$root/dist}")
if [ $# -eq 0 ]; then
  say "pack"
  "$here/build.sh" "$dist"
fi
# From here on nothing of the checkout is used but the scripts of this folder.
cp "$here"/install.sh "$here"/upgrade.sh "$root/"
cd "$root"

say "install"
./install.sh "$dist" opt/venv-first
ln -s "$root/opt/venv-first" opt/venv
col=$root/opt/venv/bin/col

cat > etc/my-city.env <<END
COL_CITY=$root/cities/my-city
COL_VAR=$root/var
COL_BASE_URL=http://127.0.0.1:$PORT
PORT=$PORT
END
set -a
# shellcheck disable=SC1091
. etc/my-city.env
set +a

# Stands in for systemctl: start and stop of the two units, each as the unit file runs it.
cat > systemctl <<'END'
#!/bin/bash
set -eu
action=$1; shift
for unit in "$@"; do
  name=${unit%%@*}; pid=$root/run/$name.pid
  case $action in
    start)
      command=${name#col-}
      [ "$command" = serve ] && words=(serve --host 127.0.0.1 --port "$PORT" --workers 1) || words=(worker)
      nohup "$root/opt/venv/bin/col" "${words[@]}" > "$root/run/$name.log" 2>&1 &
      echo $! > "$pid" ;;
    stop)
      if [ -e "$pid" ]; then
        number=$(cat "$pid"); kill "$number" 2>/dev/null || true
        for _ in $(seq 100); do kill -0 "$number" 2>/dev/null || break; sleep 0.3; done
        rm -f "$pid"
      fi ;;
  esac
done
END
chmod +x systemctl
export root
ask() { "$root/opt/venv/bin/python" -c "import urllib.request as r, sys; print(r.urlopen('http://127.0.0.1:$PORT' + sys.argv[1], timeout=20).read().decode())" "$1"; }
until_ready() { for _ in $(seq 120); do ask /readyz > /dev/null 2>&1 && return; sleep 1; done; cat run/*.log; return 1; }

say "a new city"
"$col" city new "My City" cities/my-city
sed -i 's/^# \[\[sources\]\]/[[sources]]/; s/^# id = "library-calendar"/id = "library"/; s/^# plugin = "ical"/plugin = "csv"/' cities/my-city/city.toml
sed -i 's|^# url = "https://library.*|url = "offers.csv"|; s/^# schedule = "1h"/schedule = "1h"/; s/^# publish = "review".*/publish = "auto"/; s/^# name = "City library"/name = "City library"/' cities/my-city/city.toml
printf 'external_id,title_en,start\n1,Chess for beginners,2099-01-10 17:00\n' > cities/my-city/offers.csv
"$col" doctor || true

say "serve and work"
./systemctl start col-serve@my-city col-worker@my-city
until_ready
ask /healthz
ask /en/ | grep 'My City' > /dev/null
style=$(ask /en/ | sed -n 's/.*"\(\/static\/app-[^"]*\.css\)".*/\1/p')
ask "$style" | grep . > /dev/null
echo "$style is served"
for _ in $(seq 60); do ask /api/v1/opportunities | grep -q 'Chess for beginners' && break; sleep 1; done
ask /api/v1/opportunities | grep 'Chess for beginners' > /dev/null
echo "the worker has gathered an offer"

say "back up, lose everything, restore"
"$col" backup backups/my-city --keep 3
./systemctl stop col-serve@my-city col-worker@my-city
rm -rf var/my-city
"$col" restore backups/my-city/my-city-*.zip
./systemctl start col-serve@my-city col-worker@my-city
until_ready
ask '/api/v1/opportunities?q=chess' | grep 'Chess for beginners' > /dev/null
echo "the offer is there again, and found"

say "upgrade"
export COL_PREFIX=$root/opt COL_BACKUPS=$root/backups COL_SETTINGS=$root/etc COL_SYSTEMCTL=$root/systemctl COL_AS=env
sleep 1
./upgrade.sh my-city "$dist"
ask '/api/v1/opportunities?q=chess' | grep 'Chess for beginners' > /dev/null
echo "the new version has the offer"

say "an upgrade that fails goes back"
now=$(readlink -f opt/venv)
sleep 1
if COL_WAIT_S=0 ./upgrade.sh my-city "$dist"; then
  echo "It should have failed." >&2
  exit 1
fi
[ "$(readlink -f opt/venv)" = "$now" ]
until_ready
ask '/api/v1/opportunities?q=chess' | grep 'Chess for beginners' > /dev/null
echo "the old version has the offer"
say "REHEARSED"
