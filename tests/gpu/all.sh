#!/usr/bin/env bash
# All GPU checks: the worker's, a model of 7B's shape, the miniature pipeline. Arguments go to check.py and
# seven_b.py (of theirs, --small and --out); DEVICE as in pipeline.sh.
set -uo pipefail
cd "$(dirname "$0")/../.."

export DEVICE=${DEVICE:-cuda}
python=${AFT_PYTHON:-python3}
[ -n "${AFT_PYTHON:-}" ] || [ ! -x .venv/bin/python ] || python=$PWD/.venv/bin/python
export AFT_PYTHON=$python

"$python" tests/gpu/device.py "$DEVICE" || exit 1
status=0
"$python" tests/gpu/check.py --device "$DEVICE" "$@" || status=1
case " $* " in
  *" --only "*) ;; # topics of check.py alone
  *) "$python" tests/gpu/seven_b.py --device "$DEVICE" "$@" || status=1 ;;
esac
bash tests/gpu/pipeline.sh || status=1
exit $status
