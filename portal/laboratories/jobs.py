"""What the worker does for laboratories."""

from portal.core.jobs import job
from portal.laboratories import services


@job("tell_supporters")
def tell_supporters(*, proposal_id: int) -> None:
    """Tell who supports a proposal that it says something else now."""
    services.tell_supporters(proposal_id=proposal_id)
