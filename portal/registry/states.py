"""Kinds of association, their states in the registry, and what follows what."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class AssociationKind(StrEnum):
    """What an association is before the law, as far as the registry knows."""

    ETS_ONLUS = "ets_onlus"
    """A body of the third sector or an ONLUS, without knowing which."""
    ODV = "odv"
    APS = "aps"
    ASD = "asd"
    OTHER = "other"


class RuntsSection(StrEnum):
    """Section of the national register of the third sector (Decree 117/2017, art. 46)."""

    ODV = "odv"
    APS = "aps"
    PHILANTHROPIC = "ef"
    SOCIAL_ENTERPRISE = "is"
    NETWORK = "rete"
    MUTUAL_AID = "sms"
    OTHER = "ets"


class AssociationState(StrEnum):
    """Where an association is in the registry."""

    LISTED = "listed"
    """Known from a public list only; nobody looks after its profile."""
    ENROLLED = "enrolled"
    """Asked to be included, or claimed its profile, and was accepted."""
    REMOVED = "removed"
    """No longer public; kept, so that an import does not bring it back."""


class AssociationAction(StrEnum):
    """What can be done with an association."""

    ENROL = "enrol"
    REMOVE = "remove"
    RESTORE = "restore"
    """Come back after a removal, as it was."""
    RELIST = "relist"
    """The same for one that was only ever known from a public list."""


_S, _A = AssociationState, AssociationAction
ASSOCIATION_TRANSITIONS: Transitions[AssociationState, AssociationAction] = Transitions(
    {
        (_S.LISTED, _A.ENROL): _S.ENROLLED,
        (_S.LISTED, _A.REMOVE): _S.REMOVED,
        (_S.ENROLLED, _A.REMOVE): _S.REMOVED,
        # Removed by mistake or out of date, and asking again.
        (_S.REMOVED, _A.ENROL): _S.ENROLLED,
        # Removed, and the reason is gone.
        (_S.REMOVED, _A.RESTORE): _S.ENROLLED,
        (_S.REMOVED, _A.RELIST): _S.LISTED,
    }
)


class RequestState(StrEnum):
    """Where a request to be included is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


class RequestAction(StrEnum):
    """What can be done with a request or a claim."""

    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    FREEZE = "freeze"
    """Nobody completed it in time: what was handed in stands."""
    ARCHIVE = "archive"


OPEN_REQUEST_STATES = (RequestState.SUBMITTED, RequestState.RETURNED)
"""Handed in and not ended yet."""

_R, _D = RequestState, RequestAction
REQUEST_TRANSITIONS: Transitions[RequestState, RequestAction] = Transitions(
    {
        (_R.DRAFT, _D.SUBMIT): _R.SUBMITTED,
        (_R.SUBMITTED, _D.ACCEPT): _R.ACCEPTED,
        (_R.SUBMITTED, _D.RETURN): _R.RETURNED,
        (_R.SUBMITTED, _D.REFUSE): _R.REFUSED,
        (_R.SUBMITTED, _D.WITHDRAW): _R.WITHDRAWN,
        # Returned: the applicant mends it and hands it in again, or lets it be.
        (_R.RETURNED, _D.SUBMIT): _R.SUBMITTED,
        (_R.RETURNED, _D.WITHDRAW): _R.WITHDRAWN,
        (_R.RETURNED, _D.FREEZE): _R.SUBMITTED,
        (_R.SUBMITTED, _D.ARCHIVE): _R.ARCHIVED,
        (_R.RETURNED, _D.ARCHIVE): _R.ARCHIVED,
    }
)


class RequestStep(StrEnum):
    """The steps of the form, as they stand in its addresses; the summary follows."""

    IDENTITY = "associazione"
    ACTIVITY = "attivita"
    CONTACTS = "recapiti"
    PEOPLE = "persone"
    DOCUMENTS = "documenti"
    DECLARATION = "dichiarazione"


class RepresentativeRole(StrEnum):
    """What a representative may do."""

    MANAGER = "manager"
    """Speaks for the association, and will say who else does."""
    EDITOR = "editor"
    """Keeps the profile up to date."""


class DocumentKind(StrEnum):
    """Documents that a request brings along."""

    DEED = "deed"
    """Atto costitutivo."""
    BYLAWS = "bylaws"
    """Statuto."""
    ACTIVITY_REPORT = "activity_report"
    """Relazione sulle attività."""


class ChangeState(StrEnum):
    """Where a change of a profile is."""

    APPLIED = "applied"
    """Public at once: nothing in it needs a check."""
    PENDING = "pending"
    """Waits for the office; the version of before stays public."""
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class InvitationState(StrEnum):
    """Where an invitation to represent an association is; whether it is out of date is computed."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RemovalCause(StrEnum):
    """Why an association leaves the registry."""

    STALE = "stale"
    """Nobody confirmed for too long that its page is right."""
    REQUIREMENTS = "requirements"
    """It no longer has what the registry asks for."""
    OWN_WISH = "own_wish"
    DUPLICATE = "duplicate"
    OTHER = "other"


class NoticeState(StrEnum):
    """Where a notice of removal is."""

    PENDING = "pending"
    WITHDRAWN = "withdrawn"
    DONE = "done"


class ImportState(StrEnum):
    """Where an import in the browser is."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    """Its report waits for somebody to apply or discard it."""
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    """Nothing was taken from it; its problem says why."""
    DISCARDED = "discarded"


class ImportAction(StrEnum):
    """What can be done with an import in the browser."""

    CHECK = "check"
    APPLY = "apply"
    FINISH = "finish"
    FAIL = "fail"
    DISCARD = "discard"


_I, _W = ImportState, ImportAction
IMPORT_TRANSITIONS: Transitions[ImportState, ImportAction] = Transitions(
    {
        (_I.UPLOADED, _W.CHECK): _I.CHECKED,
        (_I.UPLOADED, _W.FAIL): _I.FAILED,
        (_I.UPLOADED, _W.DISCARD): _I.DISCARDED,
        (_I.CHECKED, _W.APPLY): _I.APPLYING,
        (_I.CHECKED, _W.DISCARD): _I.DISCARDED,
        (_I.APPLYING, _W.FINISH): _I.APPLIED,
        (_I.APPLYING, _W.FAIL): _I.FAILED,
    }
)
