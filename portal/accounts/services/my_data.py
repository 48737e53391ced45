"""A person's own data."""

from portal.accounts.queries import get_user
from portal.core.access import Actor
from portal.core.database import session


def update_my_data(*, actor: Actor, name: str, locale: str) -> None:
    """Change the name others see and the language of pages and mails."""
    user = get_user(actor.account_id, is_locked=True)
    user.display_name = name
    user.locale = locale
    session().flush()
