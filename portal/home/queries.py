"""What the pages across the features show, put together from the features' own queries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import local_today, to_local
from portal.core.database import session
from portal.core.sign_ups import SignUpState
from portal.laboratories import queries as laboratories
from portal.laboratories.queries import LaboratoryRow, MyProposalRow, ProposalRow
from portal.laboratories.queries.registrations import RegistrationRow, list_registrations_of
from portal.laboratories.states import ProposalState
from portal.moderation import queries as moderation
from portal.moderation.queries import CaseRow, QueueFigures
from portal.moderation.states import CaseState
from portal.places import queries as places
from portal.places.queries.initiatives import search_initiatives
from portal.registry import queries as registry
from portal.registry.models import Association
from portal.registry.queries import RepresentedRow, RequestRow
from portal.registry.queries.figures import OpenNow, count_open
from portal.registry.states import AssociationState, RequestState
from portal.volunteering import queries as volunteering
from portal.volunteering.queries import EnrolmentRow, ShiftRow, SignUpRow
from portal.volunteering.queries.hours import YearTotal, list_hours_totals, sum_hours
from portal.volunteering.states import EnrolmentState, ShiftState

HITS_SHOWN = 5
MOST_HITS = 50
"""What is counted exactly; beyond it a group says "more than 50"."""

SHIFTS_SHOWN, LABORATORIES_SHOWN, NEWS_SHOWN = 3, 2, 4

Find = Callable[..., Sequence[Any]]

GROUPS: tuple[tuple[str, Find], ...] = (
    ("shifts", volunteering.search_shifts),
    ("laboratories", laboratories.search_laboratories),
    ("proposals", laboratories.search_proposals),
    ("initiatives", search_initiatives),
    ("places", places.search_places),
)
"""What is searched besides associations, in the order of the page, each by one query."""


@dataclass(frozen=True)
class HitGroup:
    """What one kind of thing gave for a search."""

    name: str
    """`associations` or a name of `GROUPS`."""
    hits: Sequence[Any]
    """At most `HITS_SHOWN` rows of the feature."""
    number: int
    """How many were found, as far as they were counted."""
    is_more: bool
    """True when there are more than `number`."""
    corrected_text: str | None = None
    """The words that were searched instead, where those typed found nothing."""


def search_portal(text: str) -> list[HitGroup]:
    """Return what fits `text` by kind, without the kinds that found nothing."""
    if not text:
        return []
    groups = [_search(name, find, text) for name, find in GROUPS]
    groups.insert(-1, _search_associations(text))
    return [group for group in groups if group.hits]


def _search(name: str, find: Find, text: str) -> HitGroup:
    found = find(text, limit=MOST_HITS + 1)
    return HitGroup(name, found[:HITS_SHOWN], min(len(found), MOST_HITS), len(found) > MOST_HITS)


def _search_associations(text: str) -> HitGroup:
    # The registry forgives typing errors and counts by itself.
    found = registry.find_in_directory(registry.AssociationFilter(text=text), page=1)
    return HitGroup(
        "associations",
        found.page.rows[:HITS_SHOWN],
        found.page.total,
        found.is_more,
        found.corrected_text,
    )


@dataclass(frozen=True)
class NewMemberRow:
    """An association that entered the registry."""

    slug: str
    name: str
    enrolled_on: date


@dataclass(frozen=True)
class NewsItem:
    """Something that happened lately."""

    kind: str
    """`proposal` or `association`."""
    on: date
    row: ProposalRow | NewMemberRow


@dataclass(frozen=True)
class FrontPage:
    """What the front page shows; every number is a count."""

    shifts_this_week: int
    """Shifts of the next seven days that lack people."""
    open_shifts: int
    open_laboratories: int
    associations: int
    places: int
    next_shifts: list[ShiftRow]
    laboratories: list[LaboratoryRow]
    news: list[NewsItem]
    """Published proposals and new associations, the latest first."""


def load_front_page() -> FrontPage:
    """Return what the front page shows."""
    shifts = volunteering.count_shifts(days=7)
    open_laboratories = laboratories.list_open_laboratories(MOST_HITS)
    return FrontPage(
        shifts_this_week=shifts.needing_people,
        open_shifts=shifts.to_come,
        open_laboratories=len(open_laboratories),
        associations=registry.count_associations(),
        places=places.count_places(),
        next_shifts=volunteering.list_next_shifts(SHIFTS_SHOWN),
        laboratories=open_laboratories[:LABORATORIES_SHOWN],
        news=_list_news(),
    )


def _list_news() -> list[NewsItem]:
    proposals = laboratories.list_recent_published(NEWS_SHOWN)
    news = [NewsItem("proposal", to_local(p.published_at).date(), p) for p in proposals]
    news += [NewsItem("association", m.enrolled_on, m) for m in _list_new_members()]
    return sorted(news, key=lambda item: item.on, reverse=True)[:NEWS_SHOWN]


def _list_new_members() -> list[NewMemberRow]:
    rows = session().execute(
        select(Association.slug, Association.name, Association.enrolled_on)
        .where(Association.state == AssociationState.ENROLLED)
        .order_by(Association.enrolled_on.desc(), Association.id.desc())
        .limit(NEWS_SHOWN)
    )
    return [NewMemberRow(slug, name, on) for slug, name, on in rows if on is not None]


@dataclass(frozen=True)
class PersonalArea:
    """What a person's own page shows."""

    returned: list[CaseRow]
    """Sent back, or asked about: it is the person's turn."""
    draft_enrolment: EnrolmentRow | None
    draft_requests: list[RequestRow]
    draft_proposals: list[MyProposalRow]
    offered: list[SignUpRow]
    """Places that are kept until the person answers, the nearest first."""
    asked: list[SignUpRow]
    """Shifts within two days: is the person coming?"""
    waiting: list[SignUpRow]
    """Places on waiting lists, the nearest first."""
    dates: list[SignUpRow]
    """Places taken in shifts to come, the nearest first; cancelled ones too."""
    meeting_offers: list[RegistrationRow]
    """The same for meetings of laboratories."""
    meetings: list[RegistrationRow]
    """Places taken or waited for in meetings to come, the nearest first; cancelled ones too."""
    past: list[SignUpRow]
    cases: list[CaseRow]
    """Everything handed in, newest first."""
    hours: YearTotal
    """Hours of this year."""
    laboratory_of: Mapping[int, str]
    """Proposal id → slug of its laboratory, for addresses."""
    associations: list[RepresentedRow]
    is_tutor: bool
    """Whether the person looks after a project."""

    @property
    def to_do(self) -> int:
        """How many things wait for the person."""
        drafts = len(self.draft_requests) + len(self.draft_proposals)
        questions = len(self.offered) + len(self.asked) + len(self.meeting_offers)
        return len(self.returned) + drafts + questions + (self.draft_enrolment is not None)


def load_personal_area(user_id: int) -> PersonalArea:
    """Return what the page of this person shows; the same few queries however much there is."""
    cases = moderation.list_cases_of(user_id)
    sign_ups = volunteering.list_sign_ups_of(user_id)
    proposals = laboratories.list_proposals_of(user_id)
    meetings = list_registrations_of(user_id)
    enrolment = volunteering.find_enrolment_of(user_id)
    to_come = [s for s in sign_ups if not s.is_past]
    return PersonalArea(
        returned=[c for c in cases if c.state is CaseState.RETURNED or c.stands_still],
        draft_enrolment=enrolment
        if enrolment and enrolment.state is EnrolmentState.DRAFT
        else None,
        draft_requests=[
            r for r in registry.list_requests_of(user_id) if r.state is RequestState.DRAFT
        ],
        draft_proposals=[p for p in proposals if p.state is ProposalState.DRAFT],
        offered=[s for s in to_come if s.state is SignUpState.OFFERED],
        asked=[s for s in to_come if s.is_asked],
        waiting=[s for s in to_come if s.state is SignUpState.WAITING],
        dates=[s for s in to_come if s.state is SignUpState.CONFIRMED],
        meeting_offers=[m for m in meetings if m.state is SignUpState.OFFERED],
        meetings=[m for m in meetings if m.state is not SignUpState.OFFERED],
        past=[s for s in sign_ups if s.is_past and s.shift_state is ShiftState.OPEN],
        cases=cases,
        hours=sum_hours(list_hours_totals(user_id), local_today().year),
        laboratory_of={p.id: p.laboratory_slug for p in proposals},
        associations=registry.list_associations_of(user_id),
        is_tutor=volunteering.is_tutor(user_id),
    )


@dataclass(frozen=True)
class Desk:
    """What waits for the office today."""

    queue: QueueFigures
    registry: OpenNow | None
    """None for who does not look after the registry."""


def load_desk(actor: Actor, *, with_registry: bool) -> Desk:
    """Return what waits for who works in the office."""
    return Desk(
        queue=moderation.count_queue(actor=actor),
        registry=count_open() if with_registry else None,
    )
