"""The same ticket in Jira's markup: what was text stays text, and it fits."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.properties.ticket.sample import KEY, SAMPLE
from tests.properties.ticket.test_draft import DONE, poisoned
from tests.properties.ticket.test_neutral import HOSTILE
from watcher.domain.ticket import BumpTicket, marked, wiki_marker
from watcher.ports.tracker import Medium
from watcher.report.ticket import draft
from watcher.report.ticket.wiki import wiki

WIKI = Medium("wiki", 30_000)
# Links, mentions, pictures and macros of Jira's markup, where no backslash stands before them.
OBEYED = re.compile(r"(?<!\\)(?:\[[^\]\s\\]|![^\s!]+!|\{(?!\{|\}|noformat\})[a-z]+)")


def body(bump: BumpTicket) -> str:
    return draft(bump, KEY, WIKI).body


def outside_code(text: str) -> str:
    plain = re.sub(r"\{noformat\}.*?\{noformat\}", "", text, flags=re.DOTALL)
    return re.sub(r"(?<!\\)\{\{(?:[^{}\\]|\\.)*\}\}", "", plain)


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("### Head", "h3. Head"),
        ("**bold** and *slanted*", "*bold* and _slanted_"),
        ("`a|b{c}`", "{{a|b\\{c\\}}}"),
        ("- one\n- two", "* one\n* two"),
        ("- one\n  - inner", "* one\n** inner"),
        ("[text](<https://a.example/x>)", "[text|https://a.example/x]"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "||a||b||\n|1|2|"),
        ("```diff\n-a\n+b\n```", "{noformat}\n-a\n+b\n{noformat}"),
        ("a\n\n---\n\nb", "a\n\n----\n\nb"),
        (
            "<details><summary><b>Fixes</b>: 2</summary>\n\ninner\n\n</details>",
            "h5. Fixes: 2\n\ninner",
        ),
        ("x {color:red} [~ada] !a.png! 2*3", "x \\{color:red\\} \\[\\~ada\\] \\!a.png\\! 2\\*3"),
        ("-struck- +new+ well-known 1 - 2", "\\-struck\\- \\+new\\+ well-known 1 - 2"),
    ],
)
def test_markup_is_written_anew_and_text_is_not_obeyed(markdown: str, shown: str) -> None:
    assert wiki(markdown) == shown


def test_the_ticket_of_the_design_asks_for_the_same_in_jira() -> None:
    text = body(SAMPLE)
    assert text.startswith("*Rebuild 12 streams on the new {{python:3.12-slim}}.*")
    assert text.count("\n* \\[ \\] ") == 12
    assert text.splitlines()[-1] == wiki_marker(KEY)
    found = marked(text)
    assert found is not None
    assert (found.key, found.end) == (KEY, len(text) - 1)


def test_it_fits_into_what_jira_takes() -> None:
    many = replace(SAMPLE, lines=SAMPLE.lines * 200, fixes=SAMPLE.fixes * 50)
    assert len(body(many)) <= 30_000
    assert "more: {{watcher bumps}} lists them all" in body(replace(many, link=None))


@given(text=HOSTILE)
@settings(max_examples=40, deadline=None)
def test_hostile_names_are_no_markup_in_jira_either(text: str) -> None:
    sample = replace(SAMPLE, link=None)
    for bump in (sample, DONE):
        written = body(poisoned(bump, text))
        assert OBEYED.findall(outside_code(written)) == []
        assert written.splitlines()[-1] == wiki_marker(KEY)
        assert written.count("\nh3. ") == body(bump).count("\nh3. ")
