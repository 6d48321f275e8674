"""A user's own text around a ticket's parts; the line that names it always stands last."""

from __future__ import annotations

import pytest

from tests.properties.ticket.sample import KEY, SAMPLE
from tests.properties.ticket.test_draft import DONE
from watcher.domain.errors import UsageError
from watcher.domain.ticket import marker
from watcher.ports.tracker import MARKDOWN, Medium
from watcher.report.ticket import Frame, draft

FRAME = Frame.parse("Runbook of $team: $$0\n\n$first_screen\n\n---\n$footer", "own.md")


def test_a_frame_stands_around_the_parts_that_it_names() -> None:
    text = draft(SAMPLE, KEY, frame=FRAME).body
    assert text.startswith("Runbook of data: $0\n\n**Rebuild 12 streams")
    assert "<details>" not in text
    assert "Closes by itself" in text
    assert text.splitlines()[-1] == marker(KEY)


def test_a_ticket_that_is_done_is_told_without_it() -> None:
    assert draft(DONE, KEY, frame=FRAME).body == draft(DONE, KEY).body


def test_a_frame_is_part_of_what_is_cut() -> None:
    wide = Frame.parse("x" * 9_000 + "\n\n$first_screen\n\n$details", "own.md")
    text = draft(SAMPLE, KEY, Medium(longest=12_000), frame=wide).body
    assert len(text) <= 12_000 < len(draft(SAMPLE, KEY, MARKDOWN, frame=wide).body)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("$details", "own.md lacks $first_screen"),
        ("$first_screen $colour", r"own.md holds \$colour, which is none of \$base, "),
        ("$first_screen costs 5$", "a dollar sign is written"),
        ("$first_screen" + "x" * 20_001, "longer than 20000 characters"),
    ],
)
def test_what_is_no_frame_is_refused_in_one_line(text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint.replace("$", r"\$").replace(r"\\$", r"\$")):
        Frame.parse(text, "own.md")
