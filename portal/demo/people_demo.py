"""The invented people of the demo."""

from dataclasses import dataclass

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.permissions import Role

DEMO_PASSWORD = "collaborativa-2026"  # noqa: S105 - printed at the start of every demo

TUTOR = "tutor@example.org"


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
    DemoAccount(TUTOR, "Giulia Prova", "looks after a project (tutor)"),
    DemoAccount("operatore@example.org", "Carla Prova", "staff", Role.STAFF),
    DemoAccount("architetta@example.org", "Dina Prova", "neighbourhood architect", Role.ARCHITECT),
    DemoAccount("admin@example.org", "Elio Prova", "administrator", Role.ADMINISTRATOR),
)

ARCHITECT_DISTRICTS = ("b", "d", "e", "h")


def seed_people() -> dict[str, Actor]:
    """Make the demo's accounts, each with the demo's password, and return them by e-mail."""
    return {
        account.email: create_account(
            actor=PORTAL,
            email=account.email,
            name=account.name,
            password=DEMO_PASSWORD,
            roles=[account.role] if account.role else [],
            district_codes=ARCHITECT_DISTRICTS if account.role is Role.ARCHITECT else (),
        )
        for account in DEMO_ACCOUNTS
    }
