"""Drafting an agreement, freezing its text, opening it for signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step, take_step
from portal.core.text import slugify
from portal.laboratories.models import Agreement, Laboratory, ProjectSheet
from portal.laboratories.policies.agreements import (
    AgreementGuard,
    find_text_guards,
)
from portal.laboratories.queries import signing as queries
from portal.laboratories.services.agreement_versions import freeze_version, tell_expected
from portal.laboratories.services.draft_marks import (
    AgreementChangedError,
    check_draft,
    hold_draft,
)
from portal.laboratories.states import (
    AGREEMENT_TRANSITIONS,
    EDITABLE_AGREEMENTS,
    SHEET_TRANSITIONS,
    SIGNED_AGREEMENTS,
    AgreementAction,
    SheetAction,
    SheetState,
)
from portal.territory.models import Neighbourhood

HISTORY = "agreement"
LONGEST_SLUG = 70


class AgreementGuardedError(RuleBrokenError):
    """An agreement cannot move on yet; `guards` say what is missing."""

    def __init__(self, guards: Sequence[AgreementGuard]) -> None:
        """Keep what is missing."""
        super().__init__(_l("The agreement cannot move on yet: something is missing."))
        self.guards = tuple(guards)


@dataclass(frozen=True)
class AgreementContent:
    """What the desk writes of an agreement."""

    title: str
    summary: str = ""
    premises: str = ""
    context: str = ""
    needs: str = ""
    objectives: str = ""
    key_project: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    sign_until: date | None = None


def start_agreement(*, actor: Actor, laboratory_id: int, content: AgreementContent) -> Agreement:
    """Begin the agreement of a laboratory, with the districts and neighbourhoods of today.

    While one is being written or signed there is no second: the same tap twice gives the first.
    """
    laboratory = session().get(Laboratory, laboratory_id, with_for_update=True)
    if laboratory is None:
        raise NotFoundError
    known = session().scalar(
        select(Agreement).where(
            Agreement.laboratory_id == laboratory_id, Agreement.state.not_in(SIGNED_AGREEMENTS)
        )
    )
    if known is not None:
        return known
    agreement = Agreement(
        laboratory=laboratory,
        slug=_free_slug(content.title),
        state_at=utc_now(),
        renews_id=laboratory.renews_id,
    )
    _write(agreement, content)
    agreement.districts = list(laboratory.districts)
    agreement.neighbourhoods = _neighbourhoods_today([d.id for d in agreement.districts])
    session().add(agreement)
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=agreement.id, action=AgreementAction.DRAFT,
        to_state=agreement.state,
    )  # fmt: skip
    return agreement


def save_agreement(
    *, actor: Actor, agreement_id: int, version: int, content: AgreementContent
) -> Agreement:
    """Save the texts and days while they can be written.

    Raises `AgreementChangedError` when another window saved since, `ForbiddenStepError` once the
    text is frozen.
    """
    agreement = lock_draft(agreement_id, version)
    _write(agreement, content)
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=agreement.id, action="write")
    return agreement


def choose_sheets(
    *, actor: Actor, agreement_id: int, version: int, sheet_ids: Sequence[int]
) -> Agreement:
    """Say which shared sheets of the laboratory belong to the agreement; others leave it."""
    agreement = lock_draft(agreement_id, version)
    candidates = session().scalars(
        select(ProjectSheet)
        .where(
            ProjectSheet.laboratory_id == agreement.laboratory_id,
            ProjectSheet.state == SheetState.SHARED,
            or_(ProjectSheet.agreement_id.is_(None), ProjectSheet.agreement_id == agreement.id),
        )
        .order_by(ProjectSheet.id)
        .with_for_update()
    )
    for sheet in candidates:
        sheet.agreement_id = agreement.id if sheet.id in sheet_ids else None
    agreement.updated_at = utc_now()
    session().flush()
    session().expire(agreement, ["sheets"])
    record_step(actor=actor, subject_kind=HISTORY, subject_id=agreement.id, action="choose_sheets")
    return agreement


def move_sheet(*, actor: Actor, agreement_id: int, sheet_id: int, up: bool) -> Agreement:
    """Put a sheet one place up or down among those of an agreement; at the end it stays.

    The order is that of the page, of the frozen text and of its PDF. Raises `NotFoundError` for a
    sheet that is not of the agreement, `ForbiddenStepError` once the text is frozen.
    """
    agreement = lock_agreement(agreement_id)
    if agreement.state not in EDITABLE_AGREEMENTS:
        raise ForbiddenStepError
    found = session().scalars(
        select(ProjectSheet)
        .where(ProjectSheet.laboratory_id == agreement.laboratory_id)
        .order_by(ProjectSheet.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    of_laboratory = sorted(found, key=lambda sheet: (sheet.position, sheet.id))
    own = [sheet for sheet in of_laboratory if sheet.agreement_id == agreement.id]
    place = next((n for n, sheet in enumerate(own) if sheet.id == sheet_id), None)
    if place is None:
        raise NotFoundError
    wanted = place - 1 if up else place + 1
    if not 0 <= wanted < len(own):
        return agreement
    own[place], own[wanted] = own[wanted], own[place]
    # Its other sheets keep their places: those of the agreement share out the ones they had.
    following = iter(own)
    for number, sheet in enumerate(of_laboratory, start=1):
        moved = next(following) if sheet.agreement_id == agreement.id else sheet
        moved.position = number
    agreement.updated_at = utc_now()
    session().flush()
    session().expire(agreement, ["sheets"])
    record_step(actor=actor, subject_kind=HISTORY, subject_id=agreement.id, action="order_sheets")
    return agreement


def share_agreement(*, actor: Actor, agreement_id: int) -> Agreement:
    """Let everybody read the draft: it is talked about in the laboratory's meetings."""
    return move_agreement(
        actor=actor, agreement=lock_agreement(agreement_id), action=AgreementAction.SHARE
    )


def unshare_agreement(*, actor: Actor, agreement_id: int) -> Agreement:
    """Take the draft back from sharing: only who leads the laboratory reads it."""
    return move_agreement(
        actor=actor, agreement=lock_agreement(agreement_id), action=AgreementAction.UNSHARE
    )


def approve_agreement(
    *,
    actor: Actor,
    agreement_id: int,
    version: int,
    seen: Mapping[str, str],
    number: str,
    approved_on: date,
) -> Agreement:
    """Enter the city government's resolution and freeze the text as it was read.

    `seen`: the marks (`mark_draft`) of what was read. Raises `DraftChangedError` with what
    became another since, so that nothing is frozen unread (behaviour 24),
    `AgreementGuardedError` with everything missing, `RuleBrokenError` for a resolution of the
    future, `AgreementChangedError` where the agreement was saved since in another way.
    """
    agreement = lock_agreement(agreement_id)
    if agreement.state not in EDITABLE_AGREEMENTS:
        raise ForbiddenStepError
    hold_draft(agreement)
    check_draft(agreement, seen)
    agreement = lock_draft(agreement_id, version)
    guards = find_text_guards(queries.load_text_facts(agreement))
    if guards:
        raise AgreementGuardedError(guards)
    if approved_on > local_today():
        raise RuleBrokenError(_l("This day is still to come: write it once it is there."), "on")
    agreement.resolution_number, agreement.resolution_on = number, approved_on
    _step_sheets(actor, agreement, SheetAction.AGREE)
    move_agreement(actor=actor, agreement=agreement, action=AgreementAction.APPROVE, note=number)
    freeze_version(actor=actor, agreement=agreement, changes=queries.find_reason_back(agreement.id))
    return agreement


def take_back_agreement(*, actor: Actor, agreement_id: int, reason: str) -> Agreement:
    """Open the text again before anybody signed; the next approval freezes another version."""
    agreement = lock_agreement(agreement_id)
    if queries.count_signatures(agreement.id):
        raise AgreementGuardedError([AgreementGuard.SOMEBODY_HAS_SIGNED])
    _step_sheets(actor, agreement, SheetAction.REOPEN)
    return move_agreement(
        actor=actor, agreement=agreement, action=AgreementAction.TAKE_BACK, note=reason
    )


def open_for_signature(*, actor: Actor, agreement_id: int) -> Agreement:
    """Open the frozen text for signature, and tell those who are expected to sign, once."""
    agreement = move_agreement(
        actor=actor,
        agreement=lock_agreement(agreement_id),
        action=AgreementAction.OPEN_FOR_SIGNATURE,
    )
    tell_expected(actor=actor, agreement=agreement, sign_until=agreement.sign_until)
    return agreement


def lock_agreement(agreement_id: int) -> Agreement:
    """Return the agreement, held against others until the end; raises `NotFoundError`."""
    agreement = session().get(Agreement, agreement_id, with_for_update=True, populate_existing=True)
    if agreement is None:
        raise NotFoundError
    return agreement


def lock_draft(agreement_id: int, version: int) -> Agreement:
    """Return an agreement whose text can still be written, as it was on the page."""
    agreement = lock_agreement(agreement_id)
    if agreement.state not in EDITABLE_AGREEMENTS:
        raise ForbiddenStepError
    if agreement.version != version:
        raise AgreementChangedError(agreement.version)
    return agreement


def move_agreement(
    *, actor: Actor, agreement: Agreement, action: AgreementAction, note: str | None = None
) -> Agreement:
    """Take one step of a locked agreement; raises `ForbiddenStepError` where it does not follow."""
    take_step(
        actor=actor,
        subject=agreement,
        transitions=AGREEMENT_TRANSITIONS,
        action=action,
        note=note,
    )
    agreement.state_at = utc_now()
    session().flush()
    return agreement


def _step_sheets(actor: Actor, agreement: Agreement, action: SheetAction) -> None:
    for sheet in agreement.sheets:
        take_step(actor=actor, subject=sheet, transitions=SHEET_TRANSITIONS, action=action)


def _write(agreement: Agreement, content: AgreementContent) -> None:
    for name, value in vars(content).items():
        setattr(agreement, name, value)


def _neighbourhoods_today(district_ids: Sequence[int]) -> list[Neighbourhood]:
    today = local_today()
    return list(
        session().scalars(
            select(Neighbourhood)
            .where(
                Neighbourhood.district_id.in_(district_ids),
                Neighbourhood.valid_from <= today,
                or_(Neighbourhood.valid_until.is_(None), Neighbourhood.valid_until > today),
            )
            .order_by(Neighbourhood.name, Neighbourhood.id)
        )
    )


def _free_slug(title: str) -> str:
    wanted = slugify(title, longest=LONGEST_SLUG) or "accordo"
    taken = set(session().scalars(select(Agreement.slug).where(Agreement.slug.startswith(wanted))))
    numbers = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(s for s in numbers if s not in taken)
