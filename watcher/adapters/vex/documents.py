"""A document's bytes, read as the format they say they are, or refused in one line."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from pydantic import ValidationError

from watcher.adapters.vex.cyclonedx import CycloneDx, is_cyclonedx
from watcher.adapters.vex.openvex import OpenVex, is_openvex
from watcher.adapters.vex.products import Called
from watcher.domain.errors import PermanentError
from watcher.ports.vex import VexDocument

LARGEST: Final = 16 * 1024 * 1024  # bytes of one document
_MOST_PRODUCTS: Final = 100_000


def parse_document(location: str, content: bytes, called: Called) -> VexDocument:
    """Read a document; raises PermanentError where any of it is not as its format says.

    The message says what is wrong, and leaves it to whoever shows it to say where.
    A statement that was left out would end or reopen something that nobody meant to.
    """
    read = _json(content)
    if is_openvex(read):
        model: type[OpenVex | CycloneDx] = OpenVex
    elif is_cyclonedx(read):
        model = CycloneDx
    else:
        raise PermanentError("is neither OpenVEX nor CycloneDX: nothing of it counts")
    try:
        statements = tuple(model.model_validate(read).stated(called))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])[:120]
        reason = f"{where!a} {first['msg'].removeprefix('Value error, ')}"
    except PermanentError as error:
        reason = str(error)
    else:
        if sum(len(one.products) for one in statements) > _MOST_PRODUCTS:
            raise PermanentError(f"names more than {_MOST_PRODUCTS} products: refused")
        return VexDocument(location, hashlib.sha256(content).hexdigest(), statements)
    raise PermanentError(f"{reason}; nothing of it counts, correct it")


def _json(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise PermanentError(f"is larger than {LARGEST} bytes: refused")
    try:
        read = json.loads(content)
    except (ValueError, RecursionError):
        raise PermanentError("is no JSON: nothing of it counts, correct it") from None
    if not isinstance(read, dict):
        raise PermanentError("is no JSON object: nothing of it counts, correct it")
    return read
