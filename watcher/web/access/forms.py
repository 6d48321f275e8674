"""Forms that change something: taken from our own pages alone."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request

from watcher.web.access.person import person_of

LARGEST: Final = 16 * 1024  # bytes
_FORM: Final = "application/x-www-form-urlencoded"
_ELSEWHERE: Final = "This form does not come from a page of this watcher: open the page again."


async def _sent(request: Request) -> Mapping[str, str]:
    """The fields of a form that the one who is signed in sent from a page of ours."""
    headers = request.headers
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise HTTPException(HTTPStatus.FORBIDDEN, _ELSEWHERE)
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send it as a form.")
    length = headers.get("content-length", "")
    if not length.isdecimal() or int(length[:20]) > LARGEST:
        raise HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A form has at most {LARGEST} bytes."
        )
    told = await request.form(max_files=0, max_fields=20)
    fields = {name: value for name, value in told.items() if isinstance(value, str)}
    proof = person_of(request).csrf
    shown = fields.get("csrf", "")
    if not proof or not hmac.compare_digest(shown.encode("utf-8", "replace"), proof.encode()):
        raise HTTPException(HTTPStatus.FORBIDDEN, _ELSEWHERE)
    return fields


Form = Annotated[Mapping[str, str], Depends(_sent)]
