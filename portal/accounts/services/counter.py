"""People whom the front desk looks after: without e-mail, until one is added."""

from typing import cast

from flask_babel import lazy_gettext as _l
from flask_security.proxies import _datastore as datastore

from portal.accounts.credentials import normalise_email
from portal.accounts.emails import mail_given_email
from portal.accounts.models import User
from portal.accounts.queries import find_user_by_email, get_user
from portal.accounts.services.registration import HISTORY
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.history import record_step

LONGEST_DISPLAY_NAME = 120
"""Characters; the whole name stands in the enrolment."""


def add_person_without_email(*, actor: Actor, name: str) -> User:
    """Add somebody at the front desk who has no e-mail: nobody can sign in as them."""
    user = cast(
        "User",
        datastore.create_user(
            email=None,
            display_name=name[:LONGEST_DISPLAY_NAME].strip(),
            locale="it",
            password=None,
        ),
    )
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=user.id, action="add_at_counter")
    return user


def give_person_email(*, actor: Actor, user_id: int, email: str) -> None:
    """Note the address of somebody who had none, and mail there the link that confirms it.

    It becomes theirs, to sign in with a code, once the link is used; until then nothing else is
    mailed there, and it can be given anew: a slip of the clerk opens nothing to a stranger who
    does not confirm it. Raises `RuleBrokenError` for what is no address or is in use,
    `ForbiddenStepError` where there is one already: only its owner changes it.
    """
    user = get_user(user_id, is_locked=True)
    if user.email is not None:
        raise ForbiddenStepError(
            _l("This person has an e-mail address already, and changes it by themselves.")
        )
    try:
        address = normalise_email(email)
    except ValueError as error:
        raise RuleBrokenError(
            _l("Write an e-mail address like name@example.org."), "email"
        ) from error
    if find_user_by_email(address) is not None:
        raise RuleBrokenError(_l("There is already an account with this address."), "email")
    user.given_email = address
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=user.id, action="give_email")
    mail_given_email(user, address=address)
