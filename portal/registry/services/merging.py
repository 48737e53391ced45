"""Two entries of one body become one: nothing of either is lost, and the old address leads on."""

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import AlreadyDecidedError, DomainError, NotFoundError
from portal.core.history import record_step
from portal.moderation.models import Case
from portal.moderation.states import CaseKind
from portal.registry.emails import mail_merged
from portal.registry.merge_rules import (
    MergeRefusal,
    columns_of,
    differing_fields,
    find_merge_refusal,
)
from portal.registry.models import Association, Claim, RegistryRequest
from portal.registry.services.merged_people import move_people
from portal.registry.services.merged_requests import close_pending_change, move_claims
from portal.registry.services.removals import (
    end_running_notice,
    move_association,
    tell_representatives,
)
from portal.registry.services.representatives import ASSOCIATION_HISTORY
from portal.registry.states import (
    OPEN_REQUEST_STATES,
    AssociationAction,
    AssociationState,
    NoticeState,
    RemovalCause,
)
from portal.registry.ties import reassign

MERGE_SENTENCES: dict[MergeRefusal, object] = {
    MergeRefusal.SAME: _l("This is the same entry: choose another one."),
    MergeRefusal.SURVIVOR_IS_REMOVED: _l(
        "The entry that should stay is no longer in the registry: restore it first."
    ),
    MergeRefusal.DUPLICATE_IS_REMOVED: _l(
        "The other entry is no longer in the registry: there is nothing to merge."
    ),
}


class MergeRefusedError(DomainError):
    """Two entries that cannot become one; `refusal` says why."""

    def __init__(self, refusal: MergeRefusal) -> None:
        """Keep the reason, and the sentence for it."""
        super().__init__(MERGE_SENTENCES[refusal])
        self.refusal = refusal


class EntriesChangedError(AlreadyDecidedError):
    """Somebody changed one of the two since they were compared."""

    sentence = _l("One of the two entries has changed in the meantime: compare them once more.")


def merge_associations(
    *,
    actor: Actor,
    survivor_id: int,
    duplicate_id: int,
    seen_versions: tuple[int, int],
    taken: Collection[str],
    reason: str,
) -> Association:
    """Merge `duplicate` into `survivor` and return the latter.

    `taken`: fields of `MERGE_FIELDS` whose value is the duplicate's. `seen_versions`: of both, as
    they were compared. People, open claims, ties and earlier merges follow; the duplicate stays
    as a removed row, so that an import does not bring its tax code back. Raises
    `MergeRefusedError`, and `EntriesChangedError` where somebody was quicker.
    """
    survivor, duplicate = _lock_both(survivor_id, duplicate_id)
    refusal = find_merge_refusal(
        survivor_id=survivor.id,
        survivor_state=survivor.state,
        duplicate_id=duplicate.id,
        duplicate_state=duplicate.state,
    )
    if refusal is not None:
        raise MergeRefusedError(refusal)
    if (survivor.version, duplicate.version) != seen_versions:
        raise EntriesChangedError
    _take_values(
        survivor, duplicate, columns_of(set(taken) & {*differing_fields(survivor, duplicate)})
    )
    _take_standing(actor, survivor, duplicate)
    move_people(actor=actor, survivor=survivor, duplicate=duplicate)
    move_claims(actor=actor, survivor=survivor, duplicate=duplicate)
    close_pending_change(actor=actor, association=duplicate)
    _lead_on(survivor, duplicate)
    _remove_duplicate(actor, survivor, duplicate, reason)
    tell_representatives(
        actor=actor,
        association_id=survivor.id,
        mail=lambda user_id, reader: mail_merged(
            survivor=survivor,
            duplicate=duplicate,
            reason=reason,
            reader_id=user_id,
            reader=reader,
        ),
    )
    return survivor


def _lock_both(survivor_id: int, duplicate_id: int) -> tuple[Association, Association]:
    """Hold cases, claims and entries, each in the order of ids.

    Cases first, as everywhere: a decision on a claim holds its case and then wants the entry.
    """
    ids = (survivor_id, duplicate_id)
    claims = select(Claim.id).where(
        Claim.association_id.in_(ids), Claim.state.in_(OPEN_REQUEST_STATES)
    )
    session().execute(
        select(Case.id)
        .where(Case.kind == CaseKind.CLAIM, Case.subject_id.in_(claims))
        .order_by(Case.id)
        .with_for_update()
    ).all()
    session().execute(claims.order_by(Claim.id).with_for_update()).all()
    held = {
        association.id: association
        for association in session().scalars(
            select(Association)
            .where(Association.id.in_(ids))
            .order_by(Association.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    if survivor_id not in held or duplicate_id not in held:
        raise NotFoundError
    return held[survivor_id], held[duplicate_id]


def _take_values(survivor: Association, duplicate: Association, columns: list[str]) -> None:
    for column in columns:
        if column == "logo_id":
            _swap_logos(survivor, duplicate)
        elif column == "areas":
            survivor.areas = list(duplicate.areas)
        else:
            setattr(survivor, column, getattr(duplicate, column))
    session().flush()


def _swap_logos(survivor: Association, duplicate: Association) -> None:
    """Exchange them: a file belongs to one entry only, and none is left without."""
    mine, theirs = survivor.logo_id, duplicate.logo_id
    survivor.logo_id = duplicate.logo_id = None
    session().flush()
    survivor.logo_id, duplicate.logo_id = theirs, mine
    session().flush()


def _take_standing(actor: Actor, survivor: Association, duplicate: Association) -> None:
    """Be enrolled if either was, since the earlier day, and as fresh as the fresher."""
    days = [a.enrolled_on for a in (survivor, duplicate) if a.state is AssociationState.ENROLLED]
    survivor.enrolled_on = min((day for day in days if day), default=survivor.enrolled_on)
    updated = [a.profile_updated_on for a in (survivor, duplicate) if a.profile_updated_on]
    survivor.profile_updated_on = max(updated, default=None)
    if days and survivor.state is AssociationState.LISTED:
        move_association(
            actor=actor, association=survivor, action=AssociationAction.ENROL, note=None
        )
    session().flush()


def _lead_on(survivor: Association, duplicate: Association) -> None:
    """Let whatever led to the duplicate lead to the survivor, without stops on the way."""
    reassign(from_id=duplicate.id, to_id=survivor.id)
    session().execute(
        update(RegistryRequest)
        .where(RegistryRequest.association_id == duplicate.id)
        .values(association_id=survivor.id)
    )
    session().execute(
        update(Association)
        .where(Association.merged_into_id == duplicate.id)
        .values(merged_into_id=survivor.id)
    )


def _remove_duplicate(
    actor: Actor, survivor: Association, duplicate: Association, reason: str
) -> None:
    duplicate.merged_into_id = survivor.id
    duplicate.removed_on, duplicate.removal_cause = local_today(), RemovalCause.DUPLICATE
    move_association(
        actor=actor, association=duplicate, action=AssociationAction.REMOVE, note=reason
    )
    end_running_notice(association_id=duplicate.id, state=NoticeState.WITHDRAWN)
    record_step(
        actor=actor,
        subject_kind=ASSOCIATION_HISTORY,
        subject_id=survivor.id,
        action="merge",
        from_state=survivor.state,
        to_state=survivor.state,
        note=duplicate.name,
    )
