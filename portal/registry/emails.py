"""Mails of the registry: what arrived, what was decided and why, who else represents."""

from portal.accounts.queries import Recipient
from portal.core.mail import absolute_url, queue_mail
from portal.moderation.models import Case
from portal.moderation.states import CaseAction
from portal.registry.models import Association, Claim, ImportRun

_EVENTS = {
    CaseAction.ACCEPT: "accepted",
    CaseAction.RETURN: "returned",
    CaseAction.REFUSE: "refused",
}


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


def _mail(template: str, *, key: str, reader: Recipient, **context: object) -> None:
    queue_mail(
        event_key=key,
        to=reader.email,
        template=template,
        locale=reader.locale,
        reader=reader.name,
        **context,
    )
