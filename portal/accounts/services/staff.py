"""Accounts of colleagues, made from the command line."""

from collections.abc import Sequence

from portal.accounts.credentials import normalise_email
from portal.accounts.emails import mail_staff_welcome
from portal.accounts.queries import find_user_by_email, get_user
from portal.accounts.services.passwords import make_password_link
from portal.accounts.services.registration import create_account, district_ids_of
from portal.accounts.services.roles import grant_role
from portal.core.access import Actor
from portal.permissions import Role


def create_staff(
    *, actor: Actor, email: str, name: str, role: Role, district_codes: Sequence[str] = ()
) -> str:
    """Give a colleague an account with a role, and return the link to choose a password.

    Somebody who has an account keeps it and gets the role. The link is mailed as well. Raises
    `ValueError` for an address or a district that does not exist, `RuleBrokenError` for an
    architect without district or a district for anybody else.
    """
    user = find_user_by_email(normalise_email(email), is_locked=True)
    if user is None:
        made = create_account(actor=actor, email=email, name=name)
        user = get_user(made.account_id)
    districts: list[int | None] = [*district_ids_of(district_codes)]
    for district_id in districts or [None]:
        grant_role(actor=actor, user_id=user.id, role=role, district_id=district_id)
    link = make_password_link(user)
    mail_staff_welcome(user, link=link)
    return link
