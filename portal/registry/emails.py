"""Mails of the registry: what arrived, what was decided and why, who else represents."""

from datetime import date
from typing import Any

from portal.accounts.queries import Recipient
from portal.core.mail import absolute_url, queue_mail
from portal.moderation.models import Case
from portal.moderation.states import CaseAction
from portal.registry.freshness import Reminder, stale_from
from portal.registry.models import (
    Association,
    AssociationChange,
    Claim,
    ImportRun,
    RegistryRequest,
    RemovalNotice,
)
from portal.registry.states import ChangeState

_EVENTS = {
    CaseAction.ACCEPT: "accepted",
    CaseAction.RETURN: "returned",
    CaseAction.REFUSE: "refused",
}


def mail_removal_notice(
    *, association: Association, notice: RemovalNotice, reader_id: int, reader: Recipient
) -> None:
    """Tell who represents an association that it will leave the registry, when and why."""
    _mail(
        "registry/removal_notice",
        key=f"removal_notice:{notice.id}:given:{reader_id}",
        reader=reader,
        name=association.name,
        cause=notice.cause,
        reason=notice.reason,
        effective_on=notice.effective_on,
        address=absolute_url("registry.show_desk", slug=association.slug),
    )


def mail_notice_withdrawn(
    *,
    association: Association,
    notice: RemovalNotice,
    reason: str,
    reader_id: int,
    reader: Recipient,
) -> None:
    """Tell them that it stays after all."""
    _mail(
        "registry/removal_notice_withdrawn",
        key=f"removal_notice:{notice.id}:withdrawn:{reader_id}",
        reader=reader,
        name=association.name,
        reason=reason,
        address=absolute_url("registry.show_desk", slug=association.slug),
    )


def mail_removed(
    *, association: Association, reason: str, reader_id: int, reader: Recipient
) -> None:
    """Tell them that it has left the registry, why, and how it comes back."""
    _mail(
        "registry/removed",
        key=f"association:{association.id}:removed:{association.version}:{reader_id}",
        reader=reader,
        name=association.name,
        reason=reason,
        address=absolute_url("registry.show_desk", slug=association.slug),
    )


def mail_restored(
    *, association: Association, reason: str, reader_id: int, reader: Recipient
) -> None:
    """Tell them that it is back."""
    _mail(
        "registry/restored",
        key=f"association:{association.id}:restored:{association.version}:{reader_id}",
        reader=reader,
        name=association.name,
        reason=reason,
        address=absolute_url("registry.show_desk", slug=association.slug),
    )


def mail_merged(
    *,
    survivor: Association,
    duplicate: Association,
    reason: str,
    reader_id: int,
    reader: Recipient,
) -> None:
    """Tell who represented either entry of a body that there is one now."""
    _mail(
        "registry/merged",
        key=f"association:{duplicate.id}:merged:{duplicate.version}:{reader_id}",
        reader=reader,
        name=survivor.name,
        other_name=duplicate.name,
        reason=reason,
        address=absolute_url("registry.show_desk", slug=survivor.slug),
    )


def mail_request_received(*, request: RegistryRequest, case: Case, reader: Recipient) -> None:
    """Confirm a request that was handed in, or handed in again, to who did it."""
    _mail(
        "registry/request_received",
        # A request that was returned comes in again, with a new term: one receipt each time.
        key=f"registry_request:{request.id}:received:{case.version}",
        reader=reader,
        name=request.name,
        number=case.case_number,
        due_on=case.due_on,
        address=absolute_url("registry.show_request", request_id=request.id),
    )


def mail_request_decided(
    *,
    request: RegistryRequest,
    association: Association | None,
    case: Case,
    action: CaseAction,
    reason: str,
    reader: Recipient,
) -> None:
    """Tell the applicant what was decided and why; after acceptance it leads to the desk."""
    _mail(
        f"registry/request_{_EVENTS[action]}",
        key=f"registry_request:{request.id}:{_EVENTS[action]}:{case.version}",
        reader=reader,
        name=request.name,
        reason=reason,
        address=(
            absolute_url("registry.show_desk", slug=association.slug)
            if association
            else absolute_url("registry.show_request", request_id=request.id)
        ),
    )


def mail_claim_received(*, claim: Claim, name: str, case: Case, reader: Recipient) -> None:
    """Confirm a claim that was handed in, or handed in again, to who did it."""
    _mail(
        "registry/claim_received",
        key=f"registry_claim:{claim.id}:received:{case.version}",
        reader=reader,
        name=name,
        number=case.case_number,
        due_on=case.due_on,
        address=absolute_url("registry.show_claim", claim_id=claim.id),
    )


def mail_claim_decided(
    *,
    claim: Claim,
    association: Association,
    case: Case,
    action: CaseAction,
    reason: str,
    reader: Recipient,
) -> None:
    """Tell the claimant what was decided and why; after acceptance it leads to the desk."""
    is_accepted = action is CaseAction.ACCEPT
    _mail(
        f"registry/claim_{_EVENTS[action]}",
        key=f"registry_claim:{claim.id}:{_EVENTS[action]}:{case.version}",
        reader=reader,
        name=association.name,
        reason=reason,
        address=(
            absolute_url("registry.show_desk", slug=association.slug)
            if is_accepted
            else absolute_url("registry.show_claim", claim_id=claim.id)
        ),
    )


def mail_representative_added(
    *, association: Association, representative_id: int, person: str, reader: Recipient
) -> None:
    """Tell who already represents an association that somebody else now does too."""
    _mail(
        "registry/representative_added",
        key=f"association_representative:{representative_id}:added:{reader.email}",
        reader=reader,
        name=association.name,
        person=person,
        address=absolute_url("registry.show_desk", slug=association.slug),
    )


def mail_import_applied(*, run: ImportRun, reader: Recipient) -> None:
    """Tell who uploaded or applied a list that the registry follows it now."""
    _mail(
        "registry/import_applied",
        key=f"import_run:{run.id}:applied:{reader.email}",
        reader=reader,
        run=run,
        address=absolute_url("registry.show_import", import_id=run.id),
    )


def mail_import_failed(*, run: ImportRun, reader: Recipient) -> None:
    """Tell who applied a list that it did not work and nothing has changed."""
    _mail(
        "registry/import_failed",
        key=f"import_run:{run.id}:failed:{reader.email}",
        reader=reader,
        run=run,
        address=absolute_url("registry.show_import", import_id=run.id),
    )


def mail_change_decided(
    *,
    change: AssociationChange,
    association: Association,
    reason: str,
    user_id: int,
    reader: Recipient,
) -> None:
    """Tell who represents an association what became of a change that waited, and why."""
    outcome = "approved" if change.state is ChangeState.APPROVED else "refused"
    _mail(
        f"registry/change_{outcome}",
        key=f"association_change:{change.id}:{outcome}:{user_id}",
        reader=reader,
        name=association.name,
        reason=reason,
        address=absolute_url("registry.list_changes", slug=association.slug),
    )


def confirmation_key(association_id: int, user_id: int, base_on: date, reminder: Reminder) -> str:
    """Name one reminder to one person about the year that began on `base_on`."""
    return f"association:{association_id}:confirm:{base_on}:{reminder}:{user_id}"


def mail_confirmation_reminder(
    *,
    association: Association,
    user_id: int,
    base_on: date,
    reminder: Reminder,
    token: str,
    reader: Recipient,
) -> None:
    """Ask whether everything is still right: one tap, without signing in."""
    _mail(
        f"registry/confirmation_{reminder}",
        key=confirmation_key(association.id, user_id, base_on, reminder),
        reader=reader,
        name=association.name,
        base_on=base_on,
        stale_on=stale_from(base_on),
        address=absolute_url("registry.show_confirmation", slug=association.slug, token=token),
        desk=absolute_url("registry.show_desk", slug=association.slug),
    )


def _mail(template: str, *, key: str, reader: Recipient, **context: Any) -> None:  # noqa: ANN401 - what the template asks for
    queue_mail(
        event_key=key,
        to=reader.email,
        template=template,
        locale=reader.locale,
        reader=reader.name,
        **context,
    )
