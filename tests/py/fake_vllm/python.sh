#!/bin/sh
# A Python "of its own" that has the vLLM of this folder, or of the one that FAKE_VLLM_IN names.
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONPATH="${FAKE_VLLM_IN:-$here}"
exec "${FAKE_VLLM_PYTHON:?}" "$@"
