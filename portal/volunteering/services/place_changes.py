"""A project moves to another place, and its shifts with it."""

from portal.core.access import Actor
from portal.core.database import session
from portal.core.history import record_steps
from portal.core.text import slugify
from portal.volunteering.emails.shifts import Change, ShiftLook, ShiftNews, mail_shift_changed
from portal.volunteering.models import VolunteeringProject
from portal.volunteering.services.shift_news import lock_shifts_to_come, look_of, tell_signed_up

Where = tuple[str, str | None]


def same_place(before: Where, now: Where) -> bool:
    """Say whether two places read alike but for accents, capitals and punctuation."""
    return [slugify(part or "") for part in before] == [slugify(part or "") for part in now]


def tell_of_new_place(*, actor: Actor, project: VolunteeringProject, before: Where) -> None:
    """Tell who is signed up for shifts at the project's own place that it is another one."""
    shifts = [s for s in lock_shifts_to_come(project.id) if s.place_name is None]
    news = []
    for shift in shifts:
        now = look_of(shift, project)
        own_address = shift.address or before[1]
        was = ShiftLook(shift.starts_at, shift.ends_at, before[0], own_address)
        news.append(ShiftNews(shift.id, was, now))
        shift.version += 1
    session().flush()
    record_steps(
        actor=actor,
        subject_kind="shift",
        action="move",
        steps=[{"subject_id": s.id, "to_state": s.state} for s in shifts],
    )
    tell_signed_up(
        actor=actor,
        news=news,
        mail=mail_shift_changed,
        change=Change(f"volunteering_project:{project.id}:moved:{project.version}", project),
    )
