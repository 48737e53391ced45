"""The `portal` command."""

import sys
from collections.abc import Mapping

import click

from portal.config import SettingError, load_settings, require_database_url
from portal.web_server import become_web


class Commands(click.Group):
    """`web`, and whatever stands in `portal.commands`, loaded only when it is asked for.

    The web server loads the portal in a process of its own: `web` that did so too would answer
    twice as late.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted([*super().list_commands(ctx), *_others()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        return super().get_command(ctx, cmd_name) or _others().get(cmd_name)


def _others() -> Mapping[str, click.Command]:
    from portal.commands import commands as others  # noqa: PLC0415 - see `Commands`

    return others.commands


@click.group(cls=Commands)
def commands() -> None:
    """Portal of a collaborative city."""


@commands.command()
def web() -> None:
    """Run the web process alone (DATABASE_URL names the database)."""
    settings = load_settings()
    require_database_url(settings)
    become_web(settings)


def main() -> None:
    """Run the command line; what stops a start is one clear line, never a traceback."""
    try:
        commands(standalone_mode=True)
    except SettingError as error:
        _stop_with(str(error))
    except Exception as error:
        # Here because `web` waits for neither library.
        from sqlalchemy.exc import OperationalError  # noqa: PLC0415

        from portal.core.embedded_database import EmbeddedDatabaseError  # noqa: PLC0415

        if isinstance(error, OperationalError):
            first_line = str(error.orig).strip().splitlines()[0]
            _stop_with(f"The database cannot be reached: {first_line}")
        if isinstance(error, EmbeddedDatabaseError):
            _stop_with(str(error))
        raise


def _stop_with(line: str) -> None:
    click.echo(f"portal: {line}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
