"""Access put together, as it is configured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from watcher.bootstrap import App
from watcher.web.access.cookies import Cookie, Seal, Sessions, UnderWay
from watcher.web.access.door import Keys
from watcher.web.access.pace import Pace
from watcher.web.access.sign_in import Reception
from watcher.web.listening import Listening


def reception_of(app: App, where: Listening, now: Callable[[], datetime]) -> Reception | None:
    """Where people sign in; None where nobody has to.

    Cookies are signed with a key made from the client's secret, so that all processes know it, and
    nobody is signed in any more once that is another one.
    """
    auth, provider = app.config.web.auth, app.sign_in(now)
    if auth is None or provider is None:
        return None
    told = auth.oidc
    key = f"{told.client_secret.reveal()} {told.issuer} {told.client_id}"
    return Reception(
        provider=provider,
        told=told,
        sessions=Sessions(Cookie("watcher", where.secure), Seal.of(key, "session 1"), auth.session),
        under_way=UnderWay(Cookie("watcher-sign-in", where.secure), Seal.of(key, "sign-in 1")),
        pace=Pace(),
        now=now,
        origin=where.url,
    )


def keys_of(app: App, reception: Reception | None) -> Keys | None:
    """What opens the door; None where it stands open."""
    if reception is None:
        return None
    return Keys(reception.sessions, app.tokens, reception.now, reception.pace)
