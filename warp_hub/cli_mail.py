"""warp-hub mail: warnings by mail. Its `receive` is run by a mail server, so it fails as mail servers understand."""

import sys
from typing import Any

import click


@click.group()
def mail() -> None:
    """Warnings that coordinators send by mail."""


@mail.command("receive")
@click.option("--warp", "slug", help="The WARP to whose address the mail came.")
def mail_receive(slug: str | None) -> None:
    """Take one mail from standard input; exits with 75, "try later", whenever it cannot be dealt with.

    Any other number would have the mail server answer whoever is named as the sender, who may be anybody.
    """
    try:
        _receive(slug)
    except BaseException as error:
        click.echo(f"warp-hub: {_plainly(error)}", err=True)
        sys.exit(75)


@mail.group("box")
def box() -> None:
    """Mailboxes from which the mail of WARPs is fetched by IMAP."""


@box.command("add")
@click.argument("host")
@click.option("--warp", "slug", required=True)
@click.option("--user", "username", required=True)
@click.option("--password-env", required=True, help="Name of the variable that holds the password.")
@click.option("--port", default=993, show_default=True)
@click.option("--folder", default="INBOX", show_default=True)
@click.option("--allow-private", is_flag=True, help="Permit loopback and private addresses for this mailbox.")
@click.option("--untried", is_flag=True, help="Add it without opening it first.")
def box_add(slug: str, **given: Any) -> None:
    """Fetch the mail of a WARP from HOST; what is taken there is removed there."""
    from warp_hub.advisories.mailbox import commands
    from warp_hub.serving.opening import as_worker

    with as_worker():
        click.echo(commands.add(slug, **given))


@box.command("list")
def box_list() -> None:
    """List the mailboxes and how they are doing."""
    from warp_hub.advisories.mailbox import commands
    from warp_hub.serving.opening import as_worker

    with as_worker():
        for line in commands.listing():
            click.echo(line)


@box.command("test")
@click.option("--warp", "slug", required=True)
def box_test(slug: str) -> None:
    """Open a mailbox, say how many mails wait and touch none."""
    from warp_hub.advisories.mailbox import commands
    from warp_hub.serving.opening import as_worker

    with as_worker():
        click.echo(commands.try_out(slug))


@box.command("remove")
@click.option("--warp", "slug", required=True)
def box_remove(slug: str) -> None:
    """Fetch the mail of a WARP no more; what lies in the mailbox stays there."""
    from warp_hub.advisories.mailbox import commands
    from warp_hub.serving.opening import as_worker

    with as_worker():
        click.echo(commands.remove(slug))


def _receive(slug: str | None) -> None:
    from warp_hub.advisories.mailbox import commands
    from warp_hub.factory import create_app
    from warp_hub.serving.opening import as_worker

    with as_worker() as settings, create_app(settings, "work").app_context():
        commands.receive(slug, sys.stdin.buffer)


def _plainly(error: BaseException) -> str:
    """Return one line that names a fault and quotes nothing, since a text of it may hold some of the mail."""
    from sqlalchemy.exc import DBAPIError, OperationalError

    from warp_hub.background import place_of
    from warp_hub.serving import failures

    quotes = isinstance(error, DBAPIError) and not isinstance(error, OperationalError)
    return place_of(error) if quotes else failures.clear_line(error) or place_of(error)
