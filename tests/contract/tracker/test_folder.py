"""The folder tracker among people: whatever they did to a file, none of it is lost."""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import resource
import signal
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watcher.adapters.trackers.folder import FolderTracker, disk
from watcher.domain.errors import PermanentError, TransientError
from watcher.domain.ticket import Cause, TicketKey, marker
from watcher.ports.tracker import Draft, Known, Ticket

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
KEY = TicketKey(1, Cause("data", "local/base/python:3.12"))
OTHER = TicketKey(1, Cause("shop", "local/base/node:22"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var" / "tickets"


@pytest.fixture
def tracker(folder: Path) -> FolderTracker:
    return FolderTracker("tickets", folder)


def file(tracker: FolderTracker, key: TicketKey = KEY) -> Ticket:
    draft = Draft(key, "Rebuild: now", f"Rebuild.\n\n{marker(key)}\n", ("watcher", "base-image"))
    return tracker.create(draft, NOON)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def reason(tracker: FolderTracker, number: int = 1) -> str:
    listing = tracker.tickets()
    (named,) = [one for one in listing.unreadable if one.id == str(number)]
    assert f"{number}.md" in named.reason
    assert "\n" not in named.reason
    return named.reason


def test_a_ticket_is_the_file_of_the_contract(tracker: FolderTracker, folder: Path) -> None:
    made = file(tracker)
    assert files(folder) == [".last-number", "1.md"]
    assert (folder / "1.md").read_text(encoding="utf-8") == (
        "---\n"
        "key: 1:data:local/base/python:3.12\n"
        'title: "Rebuild: now"\n'
        "state: open\n"
        "labels: [watcher, base-image]\n"
        "created_at: 2026-11-03T12:00:00Z\n"
        "updated_at: 2026-11-03T12:00:00Z\n"
        "---\n"
        "\n"
        "Rebuild.\n"
        "\n"
        "<!-- watcher:key=1:data:local/base/python:3.12 (keep this line) -->\n"
    )
    assert made.url == (folder / "1.md").as_uri()


def test_front_matter_is_plain_yaml(tracker: FolderTracker, folder: Path) -> None:
    file(tracker)
    _, head, _ = (folder / "1.md").read_text(encoding="utf-8").split("---\n", 2)
    read = yaml.safe_load(head)
    assert read["key"] == str(KEY)
    assert read["labels"] == ["watcher", "base-image"]
    assert read["created_at"] == NOON


def test_only_what_changed_is_rewritten(tracker: FolderTracker, folder: Path) -> None:
    file(tracker)
    path = folder / "1.md"
    edit(
        path, "state: open\n", "# ours since May\nassignee:   bob # or alice\nstate:   open  # !\n"
    )
    edit(path, "labels: [watcher, base-image]\n", "labels:\n  - watcher\n  - 'büro'\n")
    path.write_text(path.read_text(encoding="utf-8") + "\nBob: I am on it.\n", encoding="utf-8")
    (ticket,) = tracker.tickets().tickets
    assert ticket.labels == ("watcher", "büro")
    tracker.close(ticket, "Done.", LATER)
    assert path.read_text(encoding="utf-8") == (
        "---\n"
        "key: 1:data:local/base/python:3.12\n"
        'title: "Rebuild: now"\n'
        "# ours since May\n"
        "assignee:   bob # or alice\n"
        "state: closed  # !\n"
        "labels:\n"
        "  - watcher\n"
        "  - 'büro'\n"
        "created_at: 2026-11-03T12:00:00Z\n"
        "updated_at: 2026-11-04T12:00:00Z\n"
        "---\n"
        "\n"
        "Done.\n"
        "\n"
        "<!-- watcher:key=1:data:local/base/python:3.12 (keep this line) -->\n"
        "\n"
        "Bob: I am on it.\n"
    )


def test_labels_given_replace_those_of_any_form(tracker: FolderTracker, folder: Path) -> None:
    file(tracker)
    path = folder / "1.md"
    edit(path, "labels: [watcher, base-image]\n", "labels:\n- watcher\n- x\n")
    (ticket,) = tracker.tickets().tickets
    updated = tracker.update(ticket, "New.", LATER, labels=("a", "b c"), title="Move on")
    assert (updated.labels, updated.title) == (("a", "b c"), "Move on")
    assert "labels: [a, b c]\ncreated_at" in path.read_text(encoding="utf-8")


def test_a_remark_stands_behind_the_marker(tracker: FolderTracker, folder: Path) -> None:
    remarked = tracker.comment(file(tracker), "Another target.", LATER)
    tracker.update(remarked, "New.", LATER)
    assert (
        (folder / "1.md")
        .read_text(encoding="utf-8")
        .endswith(
            "New.\n\n<!-- watcher:key=1:data:local/base/python:3.12 (keep this line) -->\n\n"
            "**watcher, 2026-11-04 12:00 UTC:** Another target.\n"
        )
    )


def test_a_key_lost_above_is_read_below_and_put_back(tracker: FolderTracker, folder: Path) -> None:
    file(tracker)
    edit(folder / "1.md", "key: 1:data:local/base/python:3.12\n", "")
    (ticket,) = tracker.tickets().tickets
    assert ticket.key == KEY
    tracker.update(ticket, "New.", LATER)
    assert "\nkey: 1:data:local/base/python:3.12\n" in (folder / "1.md").read_text(encoding="utf-8")


def test_a_marker_lost_below_comes_back_and_the_text_is_kept(
    tracker: FolderTracker, folder: Path
) -> None:
    file(tracker)
    edit(folder / "1.md", f"{marker(KEY)}\n", "Bob: what was that comment?\n")
    (ticket,) = tracker.tickets().tickets
    assert ticket.key == KEY
    updated = tracker.update(ticket, "New.", LATER)
    assert updated.body == f"New.\n\n{marker(KEY)}\n"
    assert "Bob: what was that comment?" in (folder / "1.md").read_text(encoding="utf-8")
    again = tracker.update(updated, "Newer.", LATER)
    assert again.body == f"Newer.\n\n{marker(KEY)}\n"
    assert (folder / "1.md").read_text(encoding="utf-8").count("Bob:") == 1


def test_windows_line_ends_and_a_byte_order_mark_are_read(
    tracker: FolderTracker, folder: Path
) -> None:
    made = file(tracker)
    path = folder / "1.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    (ticket,) = tracker.tickets().tickets
    assert (ticket.title, ticket.body, ticket.key) == (made.title, made.body, made.key)


def test_times_that_people_garbled_are_unknown(tracker: FolderTracker, folder: Path) -> None:
    file(tracker)
    edit(folder / "1.md", "created_at: 2026-11-03T12:00:00Z\n", "created_at: last week\n")
    edit(folder / "1.md", "updated_at: 2026-11-03T12:00:00Z\n", "")
    (ticket,) = tracker.tickets().tickets
    assert (ticket.created_at, ticket.updated_at) == (None, None)
    assert tracker.update(ticket, "New.", LATER).updated_at == LATER


def replaced(path: Path) -> Path:
    path.rename(path.with_name("moved"))
    return path


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing left": (lambda path: path.write_bytes(b""), "front matter"),
    "no front matter": (lambda path: path.write_text("Rebuild.\n"), "front matter"),
    "rubbish": (lambda path: path.write_bytes(bytes(range(256)) * 50), "UTF-8"),
    "zeros": (lambda path: path.write_bytes(b"\0" * 4096), "front matter"),
    "bad yaml": (
        lambda path: edit(path, "state: open", "state: [open"),
        "line .* is not valid YAML",
    ),
    "a list": (lambda path: path.write_text("---\n- a\n---\n"), "no keys"),
    "a tab": (lambda path: edit(path, "state:", "\tstate:"), "line 4 is not valid YAML"),
    "a key twice": (lambda path: edit(path, "state:", "title: x\nstate:"), "line 4 says 'title'"),
    "another state": (lambda path: edit(path, "state: open", "state: wontfix"), "state 'wontfix'"),
    "no state": (lambda path: edit(path, "state: open\n", ""), "write `state: open`"),
    "two keys": (lambda path: edit(path, "key: 1:data", "key: 1:shop"), "correct one"),
    "huge": (lambda path: path.write_bytes(path.read_bytes() + b"x" * disk.LARGEST), "larger"),
    "deep": (lambda path: edit(path, "state:", f"x: {'[' * 5000}\nstate:"), "too deeply|YAML"),
    "huge head": (lambda path: edit(path, "state:", f"x: {'y' * 70_000}\nstate:"), "front matter"),
    "escape": (lambda path: edit(path, "state:", 'x: "\\UFFFFFFFF"\nstate:'), "no character|YAML"),
    "no key at all": (
        lambda path: path.write_text("---\ntitle: x\nstate: open\n---\n\nRebuild.\n"),
        "lost its key",
    ),
    "a folder": (lambda path: replaced(path).mkdir(), "no plain file"),
    "a link": (lambda path: replaced(path).symlink_to("moved"), "is a link"),
    "a link to nowhere": (lambda path: replaced(path).symlink_to("nowhere"), "is a link"),
    "a pipe": (lambda path: os.mkfifo(replaced(path)), "no plain file"),
}


def contents(path: Path) -> bytes | str:
    if path.is_symlink():
        return str(path.readlink())
    return path.read_bytes() if path.is_file() else "no file"


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_broken_file_is_named_and_left_alone(
    tracker: FolderTracker, folder: Path, damage: str
) -> None:
    broken, other = file(tracker), file(tracker, OTHER)
    act, said = DAMAGE[damage]
    act(folder / "1.md")
    before = contents(folder / "1.md")
    assert re.search(said, reason(tracker))
    assert tracker.tickets().tickets == (other,)
    for write in (tracker.update, tracker.close, tracker.reopen, tracker.comment):
        with pytest.raises((PermanentError, TransientError), match=r"1\.md"):
            write(broken, "New.", LATER)
    assert file(tracker, TicketKey(2, KEY.cause)).id == "3"
    assert contents(folder / "1.md") == before


@pytest.mark.parametrize("damage", ["bad yaml", "another state", "no front matter but a marker"])
def test_a_broken_file_still_says_which_ticket_it_was(
    tracker: FolderTracker, folder: Path, damage: str
) -> None:
    file(tracker)
    if damage in DAMAGE:
        DAMAGE[damage][0](folder / "1.md")
    else:
        (folder / "1.md").write_text(f"Rebuild.\n\n{marker(KEY)}\n", encoding="utf-8")
    assert [one.key for one in tracker.tickets().unreadable] == [KEY]


def test_other_files_of_the_folder_are_nobodys_tickets(
    tracker: FolderTracker, folder: Path
) -> None:
    made = file(tracker)
    for name in ("README.md", "01.md", "1.md~", ".1.md.swp", "0.md", "-1.md", "1.MD"):
        (folder / name).write_text("x", encoding="utf-8")
    listing = tracker.tickets()
    assert (listing.tickets, listing.unreadable) == ((made,), ())


@pytest.mark.parametrize(
    ("name", "known", "advice"),
    [
        ("1-debian.md", ["1", "2"], "rename it to 1.md, or move it away"),
        ("01.md", ["1", "2"], "rename it to 1.md, or"),
        ("debian.md", ["1", "2"], "rename it to 1.md, or"),
        ("debian.md", ["1", "2", "10", "9"], "rename it to 1.md or 9.md or 10.md, or"),
        ("7-debian.md", ["1", "2"], "rename it to 1.md, or"),
        ("debian.md", [], "rename it to its number, or"),
    ],
)
def test_a_renamed_ticket_is_named_with_the_name_it_had(
    tracker: FolderTracker, folder: Path, name: str, known: list[str], advice: str
) -> None:
    file(tracker)
    other = file(tracker, OTHER)
    (folder / "1.md").rename(folder / name)
    listing = tracker.tickets(dict.fromkeys(known, Known(KEY)))
    assert listing.tickets == (other,)
    (named,) = listing.unreadable
    assert named.key == KEY
    assert named.reason.startswith(f"{folder / name} is no ticket's name, and holds {KEY}: ")
    assert advice in named.reason


def test_a_copy_under_a_name_of_its_own_is_nobodys_ticket(
    tracker: FolderTracker, folder: Path
) -> None:
    made = file(tracker)
    for name in ("1-before.md", ".1.md"):
        (folder / name).write_bytes((folder / "1.md").read_bytes())
    listing = tracker.tickets({made.id: Known(KEY)})
    assert (listing.tickets, listing.unreadable) == ((made,), ())


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_are_a_ticket_or_one_line_about_it(tmp_path: Path, content: bytes) -> None:
    tmp_path.joinpath("1.md").write_bytes(b"---\n" + content)
    listing = FolderTracker("tickets", tmp_path).tickets()
    assert len(listing.tickets) + len(listing.unreadable) == 1
    assert all("\n" not in one.reason for one in listing.unreadable)


FRONT = st.text(st.sampled_from("abk:-#'\"[]{}&*!|>%@` ,\n\t0é😀\u2028\ufeff"), max_size=40)


@given(FRONT, FRONT)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_an_edit_keeps_every_key_that_it_can_read(tmp_path: Path, before: str, behind: str) -> None:
    head = f"{before}\nkey: {KEY}\nstate: open\n{behind}"
    tmp_path.joinpath("1.md").write_text(f"---\n{head}\n---\n\nText.\n", encoding="utf-8")
    tracker = FolderTracker("tickets", tmp_path)
    for ticket in tracker.tickets().tickets:
        try:
            closed = tracker.close(ticket, "Text.", LATER)
        except PermanentError as error:
            assert "1.md" in str(error)  # noqa: PT017 either answer is right, and one line
        else:
            assert (closed.state, closed.title, closed.labels) == (
                "closed",
                ticket.title,
                ticket.labels,
            )
            assert tracker.tickets().tickets == (closed,)


def test_a_number_is_never_reused_even_when_all_files_are_deleted(
    tracker: FolderTracker, folder: Path
) -> None:
    for _ in range(3):
        file(tracker)
        for path in folder.glob("*.md"):
            path.unlink()
    assert file(tracker).id == "4"
    (folder / ".last-number").write_text("rubbish", encoding="utf-8")
    assert file(tracker, OTHER).id == "5"


def filed(folder: str, team: int) -> str:
    return file(FolderTracker("tickets", Path(folder)), TicketKey(1, Cause(f"team-{team}", "x"))).id


@pytest.mark.servers
def test_processes_never_take_the_same_number(folder: Path, tracker: FolderTracker) -> None:
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        ids = list(pool.map(filed, [str(folder)] * 60, range(60)))
    assert len(set(ids)) == 60
    assert len(tracker.tickets().tickets) == 60


def test_file_systems_without_links_are_written_all_the_same(
    tracker: FolderTracker, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", link)
    made = file(tracker)
    assert tracker.tickets().tickets == (made,)
    assert file(tracker, OTHER).id == "2"
    assert files(folder) == [".last-number", "1.md", "2.md"]


def test_a_name_taken_between_look_and_link_is_left_to_its_owner(
    tracker: FolderTracker, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = disk.numbers
    looks: Iterator[list[int]] = iter([[]])
    monkeypatch.setattr(disk, "numbers", lambda path: next(looks, None) or real(path))
    folder.mkdir(parents=True)
    (folder / "1.md").write_text("a person's", encoding="utf-8")
    assert file(tracker).id == "2"
    assert (folder / "1.md").read_text(encoding="utf-8") == "a person's"


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the kernel refuse to write more than this, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_loses_nothing_and_says_what_to_do(
    tracker: FolderTracker, folder: Path
) -> None:
    made = file(tracker)
    before = (folder / "1.md").read_bytes()
    writes: tuple[Callable[[], object], ...] = (
        lambda: file(tracker, OTHER),
        lambda: tracker.update(made, "New.", LATER),
        lambda: tracker.close(made, "New.", LATER),
    )
    with largest_file(20):
        for write in writes:
            with pytest.raises(TransientError, match="free space there") as caught:
                write()
            assert str(folder) in str(caught.value)
    assert (folder / "1.md").read_bytes() == before
    assert files(folder) == [".last-number", "1.md"]
    assert file(tracker, OTHER).key == OTHER


def refusing(code: int) -> Callable[..., int]:
    real = os.open

    def refuse(path: object, flags: int, *rest: int) -> int:
        if flags & os.O_WRONLY:
            raise OSError(code, os.strerror(code))
        return real(path, flags, *rest)  # type: ignore[arg-type]

    return refuse


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_a_folder_that_may_not_be_written_says_what_to_do(
    tracker: FolderTracker, folder: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    made = file(tracker)
    monkeypatch.setattr(os, "open", refusing(code))
    for write in (
        lambda: file(tracker, OTHER),
        lambda: tracker.update(made, "New.", LATER),
        tracker.check,
    ):
        with pytest.raises(TransientError, match="let watcher write to it") as caught:
            write()
        assert str(folder) in str(caught.value)
    assert tracker.tickets().tickets == (made,)


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "tickets").write_text("x", encoding="utf-8")
    tracker = FolderTracker("tickets", tmp_path / "tickets")
    for attempt in (tracker.tickets, tracker.check, lambda: file(tracker)):
        with pytest.raises(TransientError, match="tickets"):
            attempt()


def test_permissions_of_a_file_outlive_a_write(tracker: FolderTracker, folder: Path) -> None:
    made = file(tracker)
    (folder / "1.md").chmod(0o640)
    tracker.update(made, "New.", LATER)
    assert stat.S_IMODE((folder / "1.md").stat().st_mode) == 0o640


def test_what_a_killed_process_left_is_cleared_after_an_hour(
    tracker: FolderTracker, folder: Path
) -> None:
    file(tracker)
    old, young = (folder / f".watcher-{digit * 16}.tmp" for digit in "ab")
    for path in (old, young):
        path.write_text("half a ticket", encoding="utf-8")
    hours_ago = old.stat().st_mtime - 4000
    os.utime(old, (hours_ago, hours_ago))
    assert len(tracker.tickets().tickets) == 1
    file(tracker, OTHER)
    assert files(folder) == [".last-number", young.name, "1.md", "2.md"]


def test_a_check_makes_no_folder_and_counts_what_is_broken(
    tracker: FolderTracker, folder: Path
) -> None:
    assert "made with the first ticket" in tracker.check()
    assert not folder.exists()
    file(tracker)
    file(tracker, OTHER)
    (folder / "1.md").write_text("x", encoding="utf-8")
    assert tracker.check().endswith("is writable; tickets: 2, 1 of them unreadable")


def test_a_folder_of_too_many_tickets_is_refused(
    tracker: FolderTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(tracker)
    file(tracker, OTHER)
    monkeypatch.setattr(disk, "MOST", 1)
    with pytest.raises(PermanentError, match="move closed ones away"):
        tracker.tickets()


def test_an_id_that_is_no_number_leads_nowhere(tracker: FolderTracker) -> None:
    made = file(tracker)
    for wrong in ("../1", "1/../1", "", "0", "x" * 1000):
        hostile = Ticket(**{name: getattr(made, name) for name in Ticket.__slots__} | {"id": wrong})
        with pytest.raises(PermanentError, match="no ticket's number"):
            tracker.update(hostile, "New.", LATER)
