"""What is still missing in a request: one pure rule for the page, the service and the tests."""

from collections.abc import Mapping
from typing import Any

from portal.registry.states import RequestStep

FIELDS_OF_STEP: Mapping[RequestStep, tuple[str, ...]] = {
    RequestStep.IDENTITY: ("name", "acronym", "tax_code", "kind"),
    RequestStep.ACTIVITY: ("municipality_code", "district_id", "areas", "description"),
    RequestStep.CONTACTS: (
        "email", "is_email_public", "phone", "is_phone_public", "website", "address",
        "is_address_public",
    ),
    RequestStep.DECLARATION: ("applicant_role", "has_declared"),
}  # fmt: skip
"""What each step of the form asks."""

NEEDED = frozenset(
    {
        *("name", "tax_code", "kind", "municipality_code", "areas", "description"),
        *("email", "applicant_role", "has_declared"),
    }
)
"""What a request cannot be handed in without (and the database's CHECK with it)."""


def incomplete_steps(request: Any) -> list[RequestStep]:  # noqa: ANN401 - a model or a row
    """Return the steps of `request` (None: nothing written yet) that still miss something."""
    return [
        step
        for step, fields in FIELDS_OF_STEP.items()
        if any(field in NEEDED and not getattr(request, field, None) for field in fields)
    ]
