#!/usr/bin/env bash
# All GPU checks in one sitting: those of the worker and its measurements in one process, then the miniature pipeline
# in what is left.
#
#   tests/gpu/all.sh [--budget SECONDS] [arguments of check.py: --small, --out, --only, ...]
#
#   --budget   seconds for all of it (default: 360); what does not fit is skipped, and said to be
#   DEVICE     cuda, cuda:N or cpu (default: cuda); the rest as in pipeline.sh
set -uo pipefail
cd "$(dirname "$0")/../.."

export DEVICE=${DEVICE:-cuda}
python=${AFT_PYTHON:-python3}
[ -n "${AFT_PYTHON:-}" ] || [ ! -x .venv/bin/python ] || python=$PWD/.venv/bin/python
export AFT_PYTHON=$python

budget=360 arguments=() some=""
while [ $# -gt 0 ]; do
  case $1 in
    --budget) budget=${2:?--budget needs seconds} && shift ;;
    --only) some=yes && arguments+=("$1") ;;
    *) arguments+=("$1") ;;
  esac
  shift
done
pipeline=60 # seconds that the miniature pipeline takes, about

"$python" experiments/benchmarks/instruments/device.py "$DEVICE" || exit 1
status=0
"$python" tests/gpu/check.py --device "$DEVICE" --budget $((budget - SECONDS)) "${arguments[@]}" || status=1
left=$((budget - SECONDS))
if [ -n "$some" ]; then
  exit $status # some topics of check.py alone
elif [ "$left" -lt "$pipeline" ]; then
  echo "skipped: the miniature pipeline, which takes about $pipeline s, and $left s of the budget are left"
else
  timeout "$left" bash tests/gpu/pipeline.sh || status=1
fi
exit $status
