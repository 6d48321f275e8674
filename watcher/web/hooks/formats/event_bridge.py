"""Events of Amazon ECR as EventBridge delivers them.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from watcher.web.hooks.document import Document, UnreadableError, optional_text, section, text
from watcher.web.hooks.hint import Hint, hints

_SOURCE: Final = "aws.ecr"
_MOVING: Final = {"PUSH", "DELETE", "REPLICATE"}


def read(event: Document, regions: Sequence[str], accounts: Collection[str]) -> frozenset[Hint]:
    """Hints of an event, where it happened in a region that is watched.

    The first region is the home of names without a prefix; `accounts` are those that are reached
    through roles, every other one is our own.
    """
    if text(event, "source") != _SOURCE:
        raise UnreadableError(f"source is not {_SOURCE}")
    detail, region = section(event, "detail"), text(event, "region")
    moving = optional_text(detail, "action-type") in _MOVING
    if not moving or optional_text(detail, "result") != "SUCCESS" or region not in regions:
        return frozenset()
    name, account = text(detail, "repository-name"), text(event, "account")
    if account in accounts:
        name = f"{account}/{region}/{name}"
    elif region != regions[0]:
        name = f"{region}/{name}"
    return hints([(name, optional_text(detail, "image-tag"))])
