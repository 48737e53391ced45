"""Profiles as their associations write them."""

from dataclasses import replace
from datetime import date

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import db
from portal.moderation.models import Case
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.models import Association, AssociationChange, RemovalNotice
from portal.registry.queries import profile_of
from portal.registry.services import update_profile
from portal.registry.states import NoticeState, RemovalCause
from tests.factories.people import actor_of


def representing(person: User, association: Association) -> Actor:
    """Return `person` as the actor who represents `association`."""
    return replace(actor_of(person), association_ids=frozenset({association.id}))


def save_profile(person: User, association: Association, **written: object) -> None:
    """Save the profile of `association` as `person`, with some fields written anew."""
    update_profile(
        actor=representing(person, association),
        association_id=association.id,
        seen_version=association.version,
        values=replace(profile_of(association), **written),  # type: ignore[arg-type] # by name
    )
    db.session.commit()


def changes_of(association: Association) -> list[AssociationChange]:
    """Return the changes of a profile, oldest first."""
    return list(
        db.session.scalars(
            db.select(AssociationChange)
            .where(AssociationChange.association_id == association.id)
            .order_by(AssociationChange.id)
        )
    )


def case_of_change(change: AssociationChange) -> Case:
    """Return the case of a change that waits or waited for the office."""
    return db.session.scalars(
        db.select(Case).where(Case.kind == CaseKind.PROFILE_EDIT, Case.subject_id == change.id)
    ).one()


def decide_change(
    clerk: User, change: AssociationChange, action: CaseAction, reason: str = "Visto lo statuto."
) -> None:
    """Decide about a change as `clerk`."""
    case = case_of_change(change)
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=action, reason=reason
    )
    db.session.commit()


def make_notice(
    association: Association,
    *,
    cause: RemovalCause = RemovalCause.STALE,
    effective_on: date = date(2027, 3, 1),
    **fields: object,
) -> RemovalNotice:
    """Store a notice of removal that is running."""
    notice = RemovalNotice(
        **{
            "association_id": association.id,
            "cause": cause,
            "reason": "Da tredici mesi nessuno risponde.",
            "given_on": date(2027, 1, 15),
            "effective_on": effective_on,
            "state": NoticeState.PENDING,
            **fields,
        }
    )
    db.session.add(notice)
    db.session.commit()
    return notice
