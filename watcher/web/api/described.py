"""What the API's description says of answers, beside what its parameters say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

_ERROR: Final = {
    "type": "object",
    "required": ["schema", "status", "error"],
    "properties": {
        "schema": {"const": "watcher/error/1"},
        "status": {"type": "integer"},
        "error": {"type": "string", "description": "What is wrong, and what to do, in a line."},
    },
}
_WHEN: Final = {
    400: "What is asked cannot be meant; the line says why.",
    401: "A token is needed: Authorization: Bearer.",
    403: "The role of the token does not reach.",
    404: "There is no such thing, or none that may be seen.",
    405: "Only read: GET and HEAD.",
    421: "Asked for under a name that is not ours.",
    429: "Too many wrong tokens: see Retry-After.",
    503: "The database cannot be read now.",
}
REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": line, "content": {"application/json": {"schema": _ERROR}}}
    for status, line in _WHEN.items()
}


SHEETS: Final = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
FILES: Final = (*SHEETS, "application/pdf", "text/html")


def answers_with(
    name: str, kinds: Sequence[str] = SHEETS, *, document: bool = True
) -> dict[int | str, dict[str, Any]]:
    """The answers of a route whose document is called so, and what else it comes as."""
    told = {
        "type": "object",
        "required": ["schema"],
        "properties": {"schema": {"const": f"watcher/{name}/1"}},
    }
    content: dict[str, Any] = {"application/json": {"schema": told}} if document else {}
    content |= {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    whole = {"description": "The document, or a part of it with `next`.", "content": content}
    return {200: whole, 304: {"description": "Nothing changed."}, **REFUSALS}
