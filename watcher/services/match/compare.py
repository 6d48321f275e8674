"""What a completed match of a context changes, worked out from what stood before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watcher.domain.alias import Claim, claims_of
from watcher.domain.knowledge import KnowledgeVersion, begun, ended
from watcher.domain.package import Finding, Package
from watcher.ports.store.matches import (
    Appearance,
    Assessment,
    ContextMatch,
    ContextState,
    Disappearance,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A context with the packages to match now, and under which version each was matched before."""

    context: ContextState
    whole: bool
    packages: Mapping[int, Package]
    taking_part: Mapping[int, int | None]

    def previous(self, package: int) -> int | None:
        """The last version under which the package was matched; None if it never was."""
        if package not in self.taking_part:
            return None
        dropped = self.taking_part[package]
        return self.context.last_version if dropped is None else dropped


def compare(
    asked: Asked,
    held: Mapping[tuple[int, str], Assessment],
    found: Mapping[tuple[int, str], Finding],
    under: tuple[Sequence[KnowledgeVersion], KnowledgeVersion],
) -> ContextMatch:
    """Work out what a completed match changes; matches of packages that were not asked stay."""
    versions, now = under
    appeared = [
        Appearance(
            number,
            finding,
            begun(versions, asked.previous(number), now.number),
            asked.previous(number),
        )
        for (number, name), finding in found.items()
        if (number, name) not in held
    ]
    disappeared = []
    for number, name in held:
        previous = asked.previous(number)
        if number in asked.packages and (number, name) not in found and previous is not None:
            disappeared.append(Disappearance(number, name, *ended(versions, previous, now.number)))
    on = frozenset(number for number, dropped in asked.taking_part.items() if dropped is None)
    return ContextMatch(
        context=asked.context.number,
        last_version=asked.context.last_version,
        whole=asked.whole,
        package_count=len(asked.packages),
        joined=frozenset(asked.packages) - on,
        left=on - asked.packages.keys() if asked.whole else frozenset(),
        appeared=tuple(appeared),
        disappeared=tuple(disappeared),
        reassessed=_reassessed(held, found),
        claims=frozenset[Claim]().union(
            *(claims_of(one.vulnerability, one.vendor_ids) for one in found.values())
        ),
    )


def _reassessed(
    held: Mapping[tuple[int, str], Assessment], found: Mapping[tuple[int, str], Finding]
) -> tuple[tuple[int, Finding], ...]:
    return tuple(
        (number, finding)
        for (number, name), finding in found.items()
        if (number, name) in held and _is_news(held[number, name], finding)
    )


def _is_news(held: Assessment, finding: Finding) -> bool:
    return held != assessment(finding) or (not held.dated and finding.published is not None)


def assessment(finding: Finding) -> Assessment:
    """What a finding says beside that it exists."""
    return Assessment(
        finding.severity, finding.severity_source, finding.status, finding.fixed_version
    )
