#!/bin/bash
# Makes the database at the first start, as the user that the server runs as, and becomes the server.
set -euo pipefail
bin=$(echo /usr/lib/postgresql/*/bin)
as_server=(setpriv --reuid postgres --regid postgres --clear-groups)
mkdir -p "$PGDATA"
chown -R postgres:postgres "$PGDATA"
chmod 700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  "${as_server[@]}" "$bin/initdb" -D "$PGDATA" -U "${POSTGRES_USER:-postgres}" --auth "${POSTGRES_HOST_AUTH_METHOD:-trust}" \
    --encoding UTF8 --locale C --no-sync --no-instructions >/dev/null
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-trust}" >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
fi
[ "$1" = postgres ] && shift
exec "${as_server[@]}" "$bin/postgres" -D "$PGDATA" "$@"
