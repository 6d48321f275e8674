"""Names from registries and advisories are shown, and nothing in them is obeyed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.report.ticket.rendered import Rendered
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
HARMLESS_TAGS = {"<code>", "</code>"}
WAYS = {"code": code, "name": name, "prose": prose}


def frame(text: str, around: str) -> Rendered:
    before, _, behind = around.partition("{}")
    return Rendered.of(f"{before}{text}{behind}")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "around", [TABLE, "- [ ] {}: 7\n- next\n", "said: {} end\n", "- {}\n- next\n"]
)
@given(text=HOSTILE)
@example(text="a|b`c")
@example(text="\\|`|\\")
@example(text="```\n</code>|")
def test_hostile_text_is_never_markup(way: str, around: str, text: str) -> None:
    shown = WAYS[way](text)
    page, plain = frame(shown, around), frame("x", around)
    kinds = [
        one for one in page.kinds() if one not in {"code_inline", "html_inline", "text_special"}
    ]
    assert kinds == plain.kinds()
    assert set(page.html()) <= HARMLESS_TAGS
    assert page.references() == []
    assert "\n" not in shown


@given(text=HOSTILE)
def test_code_shows_the_text_itself(text: str) -> None:
    seen = clipped(text, 200)
    page = Rendered.of(f"said {code(text)} end")
    inner = page.code() or ["".join(page.text().split("\n")[1:-1])]
    assert inner == [seen] or (not seen and inner == [" "])


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
        ("a|b", "<code>a&#124;b</code>"),
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
