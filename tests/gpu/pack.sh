#!/usr/bin/env bash
# Packs what a GPU machine without Node, npm or network lacks: tests/gpu/pack.sh FOLDER [PYTHON_VERSION]
#
#   FOLDER/node.xz              this machine's node binary
#   FOLDER/node_modules.tar.xz  the packages that `aft run` needs, from this checkout's node_modules
#   FOLDER/site/                msgspec, peft and accelerate for Python PYTHON_VERSION (default 3.12) on x86-64 Linux
#
# The GPU machine must be of this machine's kind (Linux, x86-64): node and esbuild are programs.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 1 ] || { echo "usage: tests/gpu/pack.sh FOLDER [PYTHON_VERSION]" >&2; exit 2; }
folder=$1
python_version=${2:-3.12}
mkdir -p "$folder"

node=$(node -p 'fs.realpathSync(process.execPath)')
xz -6 -T0 -c "$node" >"$folder/node.xz"

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

python=${AFT_PYTHON:-python3}
[ -n "${AFT_PYTHON:-}" ] || [ ! -x .venv/bin/python ] || python=.venv/bin/python
mapfile -t packages < <(grep -E '^(msgspec|peft|accelerate)==' py/constraints.txt)
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --upgrade \
  --only-binary=:all: --python-version "$python_version" --platform manylinux_2_17_x86_64 \
  --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 --target "$folder/site" "${packages[@]}"

du -sh "$folder"/*
