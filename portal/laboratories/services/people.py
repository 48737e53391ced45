"""Taking part in a laboratory and following it."""

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.laboratories.models import Laboratory, LaboratoryPerson
from portal.laboratories.queries.people import FollowLink


def join_laboratory(
    *,
    actor: Actor,
    laboratory_id: int,
    takes_part: bool,
    follows: bool,
    shows_name: bool,
) -> None:
    """Say how `actor` is in a laboratory: taking part, following, by name or as a number.

    With neither the person is no longer in it. Only who takes part can stand there by name.
    """
    if session().get(Laboratory, laboratory_id) is None:
        raise NotFoundError
    person = _lock_person(actor.account_id, laboratory_id)
    if not takes_part and not follows:
        if person is not None:
            session().delete(person)
            session().flush()
        return
    if person is None:
        person = LaboratoryPerson(
            laboratory_id=laboratory_id, user_id=actor.account_id, since_at=utc_now()
        )
        session().add(person)
    person.takes_part, person.follows = takes_part, follows
    person.shows_name = shows_name and takes_part
    session().flush()


def stop_following(*, link: FollowLink) -> None:
    """End the mails of a laboratory; raises `ForbiddenStepError` for a link that is not ours."""
    if not link.user_id:
        raise ForbiddenStepError
    person = _lock_person(link.user_id, link.laboratory_id)
    if person is None:
        return
    if person.takes_part:
        person.follows = False
    else:
        session().delete(person)
    session().flush()


def _lock_person(user_id: int, laboratory_id: int) -> LaboratoryPerson | None:
    # The same person in two tabs: one after the other, also where there is no row yet.
    session().execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    return session().scalar(
        select(LaboratoryPerson)
        .where(LaboratoryPerson.laboratory_id == laboratory_id, LaboratoryPerson.user_id == user_id)
        .execution_options(populate_existing=True)
    )
