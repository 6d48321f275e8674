"""Why one window closed, or one stream left its image, in words for people."""

from __future__ import annotations

from typing import Final

_WORDS: Final = {
    "moved": "moved on",
    "remediated": "remediated",
    "knowledge_withdrawn": "withdrawn by the database",
    "detection_change": "judged otherwise by another scanner",
    "vex_not_affected": "not affected (VEX)",
    "retired": "its tag is gone",
    "head_removed": "its version is gone",
    "platform_gone": "its platform is gone",
    "out_of_scope": "out of scope",
    "undeployed": "undeployed",
}


def worded(cause: str) -> str:
    """A cause in words; one without any is read as it is written."""
    return _WORDS.get(cause, cause.replace("_", " "))
