#!/bin/bash
# Brings one city to another version, or leaves it as it was: deploy/upgrade.sh CITY DIST
# DIST is the folder that build.sh filled. Run it as root. What it does, in this order:
#   1. install the new version beside the old one, and see whether it can read the city: nothing has changed yet
#   2. stop the city, make a backup, migrate the database, start the new version
#   3. wait until it is ready; if it does not become ready, restore the backup with the old version and start that
set -euo pipefail
city=$1
dist=$2
prefix=${COL_PREFIX:-/opt/col}
backups=${COL_BACKUPS:-/var/backups/col}/$city
settings=${COL_SETTINGS:-/etc/col}/$city.env
systemctl=${COL_SYSTEMCTL:-systemctl}
as=${COL_AS:-runuser -u col --}
wait_s=${COL_WAIT_S:-90}

set -a
# What `set -a` marks is read by the commands below.
# shellcheck disable=SC2034
COL_CITY=/srv/col/cities/$city COL_VAR=/var/lib/col PORT=8001
# shellcheck disable=SC1090
. "$settings"
set +a

old=$(readlink -f "$prefix/venv")
new=$prefix/venv-$(date -u +%Y%m%d-%H%M%S)
"$(dirname "$0")/install.sh" "$dist" "$new"
if ! $as "$new/bin/col" plugins check; then
  rm -rf "$new"
  echo "The new version cannot run $city as it is set up; the reason is above. Nothing was changed." >&2
  exit 1
fi

switch() { ln -sfn "$1" "$prefix/venv.next" && mv -T "$prefix/venv.next" "$prefix/venv"; }
ready() { "$new/bin/python" -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$PORT/readyz', timeout=5)" 2>/dev/null; }
become_ready() {
  local until=$((SECONDS + wait_s))
  until ready; do
    [ $SECONDS -lt $until ] || return 1
    sleep 1
  done
}

$systemctl stop "col-worker@$city" "col-serve@$city"
mkdir -p "$backups"
backup=$backups/$city-before-$(basename "$new").zip
go_back() {
  echo "Going back to the version of before." >&2
  $systemctl stop "col-worker@$city" "col-serve@$city" || true
  switch "$old"
  # Nothing ran since that backup was made, so what waited in it may run.
  [ ! -e "$backup" ] || $as "$old/bin/col" restore "$backup" --force --run-pending
  $systemctl start "col-serve@$city" "col-worker@$city"
  rm -rf "$new"
}
trap 'go_back; exit 1' ERR INT TERM

$as "$old/bin/col" backup "$backup"
$as "$new/bin/col" db upgrade
switch "$new"
$systemctl start "col-serve@$city" "col-worker@$city"
become_ready
trap - ERR INT TERM
echo "$city runs the new version. The old one is still in $old, the backup in $backup; delete them when all is well."
