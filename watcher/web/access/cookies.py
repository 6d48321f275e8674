"""Cookies that are signed: who is signed in, and what a sign-in that is under way began with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from fastapi import Response
from itsdangerous import BadData, URLSafeSerializer

from watcher.domain.access import Grant, Role
from watcher.ports.sign_in import Sent
from watcher.web.access.person import Person

LARGEST: Final = 3800  # bytes that every browser keeps of a cookie
_UNDER_WAY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie by its name; `secure` where browsers come over TLS alone."""

    name: str
    secure: bool

    @property
    def whole_name(self) -> str:
        """The name, with what makes browsers refuse it from elsewhere in the same domain."""
        return f"__Host-{self.name}" if self.secure else self.name

    def read(self, header: str) -> str | None:
        """Its value in a `Cookie` header; None where it is not there."""
        try:
            held = SimpleCookie(header)
        except CookieError:
            return None
        return held[self.whole_name].value if self.whole_name in held else None

    def put(self, answer: Response, value: str, seconds: int) -> None:
        """Have it kept for a while; an empty value for no time takes it away."""
        answer.set_cookie(
            self.whole_name,
            value,
            max_age=seconds,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )


@dataclass(frozen=True, slots=True)
class Seal:
    """Signs what a cookie holds together with when that is over; nothing in it is secret."""

    signer: URLSafeSerializer

    @classmethod
    def of(cls, key: str, purpose: str) -> Seal:
        """One whose signatures are worth nothing for another purpose."""
        digest = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        return cls(URLSafeSerializer(key, salt=f"watcher {purpose}", signer_kwargs=digest))

    def sealed(self, told: Mapping[str, object], until: datetime) -> str:
        """Sign it."""
        return str(self.signer.dumps({**told, "until": int(until.timestamp())}))

    def opened(self, text: str, now: datetime) -> Mapping[str, Any] | None:
        """What was signed; None where it was not signed by us, or is over."""
        if len(text) > LARGEST:
            return None
        try:
            told = self.signer.loads(text)
        except (BadData, RecursionError):
            return None
        return told if now.timestamp() < told["until"] else None


@dataclass(frozen=True, slots=True)
class Sessions:
    """Who is signed in, as a signed cookie says: nothing is kept here, and all processes agree."""

    cookie: Cookie
    seal: Seal
    lasting: timedelta

    def put(self, answer: Response, person: Person, now: datetime) -> bool:
        """Sign somebody in; False where a cookie cannot hold all that is granted."""
        teams = person.teams
        told = {
            "name": person.name,
            "role": person.grant.role.value,
            "teams": None if teams is None else sorted(teams),
            "csrf": person.csrf,
        }
        sealed = self.seal.sealed(told, now + self.lasting)
        if len(sealed) > LARGEST:
            return False
        self.cookie.put(answer, sealed, int(self.lasting.total_seconds()))
        return True

    def person(self, header: str, now: datetime) -> Person | None:
        """Who a `Cookie` header signs in; None for nobody."""
        text = self.cookie.read(header)
        told = self.seal.opened(text, now) if text else None
        if told is None:
            return None
        teams = told["teams"]
        grant = Grant(Role(told["role"]), None if teams is None else frozenset(teams))
        return Person(told["name"], grant, told["csrf"])

    def end(self, answer: Response) -> None:
        """Sign out."""
        self.cookie.put(answer, "", 0)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A sign-in that was begun in this browser: with what, and where it is to lead."""

    cookie: Cookie
    seal: Seal

    def put(self, answer: Response, sent: Sent, to: str, now: datetime) -> None:
        """Remember what somebody was sent away with."""
        told = {"state": sent.state, "nonce": sent.nonce, "verifier": sent.verifier, "to": to}
        sealed = self.seal.sealed(told, now + _UNDER_WAY)
        self.cookie.put(answer, sealed, int(_UNDER_WAY.total_seconds()))

    def begun(self, header: str, now: datetime) -> tuple[Sent, str] | None:
        """What was begun, and where it leads; None where nothing was, or too long ago."""
        text = self.cookie.read(header)
        told = self.seal.opened(text, now) if text else None
        if told is None:
            return None
        return Sent(told["state"], told["nonce"], told["verifier"]), told["to"]

    def end(self, answer: Response) -> None:
        """Forget it."""
        self.cookie.put(answer, "", 0)
