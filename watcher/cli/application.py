"""The application: its commands and global options, and what every ending of a command means."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from watcher import __version__
from watcher.cli import (
    audit,
    backup,
    bumps,
    db,
    demo,
    digest,
    doctor,
    exits,
    explain,
    exposures,
    find,
    images,
    init,
    knowledge,
    published,
    rebuild,
    report,
    streams,
    sync,
    token,
)
from watcher.cli.run import run as serve
from watcher.cli.session import Session, session_of
from watcher.cli.spread import spread
from watcher.domain.errors import WatcherError

application = typer.Typer(
    name="watcher", add_completion=False, rich_markup_mode=None, epilog=exits.EXPLAINED
)
application.command("run", short_help="Run for years: make passes, serve the web.")(serve)
application.command("sync", short_help="Make one pass of every stage, or of some.")(sync.sync)
application.command("streams", short_help="List the streams, and whether each is covered.")(
    streams.streams
)
application.command("images", short_help="List the images that streams point to.")(images.images)
application.command("exposures", short_help="List the exposure windows.")(exposures.exposures)
application.command("find", short_help="Find a package or a vulnerability.")(find.find)
application.command("bumps", short_help="List base-image bumps and their tickets.")(bumps.bumps)
application.command("report", short_help="Write the figures for management.")(report.report)
application.command("audit", short_help="Scan images in full, compare with what is derived.")(
    audit.audit
)
application.command("explain", short_help="Walk a figure down to its facts.")(explain.explain)
application.command("published", short_help="List published reports, or write one again.")(
    published.published
)
application.command("rebuild", short_help="Hold the ledger against its facts.")(rebuild.rebuild)
application.command("knowledge", short_help="List the versions of knowledge.")(knowledge.knowledge)
application.command("digest", short_help="Send the weekly digest, where it is due.")(digest.digest)
application.command("doctor", short_help="Check everything that a pass needs.")(doctor.doctor)
application.command("init", short_help="Write a configuration to start from.")(init.init)
application.command("backup", short_help="Write the whole record into one file.")(backup.backup)
application.command("restore", short_help="Fill an empty database with a backup.")(backup.restore)
application.command("demo", short_help="Play 120 days of a small fleet.")(demo.demo)
application.add_typer(token.application, name="token")
application.add_typer(db.application, name="db")


def run(arguments: Sequence[str], session: Session) -> int:
    """Run one command and give its exit code back; every error becomes lines on stderr."""
    command = typer.main.get_command(application)
    try:
        code = command.main(
            spread(arguments), prog_name="watcher", standalone_mode=False, obj=session
        )
    except WatcherError as error:
        exits.complain(str(error), sys.stderr)
        return exits.code_of(error)
    except TyperException as error:
        message = error.format_message().replace("Value error, ", "")
        exits.complain(f"{message} (watcher --help explains)", sys.stderr)
        return exits.USAGE
    except Exception as error:  # noqa: BLE001 - the last one to see it
        exits.confess(error, sys.stderr, session.environment)
        return exits.DEFECT
    if code == exits.INTERRUPTED:
        session.say("interrupted")
    return code if isinstance(code, int) else exits.DONE


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"watcher {__version__}")
        raise typer.Exit


@application.callback()
def watcher(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The configuration; else $WATCHER_CONFIG, else config/watcher.yaml.",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    """Know since when every image you publish has been exposed to which vulnerability."""
    del version
    session_of(context).config_file = config
