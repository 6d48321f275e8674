"""`watcher token`: tokens with which scripts read the API or the metrics."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Annotated, Final

import typer

from watcher.cli.output import AsOption, FileOption, Format, Listing, emit, show
from watcher.cli.session import session_of
from watcher.config.moments import parse_duration
from watcher.domain.access import Grant, Role
from watcher.domain.errors import UsageError
from watcher.ports.store.tokens import ApiToken
from watcher.report.sheets.columns import entries_of, field
from watcher.report.tokens import document

application = typer.Typer(
    rich_markup_mode=None, help="Make, list and revoke tokens for scripts that read the web."
)

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_COLUMNS = (
    field("name", "name"),
    field("role", "role"),
    field("teams", "teams", flexible=True),
    field("made_at", "made"),
    field("expires_at", "expires"),
    field("revoked_at", "revoked"),
    field("used_at", "last used", spared=2),
    field("holds", "holds"),
)


@application.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the token is called.")],
    role: Annotated[
        Role, typer.Option(help="What it may do; metrics reads /metrics and nothing else.")
    ] = Role.VIEWER,
    team: Annotated[
        list[str] | None,
        typer.Option(help="Limit a viewer to the streams of a team. Repeatable."),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="DURATION", help="When it ends, such as 90d; else never.")
    ] = None,
) -> None:
    """Make a token and write it to the standard output, this once."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name[:40]!r} is no name for a token: up to 100 letters, digits, '.', '_' and '-'"
        )
    if team and role is not Role.VIEWER:
        raise UsageError(f"--team limits viewers alone, and {role.value} is another role")
    session = session_of(context)
    with session.opened() as app:
        app.database.require(own_upgrade=True)
        unknown = sorted(set(team or ()) - {one.team for one in app.config.owners})
        if unknown:
            raise UsageError(f"--team {unknown[0][:40]!r}: owners names no such team")
        now = session.now().replace(microsecond=0)
        ends = None if expires is None else now + _lasting(expires)
        token = f"watcher_{secrets.token_urlsafe(32)}"
        grant = Grant(role, frozenset(team) if team else None)
        app.tokens.add(hashlib.sha256(token.encode()).hexdigest(), ApiToken(name, grant, now, ends))
    emit(f"{token}\n", None)
    session.say(f"the token {name} is shown this once: keep it as you keep a password")


@application.command("list")
def list_(
    context: typer.Context, format_: AsOption = Format.TABLE, output: FileOption = None
) -> None:
    """List the tokens that were ever made; never what they are."""
    session = session_of(context)
    with session.opened() as app:
        app.database.require(own_upgrade=False)
        told = document(app.tokens.listed(), session.now())
    entries = entries_of(told, "tokens")
    holding = sum(one["holds"] is True for one in entries)
    show(Listing(told, entries, _COLUMNS, [f"hold: {holding} of {len(entries)}"]), format_, output)


@application.command()
def revoke(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the token is called.")],
) -> None:
    """End a token: from now on it opens nothing."""
    session = session_of(context)
    with session.opened() as app:
        app.database.require(own_upgrade=False)
        if not app.tokens.revoke(name, session.now().replace(microsecond=0)):
            raise UsageError(
                f"no token {name[:100]!r} holds: watcher token list shows those that do"
            )
    session.say(f"the token {name} is revoked")


def _lasting(text: str) -> timedelta:
    try:
        lasting = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--expires {text[:20]!r} {error}") from None
    if not lasting:
        raise UsageError("--expires: must be longer than nothing")
    return lasting
