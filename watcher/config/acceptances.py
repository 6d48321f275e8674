"""The file of accepted risks: a list, checked as a whole like the configuration."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

from pydantic import PlainValidator, ValidationError

from watcher.config.document import read_list
from watcher.config.problems import problem_lines
from watcher.config.section import Section
from watcher.config.values import StreamPattern, Text
from watcher.domain.acceptance import Acceptance
from watcher.domain.errors import UsageError


def _moment(given: object) -> datetime:
    """Read a day, which lasts until its end, or a time with its offset; YAML knows both."""
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given) if "T" in given else date.fromisoformat(given)
        except ValueError:
            given = None
    if isinstance(given, datetime) and given.tzinfo is not None:
        return given.astimezone(UTC)
    if isinstance(given, date) and not isinstance(given, datetime):
        return datetime.combine(given, time.max, UTC).replace(microsecond=0)
    raise ValueError("must be a day such as 2026-12-31, or a time such as 2026-12-31T12:00:00Z")


class AcceptanceSettings(Section):
    """A risk that somebody accepts; without `match` in every stream."""

    vulnerability: Text
    match: StreamPattern | None = None
    reason: Text
    author: Text
    expires: Annotated[datetime, PlainValidator(_moment)]

    def acceptance(self) -> Acceptance:
        """The acceptance as the domain knows it."""
        return Acceptance(self.vulnerability, self.match, self.reason, self.author, self.expires)


class _File(Section):
    acceptances: tuple[AcceptanceSettings, ...] = ()


def read_acceptances(path: Path, *, required: bool) -> tuple[Acceptance, ...]:
    """Read the file; one that nobody named may be missing. Raises UsageError, a line for each."""
    if not path.exists() and not required:
        return ()
    if not path.exists():
        raise UsageError(f"acceptances: there is no file {path}: create it, or remove the key")
    document = read_list(path, "acceptances")
    try:
        read = _File.model_validate(document.values).acceptances
    except ValidationError as error:
        problems = problem_lines(error, document.values, document.place, _File)
    else:
        return tuple(one.acceptance() for one in read)
    # Outside of the handler, so that no traceback carries pydantic's view of the input.
    raise UsageError("\n".join(problems))
