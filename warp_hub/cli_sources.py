"""warp-hub source …: each verb calls one function of the room; rooms are imported inside the verbs."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

KINDS = ("taxii21", "taxii20", "bundle", "csaf", "rss", "kev", "misp")
Command = TypeVar("Command", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def source() -> None:
    """Sources of warnings."""


def _signs_in(command: Command) -> Command:
    """Add the options of what the hub signs in with; secrets come from variables and files, never from the line."""
    for option in (
        click.option("--authority", type=_FILE, help="PEM file of the authority its certificate is checked against."),
        click.option("--certificate", type=_FILE, help="PEM file of the certificate the hub shows, with its key."),
        click.option("--password-env", help="Name of the variable that holds the password."),
        click.option("--user", "username"),
    ):
        command = option(command)
    return command


@source.command("add")
@click.argument("name")
@click.argument("url")
@click.option("--kind", required=True, type=click.Choice(KINDS))
@click.option("--warp", "warps", multiple=True, required=True, help="Slug of a WARP it serves; the first keeps it.")
@click.option("--marking", required=True, help="The label of what arrives without one.")
@_signs_in
@click.option("--publish", is_flag=True, help="Trust the source: pass on by itself.")
@click.option("--allow-private", is_flag=True, help="Permit loopback and private addresses for this source.")
@click.option("--interval", "interval_minutes", type=int, default=10, show_default=True, help="Minutes between pulls.")
@click.option("--early-days", type=int, help="For how many days what comes is early notice to coordinators.")
def source_add(**given: Any) -> None:
    """Add a source of warnings."""
    _say("add", **given)


@source.command("edit")
@click.argument("name")
@click.option("--rename", help="Its new name; the short name stays.")
@click.option("--url", help="Its new address; to another host no password or certificate goes along.")
@click.option("--warp", "warps", multiple=True, help="Slug of a WARP it serves (all of them); the first keeps it.")
@click.option("--marking", help="The label of what arrives without one.")
@_signs_in
@click.option("--no-password", is_flag=True, help="Forget user name and password.")
@click.option("--no-certificate", is_flag=True, help="Forget the certificate the hub shows.")
@click.option("--no-authority", is_flag=True, help="Check its certificate against the public authorities.")
@click.option("--publish/--hold", "publish", default=None, help="Pass on by itself, or wait for coordinators.")
@click.option("--allow-private/--forbid-private", "allow_private", default=None, help="Loopback and private addresses.")
@click.option("--interval", "interval_minutes", type=int, help="Minutes between pulls.")
@click.option("--early-days", type=int, help="For how many days what comes is early notice; 0 for none.")
def source_edit(**given: Any) -> None:
    """Change a source; what is not named stays as it is."""
    _say("edit", **given)


@source.command("list")
def source_list() -> None:
    """List the sources with their health."""
    from warp_hub.advisories import source_lines
    from warp_hub.serving.opening import as_worker

    with as_worker():
        for line in source_lines.listing():
            click.echo(line)


@source.command("test")
@click.argument("name")
def source_test(name: str) -> None:
    """Ask a source for its first page and store nothing."""
    _say("try_out", name=name)


@source.command("pull")
@click.argument("name", required=False)
def source_pull(name: str | None) -> None:
    """Pull one source, or all of them, now."""
    from warp_hub.advisories import commands
    from warp_hub.serving.opening import as_worker

    shows = sys.stderr.isatty()
    with as_worker():
        ok = True
        for line, succeeded in commands.pull(name, _show_progress if shows else None):
            if shows:
                click.echo("\r\033[K", nl=False, err=True)
            click.echo(line, err=not succeeded)
            ok = ok and succeeded
    if not ok:
        sys.exit(1)


@source.command("compare")
@click.argument("name")
def source_compare(name: str) -> None:
    """Mark what a source sent and no longer has; done by itself every month."""
    _say("compare", name=name)


@source.command("pause")
@click.argument("name")
def source_pause(name: str) -> None:
    """Stop pulling a source until it is resumed."""
    _say("pause", name=name)


@source.command("resume")
@click.argument("name")
def source_resume(name: str) -> None:
    """Pull a source again that was paused."""
    _say("resume", name=name)


def _say(verb: str, **given: Any) -> None:
    """Do one verb of the room as the worker and print its line."""
    from warp_hub.advisories import commands
    from warp_hub.serving.opening import as_worker

    with as_worker():
        click.echo(getattr(commands, verb)(**given))


def _show_progress(outcome: Any) -> None:
    click.echo(f"\r{outcome.fetched:,} fetched, {outcome.stored:,} of them new ", nl=False, err=True)
