"""What is still missing in a request: one pure rule for the page, the service and the tests."""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

from portal.registry.states import DocumentKind, RequestStep

FIELDS_OF_STEP: Mapping[RequestStep, tuple[str, ...]] = {
    RequestStep.IDENTITY: ("name", "acronym", "tax_code", "kind"),
    RequestStep.ACTIVITY: (
        "municipality_code", "district_id", "areas", "description", "purposes", "audience",
        "meeting_times",
    ),
    RequestStep.CONTACTS: (
        "email", "is_email_public", "phone", "is_phone_public", "website", "address",
        "is_address_public", "certified_email",
    ),
    RequestStep.PEOPLE: ("legal_representative", "officers"),
    RequestStep.DOCUMENTS: (),
    RequestStep.DECLARATION: ("applicant_role", "has_declared"),
}  # fmt: skip
"""What each step of the form asks, as columns of the request; documents are rows of their own."""

NEEDED = frozenset(
    {
        *("name", "tax_code", "kind", "municipality_code", "areas", "description"),
        *("purposes", "email", "legal_representative", "applicant_role", "has_declared"),
    }
)
"""What a request cannot be handed in without (and the database's CHECK with it)."""


NEEDED_DOCUMENTS = (DocumentKind.DEED, DocumentKind.BYLAWS)
"""What shows that the body exists and is run by its members; the report says more, if there."""


def missing_documents(present: Collection[DocumentKind]) -> list[DocumentKind]:
    """Return the documents that a request cannot be handed in without and that are not there."""
    return [kind for kind in NEEDED_DOCUMENTS if kind not in present]


def incomplete_steps(
    request: Any,  # noqa: ANN401 - a model or a row
    documents: Collection[DocumentKind],
) -> list[RequestStep]:
    """Return the steps of `request` (None: nothing written yet) that still miss something.

    `documents` are the kinds that have been uploaded.
    """
    return [step for step in RequestStep if _misses_something(step, request, documents)]


def _misses_something(
    step: RequestStep,
    request: Any,  # noqa: ANN401 - a model or a row
    documents: Collection[DocumentKind],
) -> bool:
    if step is RequestStep.DOCUMENTS:
        return bool(missing_documents(documents))
    return any(
        field in NEEDED and not getattr(request, field, None) for field in FIELDS_OF_STEP[step]
    )


def fingerprint(step: RequestStep, written: Any) -> str:  # noqa: ANN401 - a model, a row, values
    """Return a short mark of what a step holds, to see whether another window has changed it.

    `written` has the step's fields as keys or as attributes; None: nothing written yet.
    """
    values = written if isinstance(written, Mapping) else None
    held = [
        (values.get(field) if values is not None else getattr(written, field, None)) or None
        for field in FIELDS_OF_STEP[step]
    ]
    return sha256(json.dumps(held).encode()).hexdigest()[:16]
