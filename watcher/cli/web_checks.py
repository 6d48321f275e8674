"""What `doctor` looks at of the web: where people sign in, and whether the provider answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from watcher.bootstrap import App
from watcher.domain.errors import WatcherError
from watcher.ports.sign_in import Sent
from watcher.report.doctor import Check


def web_checks(app: App, now: datetime) -> Iterator[Check]:
    """Check who may read the web, where anybody has to sign in."""
    web, provider = app.config.web, app.sign_in(lambda: now)
    if web.auth is None or provider is None:
        return
    issuer = web.auth.oidc.issuer
    back = f"{web.url or f'http://{web.listen}'}/sign-in/back"
    try:
        provider.address(Sent("doctor", "doctor", "doctor"), back)
    except WatcherError as error:
        yield Check("sign-in", "fail", str(error))
        return
    yield Check("sign-in", "ok", f"{issuer} answers; let it send people back to {back}")
