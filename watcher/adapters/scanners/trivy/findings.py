"""Findings out of what Trivy prints: complete and mapped back to the packages, or an error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from watcher.adapters.scanners.trivy.fields import CONTROL, moment, readable
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

_LENGTHS: Final = frozenset({3, len(FIELDS) + 1})  # of a result's line, of a finding's
_BATCH: Final = 1000
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
        title=readable(str(title or "")),
        published=moment(published) if isinstance(published, str) else None,
        vendor_ids=tuple(map(str, vendor_ids)) if isinstance(vendor_ids, list) else (),
    )


def _records(lines: Sequence[str]) -> Iterator[list[object]]:
    """Parse the lines in batches, which is three times as fast as one by one."""
    for start in range(0, len(lines), _BATCH):
        batch = lines[start : start + _BATCH]
        try:
            records = json.loads(f"[{','.join(batch)}]")
        except (ValueError, RecursionError):
            raise _rubbish("\n".join(batch), "a line is no JSON") from None
        for record in records:
            if not isinstance(record, list) or len(record) not in _LENGTHS:
                raise _rubbish(str(record), "a line is no list of values")
            yield record


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
    shown = CONTROL.sub(" ", printed[:80]).strip()
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
