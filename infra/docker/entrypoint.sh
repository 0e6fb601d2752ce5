#!/bin/sh
# Every process is number 1 in its container, so the container's own name tells instances apart.
export INSTANCE_ID="${INSTANCE_ID:-$HOSTNAME}"
# A login comes in a file, and so is no part of what `docker inspect` shows.
if [ -r "$DATABASE_URL_FILE" ]; then
  DATABASE_URL="$(cat "$DATABASE_URL_FILE")"
  export DATABASE_URL
fi
exec node --enable-source-maps "$@"
