#!/usr/bin/env bash
# Installs what the tests in Python need into a folder of their own: test/python/.venv.
set -euo pipefail
cd "$(dirname "$0")"
command -v python3 >/dev/null || { echo "Install Python 3.9 or later first (python3 and python3-venv)." >&2; exit 1; }
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
