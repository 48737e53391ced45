"""What the worker does for agreements."""

from portal.core.jobs import job
from portal.laboratories.services import agreement_documents


@job("make_agreement_document")
def make_agreement_document(*, version_id: int) -> None:
    """Make the PDF of an agreement anew, with whoever has signed by now."""
    agreement_documents.make_agreement_document(version_id=version_id)
