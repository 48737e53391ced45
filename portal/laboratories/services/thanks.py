"""Thanking a party for what it kept."""

from sqlalchemy import select

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.history import record_step
from portal.laboratories.emails import commitments as emails
from portal.laboratories.models import Commitment
from portal.laboratories.queries.parties import list_party_people
from portal.laboratories.queries.thanks import waits_for_thanks
from portal.laboratories.states import CommitmentAction, CommitmentState


def thank_party(*, actor: Actor, commitment_id: int, words: str) -> int:
    """Write `words` of thanks to who speaks for the party of a kept commitment, once.

    Returns how many people are written to: none where nobody with an account speaks for it,
    and then it is written down that they were thanked in person. Raises `ForbiddenStepError`
    for what was not kept.
    """
    commitment = session().get(Commitment, commitment_id, with_for_update=True)
    if commitment is None:
        raise NotFoundError
    if commitment.state is not CommitmentState.DONE:
        raise ForbiddenStepError
    waits = session().scalar(
        select(Commitment.id).where(Commitment.id == commitment_id, waits_for_thanks())
    )
    if waits is None:
        return 0
    people = [person for person in list_party_people(commitment) if person.id != actor.id]
    for person in people:
        emails.mail_thanked(reader=person, commitment=commitment, words=words, by=actor.name)
    record_step(
        actor=actor,
        subject_kind=Commitment.__tablename__,
        subject_id=commitment.id,
        action=CommitmentAction.THANK,
        note=words,
    )
    return len(people)
