"""How commands end: an exit code for each kind of ending, a line for each error."""

from __future__ import annotations

import pytest

from tests.unit.cli.conftest import DIGEST, Desk
from watcher import __version__
from watcher.domain.errors import PermanentError, StartError, TransientError, UsageError

Captured = pytest.CaptureFixture[str]


def failing(error: BaseException) -> object:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UsageError("a key is unknown: remove it"), 2, "a key is unknown: remove it"),
        (StartError("no database"), 3, "no database"),
        (TransientError("it went away"), 1, "it went away"),
        (PermanentError("it is broken"), 1, "it is broken"),
        (
            ZeroDivisionError("division by zero\nand more"),
            70,
            "unexpected ZeroDivisionError: division by zero; WATCHER_DEBUG=1 shows the traceback",
        ),
    ],
)
def test_each_error_has_its_code_and_one_line(
    desk: Desk, capsys: Captured, error: Exception, code: int, line: str
) -> None:
    desk.opening = failing(error)  # type: ignore[assignment]
    assert desk.run("streams") == code
    assert capsys.readouterr() == ("", f"watcher: error: {line}\n")


def test_every_problem_of_a_configuration_is_a_line_of_its_own(
    desk: Desk, capsys: Captured
) -> None:
    desk.configure("registres: []\nstale_afer: 3h")
    assert desk.run("streams") == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("watcher: error: ") for line in lines)


def test_an_error_tells_the_terminal_nothing(desk: Desk, capsys: Captured) -> None:
    desk.opening = failing(StartError("it says \x1b]0;owned\x07 \u202e"))  # type: ignore[assignment]
    desk.run("streams")
    assert capsys.readouterr().err == "watcher: error: it says \\x1b]0;owned\\x07 \\u202e\n"


def test_a_traceback_is_shown_to_those_who_ask(desk: Desk, capsys: Captured) -> None:
    desk.environment["WATCHER_DEBUG"] = "1"
    desk.opening = failing(ZeroDivisionError("oh"))  # type: ignore[assignment]
    assert desk.run("streams") == 70
    told = capsys.readouterr().err
    assert told.startswith("Traceback (most recent call last):")
    assert told.splitlines()[-1].startswith("watcher: error: unexpected ZeroDivisionError: oh")


def test_an_interrupted_command_says_so_without_a_traceback(desk: Desk, capsys: Captured) -> None:
    desk.opening = failing(KeyboardInterrupt())  # type: ignore[assignment]
    assert desk.run("streams") == 130
    assert capsys.readouterr() == ("", "watcher: interrupted\n")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["strems"],
        ["streams", "--nothing"],
        ["streams", "too", "many"],
        ["streams", "--format", "xml"],
        ["streams", "--as-of", "yesterday"],
        ["exposures", "--severity", "BAD"],
        ["exposures", "--stream", "nowhere"],
        ["find"],
        ["find", ""],
        ["find", "pkg:"],
        ["find", "a\x1b"],
        ["sync", "--only"],
        ["sync", "--only", "everything"],
        ["sync", "--only", "knowledge", "everything"],
        ["sync", "knowledge"],
        ["sync", "--format", "csv"],
        ["sync", "--at", "2026-01-31T12:00:00"],
        ["db"],
        ["db", "downgrade"],
    ],
)
def test_wrong_usage_is_one_line_and_code_two(
    desk: Desk, capsys: Captured, arguments: list[str]
) -> None:
    assert desk.run(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("watcher: error: ")
    assert "\x1b" not in err


def test_the_version_needs_no_configuration(desk: Desk, capsys: Captured) -> None:
    desk.file.unlink()
    assert desk.run("--version") == 0
    assert capsys.readouterr().out == f"watcher {__version__}\n"


def test_a_missing_configuration_is_named_with_what_to_do(desk: Desk, capsys: Captured) -> None:
    desk.file.unlink()
    assert desk.run("streams") == 2
    assert str(desk.file) in capsys.readouterr().err


def test_the_environment_names_the_configuration_where_no_option_does(
    desk: Desk, capsys: Captured
) -> None:
    session = desk.session()
    assert str(session.file) == "config/watcher.yaml"
    desk.environment["WATCHER_CONFIG"] = str(desk.file)
    assert desk.session().file == desk.file
    assert capsys.readouterr().err == ""


def test_help_explains_the_exit_codes(desk: Desk, capsys: Captured) -> None:
    assert desk.run("--help") == 0
    told = " ".join(capsys.readouterr().out.split())
    started = "2 wrong usage or configuration; 3 could not start"
    assert f"{started}; 4 audit or rebuild found a difference; 70 a defect" in told


def test_a_digest_in_an_error_stays_whole(desk: Desk, capsys: Captured) -> None:
    desk.opening = failing(StartError(f"{DIGEST} is lost"))  # type: ignore[assignment]
    desk.run("streams")
    assert DIGEST in capsys.readouterr().err
