"""Who reads the digest and who vouches for people, as a configuration names them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from watcher.adapters.post import Mail, Server, Webhook
from watcher.config import Config
from watcher.config.digest import Reader
from watcher.ports.post import Post
from watcher.ports.sign_in import SignIn


def posts_of(config: Config) -> list[tuple[Reader, list[Post]]]:
    """Who reads the digest, and the ways to each; each address and webhook is a way of its own."""
    found: list[tuple[Reader, list[Post]]] = []
    for one in config.digest.readers:
        ways: list[Post] = []
        smtp = config.web.smtp
        if smtp is not None:
            password = smtp.password.reveal() if smtp.password else None
            server = Server(
                smtp.host, smtp.port, smtp.security, smtp.sender, smtp.username, password
            )
            ways += [Mail(server, [address]) for address in one.mail]
        if one.webhook is not None:
            ways.append(Webhook(one.team or "management", one.webhook.reveal()))
        found.append((one, ways))
    return found


def sign_in_of(config: Config, now: Callable[[], datetime]) -> SignIn | None:
    """Who vouches for people; None where nobody has to sign in."""
    if config.web.auth is None:
        return None
    # Here, because few commands need it.
    from watcher.adapters.sign_in import Client, sign_in_with  # noqa: PLC0415

    told = config.web.auth.oidc
    wanted = (told.roles_claim, *([told.teams_claim] if told.teams_claim else []))
    client = Client(told.client_id, told.client_secret.reveal(), told.scopes, wanted)
    return sign_in_with(told.issuer, client, told.tls_ca, now)
