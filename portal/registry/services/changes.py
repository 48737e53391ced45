"""Changes of a profile: public at once, or waiting for the office; decided, withdrawn, undone."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from portal.accounts.queries import recipients_of
from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.moderation.models import Case
from portal.moderation.services import open_case, withdraw_case
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.emails import mail_change_decided
from portal.registry.models import ActivityArea, Association, AssociationChange
from portal.registry.profile import SENSITIVE, ProfileValues, as_json, changed_fields, with_json
from portal.registry.queries import list_representatives, profile_of
from portal.registry.services.representatives import ASSOCIATION_HISTORY
from portal.registry.states import ChangeState
from portal.territory.queries import CITY_CODE

OWN_ASSOCIATION = _l("You represent this association: a colleague decides it.")
TAX_CODE_TAKEN = _l("Another association of the registry has this tax code: check it once more.")


class ChangePendingError(RuleBrokenError):
    """Something the office checks was changed while an earlier change waits."""

    def __init__(self) -> None:
        """Say what can be done about it."""
        super().__init__(
            _l("A change of this profile waits for the office already: withdraw it first.")
        )


class ChangeAnsweredError(ForbiddenStepError):
    """A change that no longer waits was to be withdrawn."""

    sentence = _l("The office has answered in the meantime, or somebody has withdrawn it.")


class NothingToRestoreError(ForbiddenStepError):
    """Going back would change nothing."""

    sentence = _l("The profile is already as it was before that change.")


def lock_association(association_id: int) -> Association:
    """Return an association with its areas, locked until the end; raises `NotFoundError`."""
    association = session().scalar(
        select(Association)
        .where(Association.id == association_id)
        .options(selectinload(Association.areas))
        .with_for_update(of=Association)
        .execution_options(populate_existing=True)
    )
    if association is None:
        raise NotFoundError
    return association


def write_changes(
    *, actor: Actor, association: Association, values: ProfileValues, restores_id: int | None = None
) -> list[AssociationChange]:
    """Write what differs: the public part at once, the rest as a change that waits.

    `association` is locked. Raises `ChangePendingError`, and `RuleBrokenError` for a tax code
    that another association has.
    """
    before = profile_of(association)
    if values.municipality_code != CITY_CODE:
        # Only the city has districts.
        values = replace(values, district_id=None)
    changed = changed_fields(before, values)
    checked = [name for name in changed if name in SENSITIVE]
    public = [name for name in changed if name not in SENSITIVE]
    if checked:
        _check_may_wait(association, values)
    now = utc_now()
    written = [
        AssociationChange(
            association_id=association.id,
            at=now,
            author_id=actor.id,
            author_name=actor.name,
            state=state,
            before=as_json(before, names),
            after=as_json(values, names),
            restores_id=restores_id,
        )
        for names, state in ((public, ChangeState.APPLIED), (checked, ChangeState.PENDING))
        if names
    ]
    session().add_all(written)
    write_fields(association, values, public)
    session().flush()
    for change in written:
        _follow_up(actor, association, change)
    return written


def write_fields(association: Association, values: ProfileValues, names: list[str]) -> None:
    """Write these fields of `values` on the association."""
    plain = as_json(values, names)
    for name in names:
        match name:
            case "areas":
                association.areas = _areas(values.areas)
            case "officers":
                association.officers = plain[name]  # type: ignore[assignment] # a list of pairs
            case _:
                setattr(association, name, getattr(values, name))
    # Areas stand in a table of their own: without this the version would not see them change.
    flag_modified(association, "name")


def withdraw_change(*, actor: Actor, association_id: int, change_id: int) -> AssociationChange:
    """Take back a change that waits; raises `ChangeAnsweredError` when it no longer does."""
    _find_change(association_id, change_id)
    try:
        withdraw_case(actor=actor, kind=CaseKind.PROFILE_EDIT, subject_id=change_id)
    except NotFoundError as error:
        raise ChangeAnsweredError from error
    change = _lock_change(change_id)
    if change.state is not ChangeState.PENDING:
        raise ChangeAnsweredError
    change.state = ChangeState.WITHDRAWN
    association = lock_association(association_id)
    # Who has the form open in another tab is told: what can be edited is other now.
    flag_modified(association, "name")
    session().flush()
    _record(actor, association, "withdraw_change", change, on_behalf_of=association.name)
    return change


def restore_change(*, actor: Actor, association_id: int, change_id: int) -> list[AssociationChange]:
    """Bring back what stood there before a change; what the office checks waits for it again.

    Raises `NotFoundError`, `NothingToRestoreError`, `ForbiddenStepError` for a change that never
    took effect, `ChangePendingError`.
    """
    association = lock_association(association_id)
    change = _find_change(association_id, change_id)
    if change.state not in {ChangeState.APPLIED, ChangeState.APPROVED}:
        raise ForbiddenStepError
    present = profile_of(association)
    values = with_json(present, change.before)
    if values == present:
        raise NothingToRestoreError
    association.profile_updated_on = local_today()
    return write_changes(actor=actor, association=association, values=values, restores_id=change.id)


def apply_change_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Do what staff decided: accepted, the change is written onto the profile as it is now.

    Raises `RuleBrokenError` when another association has the tax code by now, and for who
    represents the association: a colleague decides (Law 241/1990, art. 6-bis).
    """
    change = _lock_change(case.subject_id)
    if change.state is not ChangeState.PENDING:
        raise ForbiddenStepError
    association = lock_association(change.association_id)
    if association.id in actor.association_ids:
        raise RuleBrokenError(OWN_ASSOCIATION)
    is_accepted = action is CaseAction.ACCEPT
    if is_accepted:
        _accept(association, change)
    else:
        flag_modified(association, "name")
    change.state = ChangeState.APPROVED if is_accepted else ChangeState.REFUSED
    change.decided_at = utc_now()
    session().flush()
    _record(actor, association, f"change_{change.state}", change)
    readers = {case.asked_by_id, *(r.user_id for r in list_representatives(association.id))}
    for user_id, reader in recipients_of(readers - {actor.id}).items():
        mail_change_decided(
            change=change, association=association, reason=reason, user_id=user_id, reader=reader
        )


def _accept(association: Association, change: AssociationChange) -> None:
    values = with_json(profile_of(association), change.after)
    if values.municipality_code != CITY_CODE:
        values = replace(values, district_id=None)
    _check_tax_code_is_free(association, values)
    write_fields(association, values, [*change.after, "district_id"])


def _check_may_wait(association: Association, values: ProfileValues) -> None:
    waits = session().scalar(
        select(AssociationChange.id).where(
            AssociationChange.association_id == association.id,
            AssociationChange.state == ChangeState.PENDING,
        )
    )
    if waits is not None:
        raise ChangePendingError
    _check_tax_code_is_free(association, values)


def _check_tax_code_is_free(association: Association, values: ProfileValues) -> None:
    other = session().scalar(
        select(Association.id).where(
            Association.tax_code == values.tax_code, Association.id != association.id
        )
    )
    if other is not None:
        raise RuleBrokenError(TAX_CODE_TAKEN, "tax_code")


def _follow_up(actor: Actor, association: Association, change: AssociationChange) -> None:
    """Write the step; what waits goes into the queue."""
    if change.state is ChangeState.PENDING:
        open_case(
            actor=actor,
            kind=CaseKind.PROFILE_EDIT,
            subject_id=change.id,
            title=association.name,
            on_behalf_of=association.name,
            district_id=association.district_id,
        )
        step = "ask_change"
    else:
        step = "restore_profile" if change.restores_id else "edit_profile"
    _record(actor, association, step, change, on_behalf_of=association.name)


def _record(
    actor: Actor,
    association: Association,
    action: str,
    change: AssociationChange,
    on_behalf_of: str | None = None,
) -> None:
    record_step(
        actor=actor,
        subject_kind=ASSOCIATION_HISTORY,
        subject_id=association.id,
        action=action,
        note=" ".join(change.after),
        on_behalf_of=on_behalf_of,
    )


def _find_change(association_id: int, change_id: int) -> AssociationChange:
    change = session().get(AssociationChange, change_id, populate_existing=True)
    if change is None or change.association_id != association_id:
        raise NotFoundError
    return change


def _lock_change(change_id: int) -> AssociationChange:
    change = session().scalar(
        select(AssociationChange)
        .where(AssociationChange.id == change_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if change is None:
        raise NotFoundError
    return change


def _areas(codes: tuple[str, ...]) -> list[ActivityArea]:
    return list(session().scalars(select(ActivityArea).where(ActivityArea.code.in_(codes))))
