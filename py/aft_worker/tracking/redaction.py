"""Errors of libraries are shown to people and written to logs: what is secret in them is taken out."""

import os
import re

_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
_USER_IN_URL = re.compile(r"(?<=://)[^/\s@]+@")
# Shorter values are words that may stand in any text.
_SHORTEST = 8
_LONGEST = 300


def redacted(error: BaseException) -> str:
    """An error's kind and text on one line, less the keys of the environment and the users of addresses."""
    text = " ".join(str(error).split())
    for name, value in os.environ.items():
        if _NAMES.search(name) and len(value) >= _SHORTEST:
            text = text.replace(value, "***")
    text = _USER_IN_URL.sub("***@", text)
    kind = type(error).__name__
    text = f"{kind}: {text}" if text else kind
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
