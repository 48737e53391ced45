"""Mails about who represents an association: invited, joined, changed, gone, claimed by a code."""

from typing import Any

from portal.accounts.queries import Recipient
from portal.core.clock import utc_now
from portal.core.mail import absolute_url, queue_mail
from portal.core.signed_links import sign
from portal.registry.models import Association, ClaimCode, Invitation
from portal.registry.people import Intervention
from portal.registry.states import RepresentativeRole

INVITATION = "invitation"
"""Purpose of the links that invitations carry."""


def mail_invitation(*, invitation: Invitation, association: Association, inviter: str) -> None:
    """Invite somebody, known to the portal or not: the words are the same for both."""
    queue_mail(
        event_key=f"representative_invitation:{invitation.id}:{invitation.expires_at.isoformat()}",
        to=invitation.email,
        template="registry/invitation",
        name=association.name,
        inviter=inviter,
        role=invitation.role,
        expires_at=invitation.expires_at,
        address=absolute_url("registry.show_invitation", token=sign(INVITATION, invitation.id)),
    )


def mail_invitation_accepted(
    *,
    association: Association,
    invitation: Invitation,
    person: str,
    reader_id: int,
    reader: Recipient,
) -> None:
    """Tell a manager that somebody who was invited is there."""
    _mail(
        "registry/invitation_accepted",
        key=f"representative_invitation:{invitation.id}:accepted:{reader_id}",
        reader=reader,
        association=association,
        person=person,
        role=invitation.role,
    )


def mail_role_changed(
    *,
    association: Association,
    representative_id: int,
    role: RepresentativeRole,
    person: str,
    reader: Recipient,
) -> None:
    """Tell somebody that `person` gave them another role."""
    _mail(
        "registry/role_changed",
        key=_moment_key(representative_id, f"role:{role}"),
        reader=reader,
        association=association,
        person=person,
        role=role,
    )


def mail_person_removed(
    *, association: Association, representative_id: int, person: str, reader: Recipient
) -> None:
    """Tell somebody that `person` removed them: they no longer look after the page."""
    queue_mail(
        event_key=f"association_representative:{representative_id}:removed",
        to=reader.email,
        template="registry/person_removed",
        locale=reader.locale,
        reader=reader.name,
        name=association.name,
        person=person,
        address=absolute_url("home.show_how_it_works") + "#sportello",
    )


def mail_person_left(
    *,
    association: Association,
    representative_id: int,
    person: str,
    reader_id: int,
    reader: Recipient,
) -> None:
    """Tell a manager that `person` has left."""
    _mail(
        "registry/person_left",
        key=f"association_representative:{representative_id}:left:{reader_id}",
        reader=reader,
        association=association,
        person=person,
    )


def mail_role_handed_over(
    *,
    association: Association,
    representative_id: int,
    person: str,
    heir: str,
    is_heir: bool,
    reader_id: int,
    reader: Recipient,
) -> None:
    """Tell who is responsible now, and the other managers, that `person` handed the role over."""
    _mail(
        "registry/role_handed_over",
        key=_moment_key(representative_id, f"handed_over:{reader_id}"),
        reader=reader,
        association=association,
        person=person,
        heir=heir,
        is_heir=is_heir,
    )


def mail_staff_intervened(
    *,
    association: Association,
    act: Intervention,
    person: str,
    heir: str | None,
    reason: str,
    reader_id: int,
    reader: Recipient,
) -> None:
    """Tell somebody of an association what the office did with its people, and why."""
    queue_mail(
        event_key=f"association:{association.id}:intervened:{_moment()}:{reader_id}",
        to=reader.email,
        template="registry/staff_intervened",
        locale=reader.locale,
        reader=reader.name,
        name=association.name,
        act=act,
        person=person,
        heir=heir,
        reason=reason,
        address=absolute_url("home.show_personal_area"),
    )


def mail_claim_code(
    *, association: Association, claim_code: ClaimCode, code: str, person: str
) -> None:
    """Send the code to the certified e-mail of the association."""
    queue_mail(
        event_key=f"registry_claim_code:{claim_code.id}:{claim_code.sent_at.isoformat()}",
        to=association.certified_email or "",
        template="registry/claim_code",
        name=association.name,
        code=code,
        person=person,
        expires_at=claim_code.expires_at,
    )


def mail_claim_handed_over(
    *, association: Association, claim_id: int, person: str, reader: Recipient
) -> None:
    """Confirm to who typed the code that the page is theirs to look after."""
    _mail(
        "registry/claim_handed_over",
        key=f"registry_claim:{claim_id}:handed_over",
        reader=reader,
        association=association,
        person=person,
    )


def mail_code_used(*, association: Association, claim_id: int, person: str) -> None:
    """Tell the association, at its certified e-mail, who looks after its page from now on."""
    queue_mail(
        event_key=f"registry_claim:{claim_id}:code_used",
        to=association.certified_email or "",
        template="registry/code_used",
        name=association.name,
        person=person,
        address=absolute_url("registry.show_association", slug=association.slug),
    )


def _mail(
    template: str,
    *,
    key: str,
    reader: Recipient,
    association: Association,
    **context: Any,  # noqa: ANN401 - what the template asks for
) -> None:
    queue_mail(
        event_key=key,
        to=reader.email,
        template=template,
        locale=reader.locale,
        reader=reader.name,
        name=association.name,
        address=absolute_url("registry.show_desk", slug=association.slug),
        **context,
    )


def _moment_key(representative_id: int, event: str) -> str:
    """What can happen to a person more than once is told by when it did."""
    return f"association_representative:{representative_id}:{event}:{_moment()}"


def _moment() -> str:
    return utc_now().isoformat()
