"""Tickets in somebody's own words: the same blocks, safe as they are, and the marker last."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.properties.ticket.sample import KEY, SAMPLE
from watcher.domain.errors import UsageError
from watcher.domain.ticket import BumpTicket, marker
from watcher.report.ticket import LONGEST, Template, draft, template_of


def template(folder: Path, text: str) -> Template:
    path = folder / "ticket.md.j2"
    path.write_text(text)
    found = template_of(path)
    assert found is not None
    return found


def written(folder: Path, text: str, bump: BumpTicket = SAMPLE) -> str:
    return draft(bump, KEY, template=template(folder, text)).body


def test_without_a_template_there_is_none() -> None:
    assert template_of(None) is None


def test_a_template_orders_blocks_and_adds_words(tmp_path: Path) -> None:
    text = written(
        tmp_path,
        "Hello {{ ticket.team }}: {{ ticket.to_do }} of {{ ticket.streams }} left.\n\n"
        "{{ to_do }}\n\n{{ lead }}\n\n{% if ticket.is_done %}done{% else %}go{% endif %}",
    )
    assert text.startswith("Hello `data`: 12 of ")
    assert text.index("- [ ] ") < text.index("**Rebuild 12 streams")
    assert text.rstrip().endswith(f"go\n\n{marker(KEY)}")
    assert "Closes by itself" not in text


def test_the_text_stays_bounded_whatever_a_template_says(tmp_path: Path) -> None:
    text = written(tmp_path, "{{ fixes }}" * 50 + "x" * LONGEST)
    assert len(text) <= LONGEST
    assert text.endswith(f"{marker(KEY)}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ lead", "line 1: unexpected end of template"),
        ("{{ laed }}", "'laed' is undefined"),
        ("{{ ticket.nothing }}", "has no attribute 'nothing'"),
        ("{{ 1 // 0 }}", "integer division or modulo by zero"),
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        ("x" * 100_001, "is longer than 100000 characters"),
    ],
)
def test_a_template_that_cannot_work_is_an_error_of_the_configuration(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(UsageError, match=r"tickets\.template: ") as raised:
        template(tmp_path, text)
    assert said in str(raised.value)
