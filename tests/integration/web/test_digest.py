"""The weekly digest: to each reader about what is theirs, over a real mail server, once."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.integration.web.conftest import NOON, configured
from tests.servers.hostile import Hostile, Reply, hostile
from tests.servers.sqlite import copy_database
from watcher.bootstrap import App, build
from watcher.config import load
from watcher.domain.errors import TransientError
from watcher.ports.post import Letter
from watcher.reading.digest import Digests, Told

CONFIGURATION = """\
web:
  url: https://watcher.example
  smtp: {{host: 127.0.0.1, port: {port}, security: none, sender: "watcher <w@acme.example>"}}
digest:
  readers:
    - {{mail: [ciso@acme.example], webhook: "{hook}"}}
    - {{team: shop, mail: [shop@acme.example, lead@acme.example]}}
"""


@dataclass
class Box:
    """Takes mail, or does not."""

    letters: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self, _server: object, _session: object, envelope: Envelope, address: str, _: object
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - as aiosmtpd calls it
        self, _server: object, _session: object, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        message: Message = message_from_bytes(envelope.content, policy=default)
        self.letters.append(cast("EmailMessage", message))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.letters if one["To"] == address]


@dataclass
class House:
    """A watcher with a digest, and where that goes."""

    app: App
    box: Box
    hook: Hostile

    def send(self, now: datetime = NOON) -> list[Told]:
        return list(Digests(self.app, lambda: now).send())


@pytest.fixture
def house(small_record: Path, tmp_path: Path) -> Iterator[House]:
    copy_database(small_record, tmp_path / "watcher.db")
    file, box = configured(tmp_path / "watcher.db"), Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with hostile(lambda _: Reply(200, {}, b"ok")) as hook:
            told = CONFIGURATION.format(port=port, hook=f"{hook.url}/services/T0/secret")
            file.write_text(f"{file.read_text()}{told}")
            with build(load(file, {})) as app:
                yield House(app, box, hook)
    finally:
        controller.stop()


def body(message: EmailMessage) -> str:
    plain = message.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


def test_each_reader_is_told_what_is_theirs_once_a_week(house: House) -> None:
    told = house.send()
    assert [one.problem for one in told] == [False] * 4
    (management,), (shop,) = house.box.to("ciso@acme.example"), house.box.to("shop@acme.example")
    assert len(house.box.to("lead@acme.example")) == 1
    assert "critical and high open" in management["Subject"]
    assert shop["Subject"].startswith("shop: ")
    assert "CVE-2026-4" in body(management)
    assert "https://watcher.example/" in body(management)
    assert "data/etl" not in shop.as_string()
    (page,) = management.iter_attachments()
    assert "Exposure report" in page.get_content()
    assert house.send() == []
    assert house.send(NOON + timedelta(days=1)) == []
    assert len(house.send(NOON + timedelta(days=7))) == 4


def test_a_chat_gets_text_that_mentions_nobody(house: House) -> None:
    house.send()
    (asked,) = house.hook.seen
    said = json.loads(asked.body)
    assert said.keys() == {"text"}
    assert "critical and high open" in said["text"]
    assert "<" not in said["text"]


def test_what_surely_was_not_taken_is_tried_again(house: House) -> None:
    house.box.answers["lead@acme.example"] = "450 later"
    told = house.send()
    assert next(one.line for one in told if one.problem).startswith("digest not sent, tried again")
    assert house.send()[0].problem
    house.box.answers.clear()
    (again,) = house.send()
    assert again == Told("digest sent to lead@acme.example")
    assert len(house.box.to("lead@acme.example")) == 1


class Dying:
    """A way at whose end the process dies."""

    to = "somebody"

    def __init__(self, error: BaseException) -> None:
        self.error, self.handed = error, 0

    def send(self, _letter: Letter) -> None:
        self.handed += 1
        raise self.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), TransientError("broke off")])
def test_one_that_was_perhaps_sent_is_never_sent_again(
    house: House, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, _ = house.app.posts()[0]
    dying = Dying(error)
    monkeypatch.setattr(type(house.app), "posts", lambda _: [(reader, [dying])], raising=False)
    for _ in range(3):
        try:
            house.send()
        except KeyboardInterrupt:
            continue
    assert dying.handed == 1


def test_a_webhooks_address_is_told_to_nobody(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    (reader, ways), *_ = house.app.posts()
    told = house.send()
    said = f"{reader!r} {ways!r} {told!r} {house.app.config!r}"
    assert "services/T0" not in said
    assert capsys.readouterr().err == ""


def test_a_mail_server_that_is_away_is_a_line(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smtplib.SMTP.connect", _refusing)
    told = house.send()
    lines = [one.line for one in told if one.problem]
    assert len(lines) == 3
    assert all("did not take it (ConnectionRefusedError); see web.smtp" in one for one in lines)


def _refusing(*_: object) -> None:
    raise ConnectionRefusedError
