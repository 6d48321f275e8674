"""Values of VEX documents, each checked where it is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,127}")
_CONTROL: Final = re.compile(
    r"[^\x20-\uffff]|[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LONGEST: Final = 500  # characters of a text that people are shown
_MOST: Final = 10_000  # entries of a list


class Part(BaseModel):
    """A part of a document; what it holds beside the fields that matter is not looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def _moment(given: object) -> datetime:
    if not isinstance(given, str):
        raise ValueError("must be a time such as 2026-01-31T12:00:00Z")  # noqa: TRY004 - pydantic's
    try:
        read = datetime.fromisoformat(given)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be a time such as 2026-01-31T12:00:00Z") from None


def _name(given: object) -> str:
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise ValueError("is no id of a vulnerability")
    return given


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError("must be text")  # noqa: TRY004 - pydantic's
    return " ".join(_CONTROL.sub(" ", given[: 2 * _LONGEST]).split())[:_LONGEST]


def _link(given: object) -> str:
    if not isinstance(given, str) or len(given) > 2 * _LONGEST or not given.isprintable():
        raise ValueError("must be an identifier of one line")
    return given


Moment = Annotated[datetime, BeforeValidator(_moment)]
Name = Annotated[str, BeforeValidator(_name)]
Text = Annotated[str, BeforeValidator(_text)]
Link = Annotated[str, BeforeValidator(_link)]
Many = Field(default=(), max_length=_MOST)
