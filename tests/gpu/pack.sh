#!/usr/bin/env bash
# Packs what a GPU machine without Node, npm or network lacks:
#
#   tests/gpu/pack.sh FOLDER [--python 3.12] [--packages "msgspec peft accelerate"] [--model SOURCE] [--part-size 60M]
#
#   FOLDER/node.xz              this machine's node binary
#   FOLDER/node_modules.tar.xz  the packages that `aft run` needs, from this checkout's node_modules
#   FOLDER/site/                the Python packages for that Python on x86-64 Linux; with a GGUF model also gguf
#   FOLDER/model/               a model's folder, or its GGUF file, in parts of at most that size; parts.py joins
#                               them there, and from_gguf.py makes a folder of a GGUF file
#
# The GPU machine must be of this machine's kind (Linux, x86-64): node and esbuild are programs. Where a call carries
# little, the parts go one by one: `parts.py join` takes them from several folders.
set -euo pipefail
started_in=$PWD
cd "$(dirname "$0")/../.."

usage() {
  echo "$1" >&2
  sed -n 4p tests/gpu/pack.sh | sed 's/^# */usage: /' >&2
  exit 2
}
absolute() {
  case $1 in /*) echo "$1" ;; *) echo "$started_in/$1" ;; esac
}
folder="" python_version=3.12 packages="msgspec peft accelerate" model="" part_size=60M
while [ $# -gt 0 ]; do
  case $1 in
    --*) [ $# -gt 1 ] || usage "$1 needs a value" ;;&
    --python) python_version=$2 && shift ;;
    --packages) packages=$2 && shift ;;
    --model) model=$(absolute "$2") && shift ;;
    --part-size) part_size=$2 && shift ;;
    --*) usage "no such option: $1" ;;
    *) [ -z "$folder" ] || usage "one folder, found another: $1" && folder=$(absolute "$1") ;;
  esac
  shift
done
[ -n "$folder" ] || usage "a folder is missing"
[ -z "$model" ] || [ -e "$model" ] || usage "--model: no such file or folder: $model"
python=${AFT_PYTHON:-python3}
[ -n "${AFT_PYTHON:-}" ] || [ ! -x .venv/bin/python ] || python=.venv/bin/python
mkdir -p "$folder"

node=$(node -p 'fs.realpathSync(process.execPath)')
cp "$node" "$folder/node"
strip "$folder/node" 2>/dev/null || true # symbols: a seventh of it, needed by debuggers alone
xz -6 -T0 -f "$folder/node"

# Production packages only, and of these no types, source maps, documentation, bundles for browsers, nor sources
# of what lies there compiled. esbuild stays: tsx reads the TypeScript sources through it.
{
  npm ls --omit=dev --all --parseable 2>/dev/null | grep node_modules | sed "s|^$PWD/||"
  # tsx is for development only, but a checkout runs its sources by it.
  node -e '
    const { packages } = require("./package-lock.json");
    const found = new Set();
    const visit = (name) => {
      const at = `node_modules/${name}`;
      if (found.has(at) || !fs.existsSync(at)) return;
      found.add(at);
      const { dependencies, optionalDependencies } = packages[at];
      for (const one of Object.keys({ ...dependencies, ...optionalDependencies })) visit(one);
    };
    visit("tsx");
    console.log([...found].join("\n"));'
} | sort -u >"$folder/packages"
tar -cJf "$folder/node_modules.tar.xz" \
  --exclude='*.map' --exclude='*.d.ts' --exclude='*.d.mts' --exclude='*.d.cts' --exclude='*.md' \
  --exclude='*.umd.js' --exclude='*.min.js' --exclude='*.flow' \
  --exclude='zod/src' --exclude='zod/v4/locales/*.cjs' --exclude='ajv/lib' \
  -T "$folder/packages"
rm "$folder/packages"

pinned=()
for name in $packages; do
  pinned+=("$(grep "^$name==" py/constraints.txt)") || usage "--packages: py/constraints.txt has no $name"
done
case $model in *.gguf) pinned+=("$(cat py/requirements-gguf.txt)") ;; esac
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --upgrade \
  --only-binary=:all: --python-version "$python_version" --platform manylinux_2_17_x86_64 \
  --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 --target "$folder/site" "${pinned[@]}"

[ -z "$model" ] || "$python" tests/gpu/parts.py split "$model" "$folder/model" --size "$part_size"

du -sh "$folder"/* "$folder"/model/* 2>/dev/null
