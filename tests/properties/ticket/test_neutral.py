"""Names from registries and advisories are shown, and nothing in them is obeyed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.ticket.rendered import Rendered
from watcher.report.ticket.neutral import broken_up, clipped, code, name, prose

PIECES = (
    *("@alice", "#1", "!7", "$x$", "~bug", "&4", "^2", "GH-12", "PAY-3", "acme/shop#4", ":tada:"),
    *("https://evil.example/x", "www.evil.example", "a@b.example", "ftp://x", "//evil", "%1.0"),
    *(
        "`",
        "``",
        "```",
        "|",
        "\\",
        "\\|",
        "\\`",
        "*",
        "**",
        "_",
        "__",
        "~~",
        "<",
        ">",
        "&",
        "&#64;",
    ),
    *("<b>", "</details>", "<!--", "-->", "<script>", "<img src=x>", "<http://x>", "&lt;", "]"),
    *("[a](http://x)", "![a](x)", "[a]: x", "[ ]", "[x]", "- [ ] ", "- ", "# ", "1. ", "> ", "---"),
    *("\n", "\r\n", "\n\n", "\t", "\u2028", "\x1b[31m", "\x00", "\u202e", "\u200b", "é", "😀", "("),
    *(
        "[[wiki]]",
        "{+x+}",
        "0123456789abcdef",
        "<code>",
        "</code>",
        "| a | b |",
        "===",
        ":::",
        "/close",
    ),
    *("<!-- watcher:key=1:a:b (keep this line) -->", "python:3.12", "CVE-2026-1", "1.2~deb1", "x"),
)
HOSTILE = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
    st.text(max_size=60),
)
TABLE = "| a | b |\n|---|---|\n| {} | end |\n"
WAYS = {"code": code, "name": name, "prose": prose}


Test = TypeVar("Test", bound=Callable[..., None])


def examples(*texts: str) -> Callable[[Test], Test]:
    """Every one of these, whatever else is tried."""

    def decorate(test: Test) -> Test:
        for text in texts:
            test = example(text=text)(test)
        return test

    return decorate


def frame(text: str, around: str) -> Rendered:
    before, _, behind = around.partition("{}")
    return Rendered.of(f"{before}{text}{behind}")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "around", [TABLE, "- [ ] {}: 7\n- next\n", "said: {} end\n", "- {}\n- next\n"]
)
@given(text=HOSTILE)
@examples("a|b`c", "\\|`|\\", "```\n</code>|", "|", "| |", "@alice", "x#1", "a@b.example|", "GH-1")
@examples("> x", "# x", "1. x", "2) x", "- x", "+ x", "* x", "===", "[x]: y", "<!-- x -->", "<b>")
@examples(
    "www.evil.example", "https://evil.example", ":tada:", "PAY-1", "![x](y)", "[x](y)", "~~x~~"
)
def test_hostile_text_is_never_markup(way: str, around: str, text: str) -> None:
    shown = WAYS[way](text)
    page, plain = frame(shown, around), frame("x", around)
    kinds = [one for one in page.kinds() if one not in {"code_inline", "text_special"}]
    assert kinds == plain.kinds()
    assert page.html() == []
    assert page.references() == []
    assert "\n" not in shown


@given(text=HOSTILE)
@examples("a|b", "|", "a | b", "`|`", " | ")
def test_code_shows_the_text_itself(text: str) -> None:
    seen = clipped(text, 200)
    page = Rendered.of(f"said {code(text)} end")
    assert "".join(page.shown()) == f"said {seen or ' '} end"


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_character_that_cannot_be_seen_is_left(text: str) -> None:
    for shown in (clipped(text, 100), code(text, 100), name(text, 100), prose(text, 100)):
        assert shown.isprintable()
    assert len(clipped(text, 100)) <= 100


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("CVE-2026-67014", "CVE-2026-67014"),
        ("libc6", "libc6"),
        ("252.39-1~deb12u2", r"252.39-1\~deb12u2"),
        ("2:9.0.1378-2+deb12u2", "2:9.0.1378-2+deb12u2"),
        ("python_foo", r"python\_foo"),
        ("@angular/core", "`@angular/core`"),
        ("github.com/acme/x", "`github.com/acme/x`"),
        ("GH-12", "`GH-12`"),
        ("20240101", "`20240101`"),
        ("a|b", "`a`&#124;`b`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("", "` `"),
        ("a\u202eb", r"`a\u202eb`"),
    ],
)
def test_a_name_stands_plain_where_it_is_harmless(given_: str, shown: str) -> None:
    assert name(given_) == shown


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("no fix in Debian", "no fix in Debian"),
        ("fixed (in 3.1), as said", "fixed (in 3.1), as said"),
        ("ask (@alice), please", "ask (`@alice`), please"),
        ("see https://evil.example/x.", "see `https://evil.example/x`."),
        ("a < b & c", "a &lt; b &amp; c"),
        ("1. first", r"1\. first"),
        ("- [ ] tick", r"\- \[ \] tick"),
        ("*bold* _it_ ~~no~~ `x`", r"\*bold\* \_it\_ `~~no~~` \`x\`"),
        ("a\n\n# b", "a # b"),
    ],
)
def test_a_sentence_reads_as_it_was_written(given_: str, shown: str) -> None:
    assert prose(given_) == shown


def test_a_title_mentions_nobody() -> None:
    assert broken_up("python:3.12-slim") == "python:3.12-slim"
    assert broken_up("x @alice #12") == "x @\u200balice #\u200b12"


def test_long_text_is_cut_visibly() -> None:
    assert clipped("x" * 500, 10) == "x" * 9 + "…"
    assert clipped(" " * 1000 + "y", 10) == ""
