"""A thank-you page that a person makes public, with what they choose to show."""

import secrets
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import RuleBrokenError
from portal.core.history import record_step
from portal.volunteering.models import SharedThanks
from portal.volunteering.queries.my_year import is_known_adult
from portal.volunteering.services.sign_ups.locks import lock_people

HISTORY = "shared_thanks"
KEY_BYTES = 24


@dataclass(frozen=True)
class ThanksContent:
    """What a page of thanks shows, as its person chooses."""

    year: int
    shown_name: str | None = None
    shows_hours: bool = False
    shows_projects: bool = False
    shows_places: bool = False


def share_thanks(*, actor: Actor, content: ThanksContent) -> SharedThanks:
    """Make the page, or change what it shows; its address stays while it is there.

    Raises `RuleBrokenError` for a name of somebody who is not known to be an adult.
    """
    check_name(actor=actor, shown_name=content.shown_name)
    lock_people([actor.account_id])
    thanks = session().scalar(
        select(SharedThanks).where(SharedThanks.user_id == actor.account_id).with_for_update()
    )
    action = "change"
    if thanks is None:
        action = "share"
        thanks = SharedThanks(user_id=actor.account_id, key=secrets.token_urlsafe(KEY_BYTES))
        session().add(thanks)
    for name, value in vars(content).items():
        setattr(thanks, name, value)
    thanks.shows_name = content.shown_name is not None
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=thanks.id, action=action)
    return thanks


def end_thanks(*, actor: Actor) -> None:
    """Take the page away: its address is dead from now on, also for a later page."""
    ended = session().scalar(
        delete(SharedThanks)
        .where(SharedThanks.user_id == actor.account_id)
        .returning(SharedThanks.id)
    )
    if ended is not None:
        record_step(actor=actor, subject_kind=HISTORY, subject_id=ended, action="end")
        session().flush()


def check_name(*, actor: Actor, shown_name: str | None) -> None:
    """Raise `RuleBrokenError` where a name may not be shown: minors never show one."""
    if shown_name is not None and not is_known_adult(actor.account_id):
        raise RuleBrokenError(
            _l("Only who is known to be of age can show a name: leave this empty."), "name"
        )
