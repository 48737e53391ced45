"""Forms of the registry: the steps of a request, a claim, an association's profile."""

from portal.registry.forms.administration import (
    CertifiedEmailForm,
    MergeForm,
    NoticeForm,
    PeriodForm,
    ReasonForm,
    RemovalForm,
)
from portal.registry.forms.associations import (
    ClaimForm,
    ConfirmForm,
    area_choices,
    district_choices,
)
from portal.registry.forms.people import (
    LEAVE,
    AcceptInvitationForm,
    AddPersonForm,
    ClaimCodeForm,
    HandOverForm,
    InterventionForm,
    InvitationForm,
)
from portal.registry.forms.profile import LogoForm, ProfileForm
from portal.registry.forms.requests import (
    STEP_FORMS,
    RequestDocumentsForm,
    RequestStepForm,
    SendRequestForm,
)

__all__ = [
    "LEAVE",
    "STEP_FORMS",
    "AcceptInvitationForm",
    "AddPersonForm",
    "CertifiedEmailForm",
    "ClaimCodeForm",
    "ClaimForm",
    "ConfirmForm",
    "HandOverForm",
    "InterventionForm",
    "InvitationForm",
    "LogoForm",
    "MergeForm",
    "NoticeForm",
    "PeriodForm",
    "ProfileForm",
    "ReasonForm",
    "RemovalForm",
    "RequestDocumentsForm",
    "RequestStepForm",
    "SendRequestForm",
    "area_choices",
    "district_choices",
]
