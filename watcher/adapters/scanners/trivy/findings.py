"""Findings out of what Trivy prints: complete and mapped back to the packages, or an error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from watcher.domain.errors import PermanentError, TransientError
from watcher.domain.package import SEVERITIES, Finding, Package, Severity

# What Trivy's JSON calls the values of a finding, in the order in which TEMPLATE prints them.
FIELDS: Final = (
    "VulnerabilityID",
    "Severity",
    "SeveritySource",
    "Status",
    "FixedVersion",
    "Title",
    "PublishedDate",
    "VendorIDs",
)

# Trivy's own JSON carries descriptions, references and scores: 2 KB and more for each finding.
# These lines are all that is needed. The one per result counts the packages, and the last one
# proves that nothing is missing behind it.
TEMPLATE: Final = (
    '{{ range . }}{{ list "result" .Type (len .Packages) | toJson }}\n'
    "{{ range .Vulnerabilities }}"
    f"{{{{ list .PkgIdentifier.BOMRef {' '.join(f'.{name}' for name in FIELDS)} | toJson }}}}\n"
    '{{ end }}{{ end }}{{ list "end" | toJson }}\n'
)

_TITLE_LIMIT: Final = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_SEVERITIES: Final[Mapping[str, Severity]] = {severity: severity for severity in SEVERITIES}


def read_matches(
    printed: str, packages: Sequence[Package], expected: Mapping[str, int]
) -> list[Finding]:
    """Read the lines that TEMPLATE made of a document in which a reference is a place.

    `expected` counts the packages per type of result. Raises PermanentError where a finding
    belongs to no package or Trivy looked at other packages than those, TransientError where the
    report is cut off or is none.
    """
    lines = printed.splitlines()
    if not lines or lines.pop() != '["end"]':
        raise _rubbish(printed, "its last line is missing")
    findings: list[Finding] = []
    seen: dict[str, int] = {}
    for record in _records(lines):
        if record[0] == "result":
            name, count = _counted(record)
            seen[name] = seen.get(name, 0) + count
        else:
            findings.append(make_finding(_at(packages, record), record[1:]))
    _check_complete(seen, {name: count for name, count in expected.items() if count})
    return findings


def make_finding(package: Package, told: Sequence[object]) -> Finding:
    """Read one vulnerability of a package from the values of FIELDS. Raises PermanentError."""
    identifier, severity, source, status, fixed_version, title, published, vendor_ids = told
    rated = _SEVERITIES.get(str(severity or "UNKNOWN"))
    if rated is None or not isinstance(identifier, str) or not identifier:
        raise PermanentError(
            f"Trivy reports a finding on {package.name} with severity {severity!r} and id "
            f"{identifier!r}, which is none: check the Trivy database"
        )
    return Finding(
        context=package.context,
        identity=package.identity,
        vulnerability=identifier,
        severity=rated,
        severity_source=str(source) if source else None,
        status=str(status or "unknown"),
        fixed_version=str(fixed_version or ""),
        title=_readable(str(title or "")),
        published=_moment(published) if isinstance(published, str) else None,
        vendor_ids=tuple(map(str, vendor_ids)) if isinstance(vendor_ids, list) else (),
    )


def _records(lines: Sequence[str]) -> list[list[object]]:
    """Parse all lines at once, which is three times as fast as one by one."""
    try:
        records = json.loads(f"[{','.join(lines)}]")
    except ValueError:
        raise _rubbish("\n".join(lines), "a line is no JSON") from None
    for record in records:
        if not isinstance(record, list) or len(record) not in {3, len(FIELDS) + 1}:
            raise _rubbish(str(record), "a line is no list of values")
    return records  # type: ignore[no-any-return]  # checked above


def _counted(record: Sequence[object]) -> tuple[str, int]:
    name, count = record[1], record[2]
    if len(record) == 3 and isinstance(name, str) and isinstance(count, int):  # noqa: PLR2004 - the line of a result
        return name, count
    raise _rubbish(str(record), "a result has no count")


def _at(packages: Sequence[Package], record: Sequence[object]) -> Package:
    reference = record[0]
    if isinstance(reference, str) and reference.isdecimal() and int(reference) < len(packages):
        return packages[int(reference)]
    raise PermanentError(
        f"Trivy reports {record[1]!r} for {reference!r}, which is no package of the document: "
        "nothing of this match counts"
    )


def _rubbish(printed: str, reason: str) -> TransientError:
    shown = _CONTROL.sub(" ", printed[:80]).strip()
    return TransientError(
        f"Trivy printed no complete report, {reason} ({shown!r}): watcher retries; if it stays, "
        "check that trivy.binary is Trivy"
    )


def _check_complete(seen: Mapping[str, int], expected: Mapping[str, int]) -> None:
    if seen != expected:
        raise PermanentError(
            f"Trivy looked at other packages than it was given: expected {dict(expected)}, "
            f"it says {dict(seen)}; nothing of this match counts"
        )


@lru_cache(maxsize=1 << 14)
def _readable(title: str) -> str:
    """Bound a title and take out what moves a terminal's cursor or turns a line around."""
    shortened = title[: 2 * _TITLE_LIMIT]
    if not shortened.isprintable():
        shortened = _CONTROL.sub(" ", shortened)
    return shortened.strip()[:_TITLE_LIMIT]


@lru_cache(maxsize=1 << 14)
def _moment(written: str) -> datetime | None:
    """Read a time of RFC 3339 as aware UTC; None where it is none, or Go's zero time."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo and moment.year > 1 else None
