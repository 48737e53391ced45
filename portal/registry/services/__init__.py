"""What can be done with the registry."""

from portal.registry.services.activity_areas import load_activity_areas
from portal.registry.services.changes import (
    ChangeAnsweredError,
    ChangePendingError,
    NothingToRestoreError,
    apply_change_decision,
    restore_change,
    withdraw_change,
)
from portal.registry.services.claim_codes import (
    NoCodeError,
    WrongCodeError,
    claim_with_code,
    send_claim_code,
)
from portal.registry.services.claims import (
    apply_claim_decision,
    claim_association,
    resubmit_claim,
    withdraw_claim,
)
from portal.registry.services.freshness import (
    CannotReturnError,
    confirm_by_link,
    confirm_profile,
    remind_confirmations,
    return_to_registry,
)
from portal.registry.services.import_associations import import_associations
from portal.registry.services.import_report import (
    ImportReport,
    RowOutcome,
    describe_report,
    report_unreadable,
)
from portal.registry.services.import_runs import (
    AnotherImportError,
    apply_import_run,
    check_import_run,
    discard_import_run,
    discard_old_import_runs,
    start_import,
    upload_list,
)
from portal.registry.services.interventions import add_person_by_office, intervene
from portal.registry.services.invitations import (
    accept_invitation,
    decline_invitation,
    invite_person,
    resend_invitation,
    withdraw_invitation,
)
from portal.registry.services.people import (
    PeopleRefusedError,
    change_role,
    hand_over,
    leave_association,
    remove_person,
)
from portal.registry.services.profile import (
    ProfileChangedError,
    SavedProfile,
    remove_logo,
    save_logo,
    update_profile,
)
from portal.registry.services.representatives import add_representative
from portal.registry.services.request_documents import (
    remove_request_document,
    save_request_documents,
)
from portal.registry.services.request_drafts import StepChangedError, save_request_step
from portal.registry.services.request_steps import follow_request_case
from portal.registry.services.requests import (
    ALREADY_LISTED,
    IncompleteRequestError,
    apply_request_decision,
    discard_draft,
    submit_request,
    withdraw_request,
)
from portal.registry.services.slugs import unused_slug

__all__ = [
    "ALREADY_LISTED",
    "AnotherImportError",
    "CannotReturnError",
    "ChangeAnsweredError",
    "ChangePendingError",
    "ImportReport",
    "IncompleteRequestError",
    "NoCodeError",
    "NothingToRestoreError",
    "PeopleRefusedError",
    "ProfileChangedError",
    "RowOutcome",
    "SavedProfile",
    "StepChangedError",
    "WrongCodeError",
    "accept_invitation",
    "add_person_by_office",
    "add_representative",
    "apply_change_decision",
    "apply_claim_decision",
    "apply_import_run",
    "apply_request_decision",
    "change_role",
    "check_import_run",
    "claim_association",
    "claim_with_code",
    "confirm_by_link",
    "confirm_profile",
    "decline_invitation",
    "describe_report",
    "discard_draft",
    "discard_import_run",
    "discard_old_import_runs",
    "follow_request_case",
    "hand_over",
    "import_associations",
    "intervene",
    "invite_person",
    "leave_association",
    "load_activity_areas",
    "remind_confirmations",
    "remove_logo",
    "remove_person",
    "remove_request_document",
    "report_unreadable",
    "resend_invitation",
    "restore_change",
    "resubmit_claim",
    "return_to_registry",
    "save_logo",
    "save_request_documents",
    "save_request_step",
    "send_claim_code",
    "start_import",
    "submit_request",
    "unused_slug",
    "update_profile",
    "upload_list",
    "withdraw_change",
    "withdraw_claim",
    "withdraw_invitation",
    "withdraw_request",
]
