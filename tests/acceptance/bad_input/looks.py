"""What tests of bad input look at: lines for a person, and episodes that nothing ended."""

from __future__ import annotations

from tests.acceptance.bad_input.fleet import Document
from tests.acceptance.bad_input.story import day, written
from tests.acceptance.month.advisories import OPENSSL

MEASURES = frozenset({"known_days", "actionable_days", "detected_to_remediated_days"})
LONGEST = 900  # characters of a line, with two digests and an address in it


def episodes(document: Document) -> dict[tuple[str, str], list[Document]]:
    """The episodes of each stream and vulnerability, without how long they had lasted then."""
    return {
        (f"{one['repository']}:{one['stream']}", one["vulnerability"]): [
            {name: value for name, value in told.items() if name not in MEASURES}
            for told in one["episodes"]
        ]
        for one in document["windows"]
    }


def assert_nothing_ended(before: Document, after: Document, undisturbed: Document) -> None:
    """Make sure that what was open still is, but for what ended where nothing failed too."""
    now, anyway = episodes(after), episodes(undisturbed)
    for key, told in episodes(before).items():
        for number, one in enumerate(told):
            if one["to"] is None and now[key][number]["to"] is not None:
                assert now[key][number] == anyway[key][number], key


def assert_uncertain(found: Document, undisturbed: Document) -> None:
    """Make sure that only the bounds of what a late look at shop/api saw differ, and how far.

    The rebuild happened before day 1, whose look at it failed, and was seen on day 2.
    """
    late, true = episodes(found), episodes(undisturbed)
    assert late.keys() == true.keys()
    (fixed,), (fixed_at,) = (one.pop(("shop/api:latest", OPENSSL)) for one in (late, true))
    assert late == true
    assert (fixed["to_not_before"], fixed["to"]) == (written(day(0)), written(day(2)))
    assert fixed["to_not_before"] < fixed_at["to"] == written(day(1)) < fixed["to"]
    assert fixed | {"to": fixed_at["to"]} == fixed_at


def assert_clear(line: str, *named: str) -> None:
    """Make sure that a line of stderr is one for a person, and names all this."""
    assert line.startswith("watcher: ")
    assert "Traceback" not in line
    assert len(line) < LONGEST
    for name in named:
        assert name in line
