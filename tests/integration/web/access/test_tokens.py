"""Tokens: scripts read the API with one, metrics with one of their own, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.web.access.conftest import AUTH, House, _now, house
from tests.integration.web.conftest import configured
from tests.servers.sqlite import copy_database
from watcher.cli import Session, run


class Desk:
    """Makes and revokes tokens by the command line."""

    def __init__(self, database: Path, issuer: str, capsys: pytest.CaptureFixture[str]) -> None:
        file = configured(database)
        file.write_text(f"{file.read_text()}{AUTH.format(issuer=issuer)}")
        self.file, self.capsys = file, capsys

    def call(self, *arguments: str) -> tuple[int, str, str]:
        session = Session(environment={}, now=_now)
        code = run(["--config", str(self.file), "token", *arguments], session)
        told = self.capsys.readouterr()
        return code, told.out.strip(), told.err.strip()


@pytest.fixture
def desk(
    small_record: Path, tmp_path: Path, issuer: str, capsys: pytest.CaptureFixture[str]
) -> Desk:
    copy_database(small_record, tmp_path / "watcher.db")
    return Desk(tmp_path / "watcher.db", issuer, capsys)


def test_a_token_reads_what_its_role_and_teams_allow(
    desk: Desk, tmp_path: Path, issuer: str
) -> None:
    code, whole, said = desk.call("create", "all")
    assert (code, whole.startswith("watcher_"), "this once" in said) == (0, True, True)
    _, part, _ = desk.call("create", "shop", "--team", "shop")
    _, metrics, _ = desk.call("create", "prometheus", "--role", "metrics")
    with house(tmp_path / "watcher.db", AUTH, issuer) as one:

        def read(path: str, token: str) -> tuple[int, str]:
            answer = one.web.get(path, Authorization=f"Bearer {token}")
            return answer.status, answer.html

        status, streams = read("/api/v1/streams", whole)
        assert (status, "data/etl" in streams) == (200, True)
        status, streams = read("/api/v1/streams", part)
        assert (status, "data/etl" in streams, "shop/web" in streams) == (200, False, True)
        assert read("/exposures", whole)[0] == 200
        assert read("/metrics", metrics)[0] == 200
        assert read("/metrics", whole)[0] == 403
        assert read("/api/v1/streams", metrics)[0] == 403
        assert read("/", metrics)[0] == 403
        assert read("/api/v1/streams", f"{whole}x")[0] == 401
        assert read("/api/v1/streams", "")[0] == 401
        assert one.web.get("/api/v1/streams", Authorization=f"Basic {whole}").status == 401
        assert desk.call("revoke", "all")[0] == 0
        assert read("/api/v1/streams", whole)[0] == 401


def test_a_token_sends_no_forms(desk: Desk, tmp_path: Path, issuer: str) -> None:
    _, token, _ = desk.call("create", "admin", "--role", "admin")
    with house(tmp_path / "watcher.db", AUTH, issuer) as one:
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        assert one.web.get("/sign-out", "POST", "csrf=", **headers).status == 403


def test_the_list_never_shows_a_token(desk: Desk) -> None:
    _, token, _ = desk.call("create", "ci", "--expires", "90d", "--team", "shop")
    code, table, _ = desk.call("list")
    assert code == 0
    assert "ci" in table
    assert token.removeprefix("watcher_") not in table
    _, told, _ = desk.call("list", "--format", "json")
    assert '"teams": [\n        "shop"\n      ]' in told
    assert '"holds": true' in told


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["create", "a b"], "is no name for a token"),
        (["create", "x", "--team", "nobody"], "owners names no such team"),
        (["create", "x", "--team", "shop", "--role", "admin"], "limits viewers alone"),
        (["create", "x", "--expires", "soon"], "--expires 'soon' must be a number with"),
        (["create", "x", "--expires", "0d"], "must be longer than nothing"),
        (["revoke", "x"], "no token 'x' holds"),
    ],
)
def test_what_cannot_be_meant_is_a_line(desk: Desk, arguments: list[str], line: str) -> None:
    code, out, said = desk.call(*arguments)
    assert (code, out) == (2, "")
    assert line in said
    assert "\n" not in said


def test_a_name_that_is_taken_is_refused(desk: Desk) -> None:
    assert desk.call("create", "ci")[0] == 0
    code, out, said = desk.call("create", "ci")
    assert (code, out) == (2, "")
    assert "named ci already" in said


def test_a_session_does_not_read_metrics(at: House) -> None:
    assert at.seen("ada", "/metrics").status == 403
