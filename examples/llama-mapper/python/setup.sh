#!/bin/sh
# Makes the environment of the worker in .venv: with --train all that fine-tuning needs, else what serves stages.
set -eu
cd "$(dirname "$0")"
requirements=requirements.txt
if [ "${1:-}" = --train ]; then requirements=requirements-train.txt; fi
[ -x .venv/bin/python ] || "${PYTHON:-python3}" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
