"""Which ids are one vulnerability: an advisory's own id, and the CVE it belongs to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

Claim = tuple[str, str]  # an advisory's own id, and a CVE that it is said to be

# Databases whose ids name one flaw each. A vendor's bulletin (RHSA, DSA, USN) gathers several, and
# is no flaw's name.
_FLAWS: Final = re.compile(
    r"(?:BIT|GHSA|GMS|GO|GSD|HSEC|JLSEC|MAL|OSV|PSF|PYSEC|RSEC|RUSTSEC)-[A-Za-z0-9._-]{1,100}"
)
_CVE: Final = re.compile(r"CVE-[0-9-]{1,40}")


def is_cve(name: str) -> bool:
    """Whether an id is a CVE's."""
    return _CVE.fullmatch(name) is not None


def claims_of(name: str, vendor_ids: Iterable[str]) -> frozenset[Claim]:
    """What a finding says of ids: it is of a CVE, and these are what its sources call that."""
    if not is_cve(name):
        return frozenset()
    return frozenset((alias, name) for alias in vendor_ids if _FLAWS.fullmatch(alias))


def contradicted(standing: Iterable[Claim], told: Iterable[Claim]) -> frozenset[Claim]:
    """Standing claims that are told otherwise: their alias is given other CVEs now.

    An alias that is not told of at all is not contradicted: absence is no evidence.
    """
    now: dict[str, set[str]] = defaultdict(set)
    for alias, cve in told:
        now[alias].add(cve)
    return frozenset(
        (alias, cve) for alias, cve in standing if alias in now and cve not in now[alias]
    )
