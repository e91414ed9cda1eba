#!/bin/sh
# Prints the settings that compose.yaml needs, with a new secret and a new password:
#   deploy/new-env.sh > deploy/.env
set -eu
umask 077
secret() { python3 -c 'import secrets; print(secrets.token_urlsafe(48))'; }
cat <<END
# Made by deploy/new-env.sh. Keep it to yourself: whoever has it can sign in as anybody.
# The name that visitors type; it must lead to this machine before the first start.
COL_HOST=learning.example.org
# The folder with city.toml, and the folder for backups (chown 10001 it).
COL_CITY_FOLDER=/srv/col/cities/my-city
COL_BACKUPS=/var/backups/col
COL_SECRET_KEY=$(secret)
POSTGRES_PASSWORD=$(secret)
END
