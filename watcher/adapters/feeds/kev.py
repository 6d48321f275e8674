"""KEV as CISA publishes it: a JSON catalogue of vulnerabilities that are known to be exploited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from watcher.adapters.feeds.reading import bounded, cve, json_of, text_of, time_of
from watcher.ports.feeds import Listing, Listings


def parse_kev(content: bytes) -> Listings:
    """Read a release; raises ValueError where it is not whole or names something else."""
    told = json_of(text_of(content))
    listed = told.get("vulnerabilities") if isinstance(told, dict) else None
    if not isinstance(listed, list):
        # Parsers raise ValueErrors alone.
        raise ValueError("it has no list of vulnerabilities, so it is no KEV catalogue")  # noqa: TRY004
    bounded(len(listed))
    count = told.get("count")
    if count is not None and count != len(listed):
        raise ValueError(f"it says it lists {str(count)[:20]} and lists {len(listed)}")
    found = {one.name: one for one in _listings(listed)}
    dated = told.get("dateReleased")
    newest = max(one.listed_on for one in found.values())
    return Listings(time_of(dated) if dated else newest, tuple(found.values()))


def _listings(listed: Iterable[Any]) -> Iterator[Listing]:
    for one in listed:
        if not isinstance(one, dict):
            raise ValueError("an entry is no mapping")  # noqa: TRY004
        due = one.get("dueDate")
        yield Listing(
            name=cve(one.get("cveID")),
            listed_on=time_of(one.get("dateAdded")),
            due_on=time_of(due) if due else None,
            ransomware=one.get("knownRansomwareCampaignUse") == "Known",
        )
