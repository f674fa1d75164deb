#!/usr/bin/env bash
# Does AFT judge GSM8K as lm-evaluation-harness does? Row by row, strict and flexible.
#
#   experiments/benchmarks/harness/run.sh                                 a tiny model made here, and crafted responses
#   experiments/benchmarks/harness/run.sh --questions data/gsm8k/test.jsonl                     crafted responses to these
#   experiments/benchmarks/harness/run.sh --questions data/gsm8k/test.jsonl --model DIR         and this model's
#       [--max-new-tokens 512] [--limit ROWS] [--dtype float32|bfloat16] [--device cpu|cuda]
#
# Writes runs/harness/results.md, prints it, and exits with 1 where a difference is not explained.
#   HARNESS_VENV   where the Python environment is made, with the packages of both sides (default: .venv.harness)
#   PYTHON         the Python that makes it, 3.11 or newer (default: python3)
set -euo pipefail
command="experiments/benchmarks/harness/run.sh $*"
started_in=$PWD
cd "$(dirname "$0")/../../.."

harness_version=0.4.13
here=experiments/benchmarks/harness
out=runs/harness
model="" questions="" tokens=512 limit="" dtype=float32 device=cpu

usage() {
  echo "$1" >&2
  sed -n '4,7s/^# *//p' "$here/run.sh" >&2
  exit 2
}
absolute() {
  case $1 in /*) echo "$1" ;; *) echo "$started_in/$1" ;; esac
}
while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || usage "$1 needs a value, or is no option"
  case $1 in
    --model) model=$(absolute "$2") ;;
    --questions) questions=$(absolute "$2") ;;
    --max-new-tokens) tokens=$2 ;;
    --limit) limit=$2 ;;
    --dtype) dtype=$2 ;;
    --device) device=$2 ;;
    *) usage "no such option: $1" ;;
  esac
  shift 2
done
[ -z "$model" ] || [ -n "$questions" ] || usage "--model needs --questions"
[ -z "$model" ] || [ -f "$model/config.json" ] || usage "--model: no config.json in $model"
[ -z "$questions" ] || [ -f "$questions" ] || usage "--questions: no such file: $questions"
case $dtype in float32 | bfloat16) ;; *) usage "--dtype: float32 or bfloat16, found $dtype" ;; esac

venv=${HARNESS_VENV:-.venv.harness}
python=$venv/bin/python
if ! "$python" -c "import importlib.metadata as m; assert m.version('lm_eval') == '$harness_version'" 2>/dev/null; then
  echo "making $venv (once; some minutes)" >&2
  "${PYTHON:-python3}" -m venv "$venv"
  "$python" -m pip install --quiet --disable-pip-version-check \
    -c py/constraints.txt -r py/requirements.txt "lm_eval[hf]==$harness_version" >&2
fi
# One environment for both sides: the same torch and transformers.
AFT_PYTHON=$(cd "$venv/bin" && pwd)/python
export AFT_PYTHON PYTHONPATH=py HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1

aft() { node ts/cli/bin.mjs "$@"; }

# Both sides on FOLDER/rows.jsonl, and what comes of holding them against each other. Further arguments: the model.
compare() {
  local title=$1 folder=$2
  shift 2
  echo "$title ..." >&2
  node_modules/.bin/tsx "$here/aft.ts" "$folder" "$@"
  for mode in strict flexible; do
    aft judge --task gsm8k --extract $mode --questions "$folder/questions.jsonl" \
      --in "$folder/candidates.jsonl" --out "$folder/groups.$mode.jsonl" >"$folder/judge.log"
  done
  # A cache of its own: no earlier run's rows may come back.
  HF_DATASETS_CACHE=$folder/cache "$python" "$here/harness.py" "$folder" "$@" >"$folder/harness.log" 2>&1 || {
    tail -n 20 "$folder/harness.log" >&2
    exit 1
  }
  "$python" "$here/compare.py" "$title" "$folder" "$dtype" >>"$out/results.md" || status=1
}

# An empty folder for one comparison.
folder() {
  rm -rf "${out:?}/$1"
  mkdir -p "$out/$1"
  echo "$out/$1"
}

# A model of AFT's own that is right, wrong and cut off by turns; its rows are AFT's problems in GSM8K's form.
make_tiny() {
  aft data make arithmetic --count 20000 --set 'items=[2,3]' --out "$out/train.questions.jsonl" >&2
  aft data make arithmetic --count 1000 --seed 2 --set 'items=[2,3]' --out "$out/test.questions.jsonl" >&2
  "$python" "$here/rows.py" "$out/train.questions.jsonl" "$out/train.jsonl"
  "$python" "$here/rows.py" "$out/test.questions.jsonl" "$out/questions.jsonl"
  aft run "$here/tiny.yaml" --set "worker.device=$device" --runs "$out/runs" \
    --set "tasks.0.trainFile=$out/train.jsonl" --set "tasks.0.testFile=$out/questions.jsonl" >&2
  rm -rf "$out/tiny"
  aft export "$out/runs/tiny" --to "$out/tiny" >&2
}

status=0
mkdir -p "$out"
"$python" "$here/about.py" "$command" "$device" >"$out/results.md"
if [ -n "$model" ]; then
  at=$(folder model)
  "$python" "$here/rows.py" "$questions" "$at/rows.jsonl" $limit
  compare "The model $(basename "$model") on $(basename "$questions")" "$at" "$model" "$tokens" "$dtype" "$device"
elif [ -z "$questions" ]; then
  make_tiny
  at=$(folder model)
  "$python" "$here/rows.py" "$out/questions.jsonl" "$at/rows.jsonl" $limit
  compare "A tiny model, made here" "$at" "$out/tiny" 32 "$dtype" "$device"
fi
if [ -n "$questions" ]; then
  at=$(folder references)
  "$python" "$here/crafted.py" "$at/rows.jsonl" "$questions" references
  compare "$(basename "$questions"), each question answered by its own reference" "$at"
  at=$(folder others)
  "$python" "$here/crafted.py" "$at/rows.jsonl" "$questions" others
  compare "$(basename "$questions"), answered by another's reference and by an odd response" "$at"
else
  at=$(folder crafted)
  "$python" "$here/crafted.py" "$at/rows.jsonl"
  compare "Crafted responses" "$at"
fi
cat "$out/results.md"
exit $status
