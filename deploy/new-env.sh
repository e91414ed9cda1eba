#!/bin/sh
# Writes the settings that compose.yaml needs, with a new secret and a new password: deploy/new-env.sh [FILE]
# Without FILE it is .env beside this script. One that is there is never replaced: with it the city would lose its database.
set -eu
file=${1:-$(dirname "$0")/.env}
# For its owner alone, from the first letter on.
umask 077
# Only where there is none.
set -C
secret() { python3 -c 'import secrets; print(secrets.token_urlsafe(48))'; }
cat > "$file" <<END
# Made by deploy/new-env.sh. Keep it to yourself: whoever has it can sign in as anybody.
# The name that visitors type; it must lead to this machine before the first start.
COL_HOST=learning.example.org
# The folder with city.toml, and the folder for backups (chown 10001 it).
COL_CITY_FOLDER=/srv/col/cities/my-city
COL_BACKUPS=/var/backups/col
COL_SECRET_KEY=$(secret)
POSTGRES_PASSWORD=$(secret)
END
echo "$file is written. Open it and put in the name and the folders."
