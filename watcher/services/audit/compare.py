"""A scanner's own findings on an image, compared with those derived for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from watcher.domain.package import Finding
from watcher.services.audit.rules import Difference, Side, likely_rule

Same = tuple[str, str, str]  # vulnerability, context and identity of the package
Said = tuple[str, str, str, str]  # fixed version, status, severity, its source

# Where two of its advisories give one vulnerability the same fixed version, Trivy takes the
# severity of either, from run to run.
_RESTLESS: Final = frozenset({"redhat", "centos"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many findings of the scanner's own were compared, and what differs."""

    findings: int
    differences: tuple[Difference, ...]

    def __str__(self) -> str:
        """Say it in a line."""
        shown = self.differences[0] if self.differences else "nothing"
        return f"in {len(self.differences)} findings, such as {shown}"


def compare(own: Iterable[Finding], derived: Iterable[Finding]) -> Comparison:
    """Name each finding that only one side has, or that the sides see differently.

    Vulnerability, package, installed and fixed version, status, severity and its source count.
    """
    left = {(_same(one), _said(one)): one for one in own}
    right = {(_same(one), _said(one)): one for one in derived}
    missing = [left[key] for key in left.keys() - right.keys()]
    extra = [right[key] for key in right.keys() - left.keys()]
    restless = {_steady(one) for one in missing} & {_steady(one) for one in extra} - {None}
    sides: tuple[tuple[Side, list[Finding], list[Finding]], ...] = (
        ("missing", missing, extra),
        ("extra", extra, missing),
    )
    named = [
        Difference(side, one, likely_rule(one, others))
        for side, ones, others in sides
        for one in ones
        if _steady(one) not in restless
    ]
    return Comparison(len(left), tuple(sorted(named, key=_order)))


def _same(one: Finding) -> Same:
    return one.vulnerability, one.context, one.identity


def _said(one: Finding) -> Said:
    return one.fixed_version, one.status, one.severity, one.severity_source or ""


def _steady(one: Finding) -> tuple[str, ...] | None:
    """What stays the same from run to run, where a severity may not; None where all does."""
    if one.context.partition(" ")[0] not in _RESTLESS or not one.fixed_version:
        return None
    return *_same(one), one.fixed_version, one.status


def _order(one: Difference) -> tuple[Same, Said, str]:
    return _same(one.finding), _said(one.finding), one.side
