"""warp-hub: each verb calls one function of a room; every failure is one clear line and a non-zero exit.

Rooms are imported inside the verbs, so that `warp-hub --help` answers at once.
"""

import sys
from pathlib import Path
from typing import Any

import click

from warp_hub.cli_mail import mail
from warp_hub.cli_sources import source


class _Plainly(click.Group):
    """Turns any failure that the rooms name into one line on standard error."""

    def invoke(self, context: click.Context) -> Any:
        from warp_hub.serving.signals import ended_in_order

        try:
            with ended_in_order():
                return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            sys.exit(130)
        except Exception as error:
            from warp_hub.serving import failures

            line = failures.clear_line(error)
            if line is None:
                raise
            click.echo(f"warp-hub: {line}", err=True)
            sys.exit(1)


@click.group(cls=_Plainly, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="warp-hub")
def main() -> None:
    """The members' portal of Warning, Advice and Reporting Points."""


@main.command()
@click.option("--port", default=8000, show_default=True, help="Where to serve on 127.0.0.1.")
@click.option("--fresh", is_flag=True, help="Throw the demonstration away and begin anew.")
@click.option("--no-serve", is_flag=True, help="Build the community and stop.")
def demo(port: int, fresh: bool, no_serve: bool) -> None:
    """Show the hub with a fictional community, a source of warnings and letters in a folder."""
    from warp_hub.serving import demonstration

    demonstration.run(port=port, fresh=fresh, serve=not no_serve, say=click.echo)


@main.command()
def serve() -> None:
    """Run everything in one process tree: web, worker and timetable."""
    from warp_hub.serving import tree

    tree.serve()


@main.command()
def web() -> None:
    """Run only the web server."""
    from warp_hub.serving import tree

    tree.web()


@main.command()
def work() -> None:
    """Run only the worker."""
    from warp_hub.serving import tree

    tree.work()


@main.command()
def clock() -> None:
    """Run only the timetable."""
    from warp_hub.serving import tree

    tree.clock()


@main.command()
@click.option("--warp", "warp_name", prompt="Name of the first WARP")
@click.option("--slug", prompt="Its short name in addresses")
@click.option("--name", prompt="Name of its first coordinator")
@click.option("--email", prompt="E-mail address of the coordinator")
def init(warp_name: str, slug: str, name: str, email: str) -> None:
    """Found the first WARP and print a one-time link for its first coordinator."""
    from warp_hub.operations import first_start
    from warp_hub.serving.opening import as_worker

    with as_worker():
        link = first_start.first_start(warp_name, slug, name, email)
        click.echo(first_start.NEXT_STEP)
        click.echo(link)


@main.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema and its roles up to this version."""
    from warp_hub.serving.opening import upgrade

    applied = upgrade()
    click.echo(f"applied {', '.join(applied)}" if applied else "nothing to apply")


@db.command("check")
def db_check() -> None:
    """Say whether this version and the schema fit each other."""
    from warp_hub.serving.opening import check

    check()
    click.echo("the schema fits this version")


@db.command("roles")
def db_roles() -> None:
    """Print the SQL of the database roles, for an administrator to run."""
    from warp_hub.serving.opening import roles_sql

    click.echo(roles_sql())


main.add_command(source)
main.add_command(mail)


@main.group()
def warp() -> None:
    """WARPs of this installation."""


@warp.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="Its name, as members read it.")
@click.option("--name-cy", help="Its name in Welsh, where it has one.")
@click.option("--kind", type=click.Choice(["national", "nation", "region", "sub-region"]), default="region")
@click.option("--parent", help="The short name of the WARP of which it is a part.")
@click.option("--coordinator", "coordinator_name", required=True, help="Name of its first coordinator.")
@click.option("--email", required=True, help="E-mail address of the coordinator, who may be on the hub already.")
def warp_add(
    slug: str, name: str, name_cy: str | None, kind: str, parent: str | None, coordinator_name: str, email: str
) -> None:
    """Found another WARP; whoever is new gets a one-time link, whoever is here already runs it at the next sign-in."""
    from warp_hub.memberships.models import WarpKind
    from warp_hub.operations import founding
    from warp_hub.serving.opening import as_worker

    with as_worker():
        for line in founding.found(name, slug, WarpKind(kind), coordinator_name, email, name_cy=name_cy, parent=parent):
            click.echo(line)


@main.group()
def organisation() -> None:
    """Councils and other bodies."""


@organisation.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
def organisation_import(file: Path, dry_run: bool) -> None:
    """Import organisations from a CSV file; the same file twice changes nothing."""
    from warp_hub.memberships import organisation_import
    from warp_hub.serving.opening import as_worker

    with as_worker():
        for line in organisation_import.import_by_command(file, dry_run=dry_run):
            click.echo(line)


@main.group()
def person() -> None:
    """People."""


@person.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@click.option("--invited", is_flag=True, help="Let new posts count only once their person has said yes.")
def person_import(file: Path, dry_run: bool, invited: bool) -> None:
    """Import people from a CSV file; the same file twice changes nothing."""
    from warp_hub.memberships import person_import
    from warp_hub.serving.opening import as_worker

    with as_worker():
        for line in person_import.import_by_command(file, dry_run=dry_run, invited=invited):
            click.echo(line)


@person.command("invite")
@click.option("--warp", "slug", required=True, help="To whose list the welcome letter goes.")
@click.option("--dry-run", is_flag=True, help="Say who would be written to and write to nobody.")
def person_invite(slug: str, dry_run: bool) -> None:
    """Write the welcome letter to those who have not answered, once a week at most."""
    from warp_hub.moving import inviting
    from warp_hub.serving.opening import as_worker

    with as_worker():
        for line in inviting.write_by_command(slug, dry_run=dry_run):
            click.echo(line)


@person.command("export")
@click.argument("email")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; my-data.zip without it.")
def person_export(email: str, to: Path | None) -> None:
    """Write a copy of what the hub has about somebody, to answer their request; recorded in the audit."""
    from warp_hub.factory import create_app
    from warp_hub.renewals import commands
    from warp_hub.serving.opening import as_worker

    with as_worker() as settings, create_app(settings, "work").app_context():
        click.echo(commands.export(email, to or Path("my-data.zip")))


@person.command("forget-second-step")
@click.argument("email")
def person_forget_second_step(email: str) -> None:
    """Take away the second step of someone who lost their device; recorded in the audit."""
    from warp_hub.operations import lost_devices
    from warp_hub.serving.opening import as_worker

    with as_worker():
        click.echo(lost_devices.forget_second_step(email))


@main.group()
def token() -> None:
    """Personal tokens, with which tools fetch."""


@token.command("create")
@click.option("--person", "email", required=True, help="E-mail address of its owner.")
@click.option("--name", required=True, help="What the token is for.")
@click.option("--ceiling", help="The strictest label it may fetch; without it TLP:AMBER+STRICT.")
def token_create(email: str, name: str, ceiling: str | None) -> None:
    """Make a token and print it once, alone on the last line."""
    from warp_hub.memberships import tokens
    from warp_hub.serving.opening import as_worker

    with as_worker():
        lines = list(tokens.create_by_command(email, name, ceiling))
    for line in lines:
        click.echo(line)


@main.command("retention")
@click.option("--dry-run", is_flag=True, help="List what would go, counts and ids, and remove nothing.")
def retention(*, dry_run: bool) -> None:
    """Remove what is kept no longer than it needs to be, as the timetable does each night."""
    from warp_hub.jobs import retention as keeping
    from warp_hub.serving.opening import as_worker

    with as_worker():
        for line in keeping.dry_run() if dry_run else keeping.purge_now():
            click.echo(line)


@main.command("forget-answers")
@click.option("--dry-run", is_flag=True, help="List what is due and remove nothing.")
def forget_answers(*, dry_run: bool) -> None:
    """Remove answers to questions about warnings that were closed 30 days ago, as the timetable does each night."""
    from warp_hub.alerts import commands
    from warp_hub.serving.opening import as_worker

    with as_worker():
        for line in commands.list_due() if dry_run else [commands.forget()]:
            click.echo(line)


@main.group()
def digest() -> None:
    """Digests, for the operator; each use is audited."""


@digest.command("preview")
@click.option("--warp", "slug", required=True)
@click.option("--person", "email")
def digest_preview(slug: str, email: str | None) -> None:
    """Print the digest that someone would receive now."""
    from warp_hub.digests import commands
    from warp_hub.factory import create_app
    from warp_hub.serving.opening import as_worker

    with as_worker() as settings, create_app(settings, "work").app_context():
        click.echo(commands.preview(slug, email))


@digest.command("send")
@click.option("--warp", "slug", required=True)
@click.option("--person", "email")
def digest_send(slug: str, email: str | None) -> None:
    """Put the digests of a WARP, or of one person, into the outbox now."""
    from warp_hub.digests import commands
    from warp_hub.serving.opening import as_worker

    with as_worker():
        click.echo(commands.send(slug, email))


@main.command()
@click.argument("item")
@click.argument("person")
def explain(item: str, person: str) -> None:
    """Say whether PERSON (e-mail) may receive ITEM (id), by which outlet, by which clause."""
    from warp_hub.operations import explaining
    from warp_hub.serving.opening import as_worker

    with as_worker():
        for line in explaining.explain(item, person):
            click.echo(line)


@main.command("leak-test")
def leak_test() -> None:
    """Plant canaries at every marking and walk every outlet as every kind of viewer."""
    from warp_hub.serving import leak_testing

    if not leak_testing.run(click.echo):
        sys.exit(1)


@main.command()
def doctor() -> None:
    """Say what works, what does not and why."""
    from warp_hub.operations import doctor as examination
    from warp_hub.serving.opening import as_worker

    with as_worker():
        findings = examination.examine()
    for finding in findings:
        click.echo(f"{'ok  ' if finding.ok else 'BAD '} {finding.sentence}")
    if not all(finding.ok for finding in findings):
        sys.exit(1)


@main.group("audit")
def audit_group() -> None:
    """The record of who did what."""


@audit_group.command("verify")
def audit_verify() -> None:
    """Follow the chain and say whether every row is as it was recorded."""
    from warp_hub import audit
    from warp_hub.serving.opening import as_worker

    with as_worker():
        verdict = audit.verify()
    click.echo(f"{verdict.linked} linked, {verdict.unlinked} not linked yet, head {verdict.head}")
    if verdict.broken_at is not None:
        click.echo(f"broken at {verdict.broken_at}: {verdict.reason}", err=True)
        sys.exit(1)
