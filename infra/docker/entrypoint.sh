#!/bin/sh
# Every process is number 1 in its container, so the container's own name tells instances apart.
export INSTANCE_ID="${INSTANCE_ID:-$HOSTNAME}"
exec node --enable-source-maps "$@"
