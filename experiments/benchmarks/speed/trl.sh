#!/usr/bin/env bash
# Installs TRL beside the worker's packages, in .venv.trl: what both have (torch, transformers) is the worker's.
#
#   experiments/benchmarks/speed/trl.sh [VERSION]     default: the newest that goes with the worker's packages
#
#   AFT_PYTHON   the worker's Python (default: .venv's)
set -euo pipefail
cd "$(dirname "$0")/../../.."

python=${AFT_PYTHON:-.venv/bin/python}
"$python" -m venv .venv.trl
own=$(.venv.trl/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$own/worker.pth"
.venv.trl/bin/python -m pip install --quiet --disable-pip-version-check -c py/constraints.txt "trl${1:+==$1}"
.venv.trl/bin/python -m pip list --disable-pip-version-check 2>/dev/null | grep -E '^(trl|torch|transformers) '
