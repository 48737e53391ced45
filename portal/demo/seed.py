"""Demo data, made by the services so that it obeys every rule."""

from dataclasses import dataclass

from portal.permissions import Role

DEMO_PASSWORD = "collaborativa-2026"  # noqa: S105 - printed at the start of every demo


@dataclass(frozen=True)
class DemoAccount:
    """An invented person of the demo."""

    email: str
    name: str
    what: str
    """For the person at the terminal."""
    role: Role | None = None


DEMO_ACCOUNTS = (
    DemoAccount("cittadina@example.org", "Anna Prova", "citizen"),
    DemoAccount("associazione@example.org", "Bruno Prova", "represents an invented association"),
    DemoAccount("operatore@example.org", "Carla Prova", "staff", Role.STAFF),
    DemoAccount("architetta@example.org", "Dina Prova", "neighbourhood architect", Role.ARCHITECT),
    DemoAccount("admin@example.org", "Elio Prova", "administrator", Role.ADMINISTRATOR),
)


def ensure_demo_data() -> None:
    """Fill an empty database with the demo; a database that has data is left alone."""
