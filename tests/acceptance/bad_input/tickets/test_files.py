"""A ticket's file that a person broke, copied, closed or deleted: named, and never doubled."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.acceptance.bad_input.looks import assert_clear
from tests.acceptance.bad_input.story import day, written
from tests.acceptance.bad_input.tickets.shop import NEW_OPENSSL, Shop, before_the_ticket, counts
from watcher.demo.workshop import OsAdvisory

pytestmark = pytest.mark.servers

KEY = "1:shop:local/base/python:3.12"
OTHER = "1:pay:local/base/python:3.12"

BROKEN: dict[str, tuple[Callable[[str], str], str]] = {
    "empty": (lambda _: "", "front matter"),
    "garbage": (lambda _: "\x00\x01 rm -rf / \x7f" * 200, "front matter"),
    "no front matter": (lambda text: text.split("---\n", 2)[2], "front matter"),
    "cut in its front matter": (lambda text: text[: text.index("labels")], "front matter"),
    "no YAML": (lambda text: text.replace("state: open", "state: [open"), "line 5 is not valid"),
    "another state": (lambda text: text.replace("state: open", "state: later"), "state 'later'"),
    "another key above": (lambda text: text.replace(f"key: {KEY}", f"key: {OTHER}"), "correct one"),
    "another key": (lambda text: text.replace(KEY, OTHER), f"was filed as {KEY}"),
    "another generation": (lambda text: text.replace(KEY, f"2{KEY[1:]}"), f"was filed as {KEY}"),
    "too large": (lambda text: text + "x" * 1_100_000, "larger than"),
}


@pytest.mark.parametrize("damage", BROKEN)
def test_a_broken_ticket_is_named_until_it_is_mended_and_nothing_is_filed_beside_it(
    ticketed: Shop, damage: str
) -> None:
    act, said = BROKEN[damage]
    file = ticketed.folder / "1.md"
    whole = file.read_text(encoding="utf-8")
    broken = act(whole)
    assert broken != whole
    file.write_text(broken, encoding="utf-8")
    ticketed.rebuild("api")
    for number in (4, 20):  # long enough to be taken for dismissed, if it were taken for deleted
        told = ticketed.sync(number)
        assert (told.code, told.failures) == (1, [("ticket", "t: 1", False)])
        (line,) = told.lines
        assert_clear(line, "failed: ticket: t: 1: ", "1.md", said)
        assert counts(told) == (0, 0, 0)
    assert file.read_text(encoding="utf-8") == broken
    (bump,) = ticketed.bumps("--dry-run")
    assert (bump["state"], bump["intended"], bump["ticket"]["id"]) == ("open", "held", "1")
    file.write_text(whole, encoding="utf-8")
    told = ticketed.sync(21)
    assert (told.code, counts(told), ticketed.files()) == (0, (0, 1, 0), ["1.md"])
    assert "- [x] `local/shop/api:latest`" in ticketed.ticket()[1]
    ticketed.rebuild("web", created=21)
    assert counts(ticketed.sync(22)) == (0, 0, 1)


def test_a_ticket_cut_in_its_text_is_written_anew_and_keeps_what_was_left(ticketed: Shop) -> None:
    file = ticketed.folder / "1.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.index("### Streams")] + "Bob was here", encoding="utf-8")
    told = ticketed.sync(4)
    assert (told.code, counts(told), ticketed.files()) == (0, (0, 1, 0), ["1.md"])
    _, body = ticketed.ticket()
    assert "- [ ] `local/shop/api:latest`" in body
    assert "Bob was here" in body
    assert counts(ticketed.sync(5)) == (0, 0, 0)


def test_a_copy_is_named_and_the_ticket_itself_lives_on(ticketed: Shop) -> None:
    text = (ticketed.folder / "1.md").read_text(encoding="utf-8")
    (ticketed.folder / "2.md").write_text(text, encoding="utf-8")
    ticketed.rebuild("api")
    told = ticketed.sync(4)
    assert (told.code, told.failures) == (1, [("ticket", "t: 2", False)])
    assert_clear(told.lines[0], "2.md", "same key", "1.md", "take the key out")
    assert counts(told) == (0, 1, 0)
    assert "- [x] `local/shop/api:latest`" in ticketed.ticket(1)[1]
    assert (ticketed.folder / "2.md").read_text(encoding="utf-8") == text
    (ticketed.folder / "2.md").unlink()
    ticketed.rebuild("web")
    told = ticketed.sync(5)
    assert (told.code, counts(told), ticketed.files()) == (0, (0, 0, 1), ["1.md"])


def test_a_deleted_ticket_is_a_dismissal_and_the_next_one_has_another_number(
    ticketed: Shop,
) -> None:
    (ticketed.folder / "1.md").unlink()
    told = ticketed.sync(4)
    assert (told.code, counts(told)) == (0, (0, 0, 0))
    (line,) = told.lines
    assert line.startswith("watcher: note: ticket: t: 1: is gone: taken for closed by a person; ")
    assert line.endswith(f"to keep it, put {(ticketed.folder / '1.md').as_uri()} back")
    assert ticketed.standing(4) == ("grace", written(day(11)))
    for number in (12, 93):
        told = ticketed.sync(number)
        assert (told.code, told.lines, counts(told)) == (0, (), (0, 0, 0))
    assert ticketed.standing(93) == ("dismissed", written(day(94)))
    assert counts(ticketed.sync(94)) == (1, 0, 0)
    assert ticketed.files() == ["2.md"]
    assert ticketed.ticket(2)[0]["key"] == f"2{KEY[1:]}"


def test_a_renamed_ticket_is_named_and_never_dismissed(ticketed: Shop) -> None:
    (ticketed.folder / "1.md").rename(ticketed.folder / "1-debian.md")
    for number in (4, 20):
        told = ticketed.sync(number)
        assert (told.code, counts(told), ticketed.bumps()[0]["state"]) == (1, (0, 0, 0), "open")
        (line,) = told.lines
        assert "1-debian.md is no ticket's name" in line
        assert "rename it to 1.md" in line
    (ticketed.folder / "1-debian.md").rename(ticketed.folder / "1.md")
    assert ticketed.sync(21).code == 0


def closed_by_hand(shop: Shop) -> None:
    file = shop.folder / "1.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("state: open", "state: closed"), encoding="utf-8")


def test_a_ticket_closed_by_hand_is_dismissed_after_a_week_without_evidence(
    ticketed: Shop,
) -> None:
    closed_by_hand(ticketed)
    kept = (ticketed.folder / "1.md").read_bytes()
    told = ticketed.sync(50)
    assert (told.code, counts(told)) == (0, (0, 0, 0))
    (line,) = told.lines
    assert line.startswith("watcher: note: ticket: t: 1: closed by a person; its lines may be ")
    assert line.endswith("to keep it, write `state: open` in it")
    for number in (57, 139):
        told = ticketed.sync(number)
        assert (told.code, told.lines, counts(told)) == (0, (), (0, 0, 0))
    assert ticketed.bumps()[0]["state"] == "dismissed"
    assert (ticketed.folder / "1.md").read_bytes() == kept
    assert counts(ticketed.sync(140)) == (1, 0, 0)
    assert ticketed.files() == ["1.md", "2.md"]


def test_a_dismissal_ends_when_what_was_dismissed_is_listed_as_exploited(new_shop: Shop) -> None:
    ticketed, name = new_shop, "CVE-2026-1001"
    before_the_ticket(ticketed, OsAdvisory("debian 12", "openssl", name, fixed_version=NEW_OPENSSL))
    assert counts(ticketed.sync(3)) == (1, 0, 0)
    closed_by_hand(ticketed)
    listed = ticketed.fleet.folder / "kev.json"
    listed.write_text(kev("CVE-2026-9999"), encoding="utf-8")
    ticketed.fleet.changes["feeds"] = {"kev": str(listed)}
    told = ticketed.sync(4)
    (line,) = told.lines
    assert "only if one of its vulnerabilities is listed as known exploited or a worse" in line
    assert counts(ticketed.sync(30)) == (0, 0, 0)
    listed.write_text(kev("CVE-2026-9999", name), encoding="utf-8")
    assert counts(ticketed.sync(31)) == (1, 0, 0)
    body = ticketed.ticket(2)[1]
    assert "**one known to be exploited**" in body
    assert "unless one is listed as known exploited or a worse severity appears" in body


def kev(*names: str) -> str:
    """A catalogue of what is known to be exploited."""
    listed = [{"cveID": name, "dateAdded": "2026-03-01"} for name in names]
    return json.dumps({"dateReleased": "2026-03-01T00:00:00Z", "vulnerabilities": listed})


def test_a_close_by_hand_that_evidence_follows_is_no_dismissal(ticketed: Shop) -> None:
    closed_by_hand(ticketed)
    assert counts(ticketed.sync(50)) == (0, 0, 0)
    ticketed.rebuild("api", "web", created=51)
    assert counts(ticketed.sync(52)) == (0, 1, 0)  # it says once that it is done
    (bump,) = ticketed.bumps()
    assert bump["state"] == "done"
    front, body = ticketed.ticket(1)
    assert front["state"] == "closed"
    assert body.lstrip().startswith("**Done since ")
    assert "- [ ]" not in body
    assert counts(ticketed.sync(60)) == (0, 0, 0)
    assert ticketed.bumps() == []
    assert ticketed.files() == ["1.md"]


def test_a_ticket_closed_by_hand_and_opened_again_goes_on(ticketed: Shop) -> None:
    closed_by_hand(ticketed)
    ticketed.sync(4)
    file = ticketed.folder / "1.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("state: closed", "state: open"), encoding="utf-8")
    ticketed.rebuild("api", "web")
    assert counts(ticketed.sync(5)) == (0, 0, 1)
    assert ticketed.files() == ["1.md"]
