"""A ticket's Markdown as Jira's wiki markup; what was text there is text here.

Only what tickets are made of is known: whatever else a frame holds is shown as its text. The markup
is Atlassian's (Text Formatting Notation); there are no folds, so each becomes a part with a head.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN: Final = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_SIGNS: Final = re.compile(r"[\\{}\[\]*_^~|!]|\?(?=\?)|(?<!\S)[-+#](?=\S)|(?<=\S)[-+](?!\S)")
_BRACES: Final = re.compile(r"[\\{}]")
_TAGS: Final = re.compile(r"<!--.*?-->|<[^<>]{1,200}>", re.DOTALL)
_SUMMARY: Final = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)
_MARKS: Final = {
    "strong_open": "*",
    "strong_close": "*",
    "em_open": "_",
    "em_close": "_",
    "s_open": "-",
    "s_close": "-",
}


def wiki(text: str) -> str:
    """Write Markdown down anew."""
    blocks = list(_blocks(_MARKDOWN.parse(text)))
    joined = "\n\n".join(block for block in blocks if block)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """The outermost blocks, each with what is in it."""
    start = 0
    while start < len(tokens):
        end = _end(tokens, start)
        yield _block(tokens[start:end])
        start = end


def _end(tokens: Sequence[Token], start: int) -> int:
    depth = 0
    for number in range(start, len(tokens)):
        depth += tokens[number].nesting
        if depth == 0:
            return number + 1
    return len(tokens)


def _block(tokens: Sequence[Token]) -> str:
    first = tokens[0]
    match first.type:
        case "heading_open":
            return f"h{first.tag[1:]}. {_inline(tokens[1])}"
        case "paragraph_open":
            return _inline(tokens[1])
        case "bullet_list_open" | "ordered_list_open":
            return "\n".join(_items(tokens))
        case "table_open":
            return "\n".join(_rows(tokens))
        case "fence" | "code_block":
            return _verbatim(first.content)
        case _:
            return _other(tokens)


def _other(tokens: Sequence[Token]) -> str:
    match tokens[0].type:
        case "hr":
            return "----"
        case "html_block":
            return _head(tokens[0].content)
        case _:
            return "\n\n".join(_inline(one) for one in tokens if one.type == "inline")


def _items(tokens: Sequence[Token]) -> Iterator[str]:
    signs: list[str] = []
    for one in tokens:
        if one.type in {"bullet_list_open", "ordered_list_open"}:
            signs.append("*" if one.type == "bullet_list_open" else "#")
        elif one.type in {"bullet_list_close", "ordered_list_close"}:
            signs.pop()
        elif one.type == "inline":
            yield f"{''.join(signs)} {_inline(one)}"


def _rows(tokens: Sequence[Token]) -> Iterator[str]:
    cells: list[str] = []
    sign = "|"
    for one in tokens:
        if one.type in {"th_open", "td_open"}:
            sign = "||" if one.type == "th_open" else "|"
        elif one.type == "inline":
            cells.append(_inline(one) or " ")
        elif one.type == "tr_close":
            yield f"{sign}{sign.join(cells)}{sign}"
            cells = []


def _inline(token: Token) -> str:
    said: list[str] = []
    places: list[str] = []
    for one in token.children or []:
        if one.type == "link_open":
            places.append(str(one.attrs.get("href", "")))
            said.append("[")
        elif one.type == "link_close":
            said.append(f"|{places.pop()}]")
        else:
            said.append(_piece(one))
    return "".join(said)


def _piece(one: Token) -> str:
    match one.type:
        case "text" | "text_special":
            return _escaped(one.content)
        case "code_inline":
            return f"{{{{{_braced(one.content)}}}}}"
        case "softbreak" | "hardbreak":
            return " "
        case "html_inline":
            return ""
        case _:
            return _MARKS.get(one.type, _escaped(one.content))


def _escaped(text: str) -> str:
    return _SIGNS.sub(lambda found: f"\\{found[0]}", text)


def _braced(text: str) -> str:
    return _BRACES.sub(lambda found: f"\\{found[0]}", text)


def _verbatim(text: str) -> str:
    harmless = text.replace("{noformat}", "{ noformat }").rstrip("\n")
    return f"{{noformat}}\n{harmless}\n{{noformat}}"


def _head(content: str) -> str:
    """A fold's summary as a head; the rest of raw HTML says nothing."""
    found = _SUMMARY.search(content)
    if found is None:
        return ""
    return f"h5. {_escaped(html.unescape(_TAGS.sub('', found[1])).strip())}"
