"""Makes a model folder of a GGUF file, for `--model`: python tests/gpu/from_gguf.py FILE.gguf FOLDER [DTYPE]

Needs torch, transformers and gguf. The weights are those of the file, quantized as they are there, in DTYPE
(default: bfloat16).
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    if len(sys.argv) not in (3, 4) or not Path(sys.argv[1]).is_file():
        sys.exit("usage: from_gguf.py FILE.gguf FOLDER [DTYPE]")
    file, folder = Path(sys.argv[1]), Path(sys.argv[2])
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    where = {"pretrained_model_name_or_path": str(file.parent), "gguf_file": file.name}
    dtype = getattr(torch, sys.argv[3] if len(sys.argv) == 4 else "bfloat16")
    model = AutoModelForCausalLM.from_pretrained(**where, dtype=dtype)
    # what was read is plain weights, which these two would forbid to save
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    if hasattr(model, "is_quantized"):
        model.is_quantized = False
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(**where).save_pretrained(folder)
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
