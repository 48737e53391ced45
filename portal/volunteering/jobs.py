"""What the worker does for R+."""

from sqlalchemy import select

from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.jobs import defer, job
from portal.volunteering.models import SignUp
from portal.volunteering.services import lapse_offers
from portal.volunteering.states import SignUpState


@job("find_lapsed_offers", cron="* * * * *", retries=None)
def find_lapsed_offers(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Find the shifts with offers whose time is over; each is a job of its own."""
    due = session().scalars(
        select(SignUp.shift_id)
        .where(SignUp.state == SignUpState.OFFERED, SignUp.offer_until_at <= utc_now())
        .group_by(SignUp.shift_id)
        .order_by(SignUp.shift_id)
    )
    for shift_id in due:
        defer("lapse_offers", queueing_lock=f"lapse_offers:{shift_id}", shift_id=shift_id)


@job("lapse_offers")
def lapse_offers_of_shift(*, shift_id: int) -> None:
    """Offer on the places of one shift that nobody took in time."""
    lapse_offers(shift_id=shift_id)
