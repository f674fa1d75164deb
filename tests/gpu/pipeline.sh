#!/usr/bin/env bash
# The miniature pipeline on a GPU, twice: the second run must redo nothing. Copies report.html and table.txt.
#
#   NODE          a node binary, also compressed by xz (default: node)
#   NODE_MODULES  a tar.xz that holds node_modules, unpacked where there is none (see pack.sh)
#   AFT_PYTHON    the Python that has torch, transformers and msgspec (default: .venv's, else python3)
#   DEVICE        cuda, cuda:N or cpu (default: cuda)
#   OUT           folder for report.html and table.txt (default: experiments/benchmarks/results)
set -euo pipefail
cd "$(dirname "$0")/../.."

device=${DEVICE:-cuda}
out=${OUT:-experiments/benchmarks/results}
if [ -z "${AFT_PYTHON:-}" ]; then
  AFT_PYTHON=python3
  [ ! -x .venv/bin/python ] || AFT_PYTHON=$PWD/.venv/bin/python
fi
export AFT_PYTHON HF_HUB_OFFLINE=1

"$AFT_PYTHON" experiments/benchmarks/instruments/device.py "$device"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Python reads xz where there may be no xz program.
unxz() {
  "$AFT_PYTHON" -c 'import lzma, shutil, sys
shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$1"
}

node=${NODE:-node}
if [ -f "$node" ] && [ "$(od -An -tx1 -N6 "$node" | tr -d ' \n')" = fd377a585a00 ]; then
  unxz "$node" >"$work/node"
  node=$work/node
elif [ -f "$node" ] && [ ! -x "$node" ]; then
  cp "$node" "$work/node"
  node=$work/node
fi
[ "$node" != "$work/node" ] || chmod +x "$node"
"$node" --version >/dev/null || {
  echo "NODE: ${NODE:-node} is no node binary that runs here" >&2
  exit 1
}
if [ ! -d node_modules ]; then
  [ -n "${NODE_MODULES:-}" ] || {
    echo "there is no node_modules: run npm ci, or name a packed one by NODE_MODULES (see tests/gpu/pack.sh)" >&2
    exit 1
  }
  unxz "$NODE_MODULES" | tar -xf -
fi

aft_run() {
  "$node" ts/cli/bin.mjs run experiments/miniature.yaml \
    --set "worker.device=$device" --set model.dtype=float32 --runs "$work/runs" "$@"
}

echo "the miniature pipeline on $device"
aft_run
aft_run --json >"$work/second.json"
"$AFT_PYTHON" - "$work/second.json" <<'PYTHON'
import json, sys

second = json.load(open(sys.argv[1], encoding="utf-8"))
if second["made"] or not second["reused"]:
    sys.exit(f"the second run redid {second['made']} stages and reused {second['reused']}")
print(f"the second run redid nothing: {second['reused']} stages reused")
PYTHON

mkdir -p "$out"
cp "$work/runs/miniature/report.html" "$work/runs/miniature/table.txt" "$out/"
echo "wrote $out/report.html and $out/table.txt"
