"""One of each: the people and things that tests of the whole portal walk through."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from werkzeug.routing import Rule

from portal.accounts.models import User
from portal.accounts.services import renew_calendar_key
from portal.core.clock import local_today, utc_now
from portal.core.database import db
from portal.core.mail import MailMessage, PhoneMessage
from portal.core.pagination import search_text
from portal.core.signed_links import sign
from portal.laboratories.models import FeasibilityReview, Laboratory, Proposal
from portal.laboratories.services import (
    ProgressContent,
    add_document,
    ask_office,
    publish_news,
    report_progress,
    save_office,
)
from portal.laboratories.states import DocumentKind, PartyKind
from portal.moderation.models import Case, CaseAttachment
from portal.moderation.services import write_letter, write_message
from portal.moderation.states import CaseKind, LetterKind
from portal.permissions import Role
from portal.registry.import_file import REQUIRED_COLUMNS
from portal.registry.models import Association
from portal.registry.services import (
    check_import_run,
    claim_association,
    invite_person,
    submit_request,
    upload_list,
)
from portal.registry.states import RepresentativeRole
from portal.territory.models import District, Neighbourhood
from portal.volunteering.emails.saved_searches import STOP_LINK
from portal.volunteering.models import (
    Certificate,
    HoursEntry,
    ProjectApplication,
    SavedSearch,
    VolunteeringProject,
)
from portal.volunteering.policies import SeriesPattern
from portal.volunteering.queries import code_of_shift
from portal.volunteering.services import (
    ExpenseContent,
    MessageText,
    ProjectContent,
    SlotPlace,
    ThanksContent,
    add_insurance_policy,
    add_walk_in,
    apply_to_project,
    book_interview,
    claim_expense,
    create_series,
    draft_project,
    enter_register,
    make_certificate,
    open_slots,
    save_search,
    send_message,
    share_thanks,
)
from portal.volunteering.shift_filters import ShiftFilters
from portal.volunteering.states import (
    EnrolmentState,
    ExpenseKind,
    HoursSource,
    HoursState,
    TimeKind,
    Weekday,
)
from tests.factories import laboratories, registry_requests, talk
from tests.factories import proposals as ideas
from tests.factories.agreements import IN_FORCE, make_world_agreements
from tests.factories.chain import make_world_openings
from tests.factories.files import PDF, upload
from tests.factories.hours import make_hours
from tests.factories.initiatives import make_world_initiatives
from tests.factories.laboratory_rows import make_agreement, make_commitment
from tests.factories.meetings import make_world_meeting
from tests.factories.people import actor_of, make_user
from tests.factories.places import make_place
from tests.factories.registry import make_association, tax_code_of
from tests.factories.sheets import make_world_sheets
from tests.factories.volunteering import (
    make_enrolment,
    make_programme,
    make_project,
    make_shift,
    make_sign_up,
    make_tutor,
)

DISTRICT = "h"
OTHER_DISTRICT = "e"


@dataclass(frozen=True)
class World:
    """People by what they are, and what stands in addresses by thing and argument."""

    people: dict[str, User]
    arguments: dict[str, dict[str, Any]]
    """Thing → values for the address of its pages."""


def make_world(*, words: str = "") -> World:
    """Store one of each; everything asked for is the owner's and waits in one district.

    `words` stands in every name, title and text that a person writes.
    """
    people = _make_people(words)
    mine = make_association(name=f"Insieme {words}", slug="insieme", description=words or None)
    theirs = make_association(name=f"Altrove {words}", slug="altrove")
    registry_requests.make_representative(people["representative"], mine)
    registry_requests.make_representative(people["of another"], theirs)
    laboratory = laboratories.make_laboratory(
        title="Parco", districts=(DISTRICT,), summary=words or "Spazi per stare insieme."
    )
    proposals = _make_proposals(laboratory, people["owner"], words)
    claim = _make_claim(people["owner"], theirs, words)
    request = _make_request(people["owner"], words)
    shift = make_shift(
        project=make_project(
            title="Turno",
            programme=make_programme(),
            tutor_name="Tea Tutora",
            place_name=words or "Casa",
        ),
        capacity=20,
    )
    flexible = make_project(title="Quando puoi", time_kind=TimeKind.OPEN_ENDED)
    certificate = _make_certificate(people["owner"], shift.project)
    day = _make_day(people, shift.project, words)
    waiting = _case_of(CaseKind.PROPOSAL, proposals["submitted"])
    office = _make_office(people, shift.project_id, words)
    slug = {"slug": laboratory.slug}
    place = make_place(
        name="Casa inventata",
        district_code=DISTRICT,
        managing_association_id=mine.id,
        managing_body=mine.name,
    )
    asked = _make_review(people["staff"], proposals["published"], words)
    followed = _make_commitment(people["owner"], laboratory, words)
    agreements = make_world_agreements(people, DISTRICT, words)
    openings = make_world_openings(people, IN_FORCE, words)
    return World(
        people,
        {
            "": {},
            "association": {"slug": mine.slug},
            "pair": {"slug": mine.slug, "con": theirs.slug},
            "change": {"slug": mine.slug, "change_id": 1},
            "paper": {"slug": mine.slug, "document_id": 1},
            "confirming": {"slug": mine.slug, "token": "nessuno"},
            "unclaimed": {"slug": make_association(name="Libera", slug="libera").slug},
            "place": {"slug": place.slug},
            "project": {"slug": shift.project.slug},
            "managed": {"project_id": shift.project_id},
            "today": {"shift_id": day["shift_id"]},
            "arrival": day,
            "hours": {"entry_id": _make_hours(people, shift.project, words)},
            "code": {"code": code_of_shift(day["shift_id"])},
            "shift": {"shift_id": shift.id},
            "laboratory": slug,
            "review": slug | {"proposal_id": proposals["published"], "review_id": asked.id},
            "office": {"office_id": asked.office_id},
            "district": {"district_id": laboratories.district_id_of(DISTRICT)},
            "quarter": {"neighbourhood_id": _neighbourhood_of(DISTRICT)},
            "agreement": {"slug": followed["slug"]},
            "commitment": {
                "slug": followed["slug"],
                "commitment_id": followed["commitment_id"],
            },
            "report": followed,
            "lab-report": slug | {"progress_id": followed["progress_id"]},
            "lab-news": slug | {"news_id": _make_news(people["staff"], laboratory, words)},
            "lab-paper": slug
            | {"document_id": _make_laboratory_document(people["staff"], laboratory, words)},
            **make_world_meeting(people, laboratory, words),
            **agreements,
            **openings,
            **make_world_initiatives(people["staff"], openings["opening"], place, words),
            **make_world_sheets(people, laboratory, words),
            "draft": slug | {"proposal_id": proposals["draft"]},
            "submitted": slug | {"proposal_id": proposals["submitted"]},
            "published": slug | {"proposal_id": proposals["published"]},
            **_make_talk(slug, proposals["published"], people, words),
            "case": {"case_id": waiting},
            "letter": {"letter_id": _make_letter(people["staff"], waiting)},
            "document": {"attachment_id": _make_document(people["owner"], waiting, words)},
            "request": {"request_id": request},
            "claim": {"claim_id": claim},
            "certified": {"slug": _make_certified(words).slug},
            "member": {"slug": mine.slug, "user_id": people["representative"].id},
            "invitation": {
                "slug": mine.slug,
                "invitation_id": _make_invitation(people["representative"], mine),
            },
            "person": {"user_id": people["citizen"].id},
            "mail": {"mail_id": db.session.scalars(db.select(MailMessage.id).limit(1)).one()},
            "stop-link": {"token": sign(STOP_LINK, people["owner"].id)},
            "project-id": {"project_id": shift.project_id},
            "shift-id": {"project_id": shift.project_id, "shift_id": shift.id},
            "series": {
                "project_id": shift.project_id,
                "series_id": _make_series(people["staff"], shift.project_id),
            },
            "programme": {"programme_id": shift.project.programme_id},
            "tutor": {"project_id": shift.project_id, "user_id": people["owner"].id},
            "proposed": {
                "slug": mine.slug,
                "project_id": _make_proposed(people["representative"], mine, shift.project, words),
            },
            "app-project": {"project_id": flexible.id},
            "flexible": {"slug": flexible.slug},
            "application": {
                "project_id": flexible.id,
                "application_id": _make_application(people["owner"], flexible, words),
            },
            "certificate": {"certificate_id": certificate.id},
            "coded": {"code": certificate.code},
            "declared": {"entry_id": _make_declared_hours(people["owner"], shift.project, words)},
            "expense": {"expense_id": _make_expense(people["owner"], shift.project, words)},
            "call": {"message_id": _make_call(people["citizen"], words)},
            "thanks": {"key": _share_thanks(words)},
            "token": {"token": "nessuno"},
            "step": {"part": "chi-sei"},
            "served": {"user_id": office["person_id"]},
            "served-step": {"user_id": office["person_id"], "part": "quando"},
            "at-shift": {"user_id": people["citizen"].id, "shift_id": shift.id},
            "enrolled": {"enrolment_id": office["enrolment_id"]},
            "slot": {"slot_id": office["slot_id"]},
            "talk": {"booking_id": office["booking_id"]},
            "numbered": {"section": "ordinari", "number": office["number"]},
            "insured": {"day": "2026-12-03"},
            "message": {"message_id": office["message_id"]},
            "search": {"search_id": _make_search(people["owner"], words)},
            "calendar": {"key": _make_calendar(people["owner"])},
            "language": {"code": "it"},
            **_make_ideas(people, laboratory, proposals["draft"], words),
            "import": {"import_id": _make_import(people["staff"], words)},
            "imported": {"import_id": _make_import(people["staff"], words), "outcome": "nuove"},
        },
    )


def _make_day(people: dict[str, User], project: VolunteeringProject, words: str) -> dict[str, int]:
    """Let the owner look after the project; a shift is on, with the citizen and a walk-in."""
    make_tutor(project, people["owner"])
    shift = make_shift(project=project, in_hours=-1)
    make_sign_up(
        shift, people["citizen"], people=2, group_name=f"Gruppo {words}", group_members=words
    )
    walk_in = add_walk_in(
        actor=actor_of(people["owner"]), shift_id=shift.id, full_name=f"Rosa {words}", contact=words
    )
    db.session.commit()
    return {"shift_id": shift.id, "walk_in_id": walk_in.id}


def _make_office(people: dict[str, User], project_id: int, words: str) -> dict[str, int]:
    """Let somebody have booked a talk and be in the register, another time be free."""
    clerk, person = actor_of(people["staff"]), make_user(name=f"Con colloquio {words}")
    enrolment = make_enrolment(person, EnrolmentState.SUBMITTED)
    starts = utc_now() + timedelta(days=2)
    taken, free = open_slots(
        actor=clerk,
        times=[(starts + timedelta(hours=n), starts + timedelta(hours=n + 1)) for n in (0, 1)],
        place=SlotPlace(f"Sportello {words}", words or None),
    )
    booking = book_interview(actor=actor_of(person), slot_id=taken)
    enrolment.tax_code, enrolment.full_name = "RSSMRA80A01H223V", f"Maria {words}"
    line = enter_register(actor=clerk, enrolment=enrolment, starts_on=local_today())
    add_insurance_policy(
        actor=clerk,
        insurer=f"Mutua {words}",
        number="P-1",
        starts_on=local_today(),
        ends_on=local_today() + timedelta(days=300),
    )
    message = send_message(
        actor=clerk,
        project_id=project_id,
        shift_id=None,
        user_ids=[people["citizen"].id],
        text=MessageText(f"Domani {words}"[:150], f"Guanti {words}"),
        seen_message_id=0,
    )
    db.session.commit()
    return {
        "slot_id": free,
        "booking_id": booking.id,
        "number": line.number,
        "message_id": message.id,
        "person_id": person.id,
        "enrolment_id": enrolment.id,
    }


def _make_expense(owner: User, project: VolunteeringProject, words: str) -> int:
    make_sign_up(make_shift(project=project, in_hours=-30), owner)
    content = ExpenseContent(
        project_id=project.id,
        spent_on=local_today(),
        kind=ExpenseKind.DOCUMENTED,
        amount_cents=12_50,
        description=f"Biglietti {words}",
    )
    made = claim_expense(
        actor=actor_of(owner), content=content, receipt=upload(PDF, "ricevuta.pdf")
    )
    db.session.commit()
    return made.id


def _make_call(reader: User, words: str) -> int:
    call = PhoneMessage(
        event_key="prova:1", reader_id=reader.id, subject=f"Turno {words}"[:250], text_body=words
    )
    db.session.add(call)
    db.session.commit()
    return call.id


def _share_thanks(words: str) -> str:
    person = make_user()
    make_enrolment(person)
    thanks = share_thanks(
        actor=actor_of(person),
        content=ThanksContent(
            local_today().year, words[:80] or "Ada", shows_hours=True, shows_projects=True,
            shows_places=True,
        ),
    )  # fmt: skip
    db.session.commit()
    return thanks.key


def _make_hours(people: dict[str, User], project: VolunteeringProject, words: str) -> int:
    entry = HoursEntry(
        user_id=people["citizen"].id,
        project_id=project.id,
        worked_on=local_today(),
        minutes=90,
        source=HoursSource.DECLARED,
        note=words or None,
    )
    db.session.add(entry)
    db.session.commit()
    return entry.id


def _make_people(words: str) -> dict[str, User]:
    district, other = map(laboratories.district_id_of, (DISTRICT, OTHER_DISTRICT))
    facts: dict[str, dict[str, Any]] = {
        "citizen": {},
        "representative": {},
        "of another": {},
        "staff": {"roles": (Role.STAFF,)},
        "architect": {"roles": (Role.ARCHITECT,), "district_id": district},
        "of elsewhere": {"roles": (Role.ARCHITECT,), "district_id": other},
        "administrator": {"roles": (Role.ADMINISTRATOR,)},
        "owner": {},
    }
    return {
        who: make_user(name=f"{who.title()} Inventatissima {words}".strip(), **more)
        for who, more in facts.items()
    }


def _make_review(clerk: User, proposal_id: int, words: str) -> FeasibilityReview:
    office = save_office(actor=actor_of(clerk), office_id=None, name=f"Ufficio {words}", email=None)
    review = ask_office(
        actor=actor_of(clerk),
        proposal_id=proposal_id,
        office_id=office.id,
        question=words,
        due_on=local_today(),
    )
    db.session.commit()
    return review


def _neighbourhood_of(code: str) -> int:
    statement = db.select(Neighbourhood.id).join(District).where(District.code == code)
    return db.session.scalars(statement.order_by(Neighbourhood.id).limit(1)).one()


def _make_commitment(owner: User, laboratory: Laboratory, words: str) -> dict[str, object]:
    agreement = make_agreement(laboratory, title=f"Accordo {words}", summary=words)
    commitment = make_commitment(
        agreement,
        party_kind=PartyKind.GROUP,
        party_name=f"Vicine {words}",
        user_id=owner.id,
        title=f"Aprire {words}",
        details=words,
        indicator=words,
    )
    progress = report_progress(
        actor=actor_of(owner),
        commitment_id=commitment.id,
        form_key="1" * 32,
        content=ProgressContent(text=f"Fatto {words}"),
    )
    db.session.commit()
    return {
        "slug": agreement.slug,
        "commitment_id": commitment.id,
        "progress_id": progress.id,
    }


def _make_news(clerk: User, laboratory: Laboratory, words: str) -> int:
    news = publish_news(
        actor=actor_of(clerk),
        laboratory_id=laboratory.id,
        form_key="0" * 32,
        title=f"Novità {words}",
        text=f"Racconto {words}",
    )
    db.session.commit()
    return news.id


def _make_laboratory_document(clerk: User, laboratory: Laboratory, words: str) -> int:
    document = add_document(
        actor=actor_of(clerk),
        laboratory_id=laboratory.id,
        kind=DocumentKind.MATERIAL,
        title=f"Pianta {words}",
        upload=upload(PDF),
    )
    db.session.commit()
    return document.id


def _make_proposals(laboratory: Laboratory, owner: User, words: str) -> dict[str, int]:
    made: dict[str, Proposal] = {
        state: make(laboratory, owner, title=f"Idea {words}", text=f"Racconto {words}")
        for state, make in (
            ("draft", laboratories.make_draft),
            ("submitted", laboratories.make_submitted),
            ("published", laboratories.make_published),
        )
    }
    return {state: proposal.id for state, proposal in made.items()}


def _make_ideas(
    people: dict[str, User], laboratory: Laboratory, draft_id: int, words: str
) -> dict[str, dict[str, Any]]:
    """Hang a document and an invitation on the draft; a clerk writes one down and lists one."""
    draft = db.session.get_one(Proposal, draft_id)
    of_draft = {"slug": laboratory.slug, "proposal_id": draft_id}
    attached = ideas.make_attached(draft, people["owner"], title=f"Pianta {words}"[:150])
    asked = ideas.make_asked(draft, people["owner"], email=people["citizen"].email or "")
    recorded = ideas.make_recorded(
        laboratory, people["staff"], title=f"Detta {words}"[:150], name=f"Bruno {words}"[:150],
        contact=words[:200] or "0522", text=words or "Al telefono.",
    )  # fmt: skip
    listed = ideas.make_listed(
        laboratory, people["staff"], title=f"Chiosco {words}"[:150], text=words or "Vuoto."
    )
    return {
        "attached": of_draft | {"attachment_id": attached.id},
        "asked": of_draft | {"coauthor_id": asked.id},
        "asked-link": {"token": ideas.link_of(asked)},
        "recorded": {"slug": laboratory.slug, "proposal_id": recorded.id},
        "listed": {"slug": laboratory.slug, "project_id": listed.id},
    }


def _make_talk(
    slug: dict[str, str], proposal_id: int, people: dict[str, User], words: str
) -> dict[str, dict[str, Any]]:
    """Let the owner say two things, one of which was reported and hidden."""
    said, hidden = (talk.make_published_comment(proposal_id, people["owner"], words) for _ in "ab")
    return {
        "said": slug | {"proposal_id": proposal_id, "comment_id": said},
        "hidden": {"report_id": talk.make_hidden(proposal_id, hidden, words)},
    }


def _make_search(owner: User, words: str) -> int:
    save_search(actor=actor_of(owner), filters=ShiftFilters(text=search_text(words)))
    db.session.commit()
    return db.session.scalars(db.select(SavedSearch.id).limit(1)).one()


def _make_series(staff: User, project_id: int) -> int:
    today = local_today()
    made = create_series(
        actor=actor_of(staff),
        project_id=project_id,
        pattern=SeriesPattern(
            weekdays=frozenset(Weekday),
            starts_time=time(5),
            ends_time=time(6),
            from_on=today + timedelta(days=400),
            until_on=today + timedelta(days=403),
            days_left_out=frozenset(),
            capacity=3,
            waiting_capacity=2,
            opens_days_before=None,
            closes_hours_before=0,
        ),
    )
    db.session.commit()
    return made.id


def _make_proposed(
    representative: User, association: Association, like: VolunteeringProject, words: str
) -> int:
    project = draft_project(
        actor=actor_of(representative),
        association_id=association.id,
        programme_id=like.programme_id,
        content=ProjectContent(
            title=f"Proposto {words}"[:150],
            summary=(words or "Una mano")[:300],
            description=words or "Si fa insieme.",
            sector=like.sector,
            district_id=like.district_id,
            place_name="Sede",
            tutor_name="Tea Tutora",
        ),
    )
    db.session.commit()
    return project.id


def _make_application(owner: User, project: VolunteeringProject, words: str) -> int:
    apply_to_project(actor=actor_of(owner), project_id=project.id, message=words[:3000])
    db.session.commit()
    return db.session.scalars(db.select(ProjectApplication.id)).one()


def _make_certificate(owner: User, project: VolunteeringProject) -> Certificate:
    make_hours(owner, project, on=date(2026, 3, 1))
    certificate = make_certificate(
        actor=actor_of(owner), from_on=date(2026, 1, 1), until_on=date(2026, 6, 30)
    )
    db.session.commit()
    return certificate


def _make_declared_hours(owner: User, project: VolunteeringProject, words: str) -> int:
    entry = make_hours(
        owner, project, on=date(2026, 4, 1), state=HoursState.TO_VERIFY, note=words[:300] or None
    )
    return entry.id


def _make_calendar(owner: User) -> str:
    key = renew_calendar_key(actor=actor_of(owner))
    db.session.commit()
    return key


def _make_claim(owner: User, association: Association, words: str) -> int:
    claim = claim_association(
        actor=actor_of(owner),
        association_id=association.id,
        applicant_role="presidente",
        evidence=f"Lo statuto {words}",
        has_declared=True,
    )
    db.session.commit()
    return claim.id


def _make_letter(officer: User, case_id: int) -> int:
    case = db.session.get_one(Case, case_id)
    letter = write_letter(
        actor=actor_of(officer), case=case, kind=LetterKind.ARCHIVING, facts={"motivo": "Doppia."}
    )
    db.session.commit()
    return letter.id


def _make_certified(words: str) -> Association:
    return make_association(
        name=f"Con la PEC {words}", slug="con-la-pec", certified_email="con@pec.example.org"
    )


def _make_invitation(inviter: User, association: Association) -> int:
    invitation = invite_person(
        actor=actor_of(inviter),
        association_id=association.id,
        email="invitata@example.org",
        role=RepresentativeRole.EDITOR,
    )
    db.session.commit()
    return invitation.id


def _make_request(owner: User, words: str) -> int:
    registry_requests.make_draft(owner, name=f"Nuova {words}", description=f"Cose {words}")
    request = submit_request(actor=actor_of(owner))
    db.session.commit()
    return request.id


def _make_import(staff: User, words: str) -> int:
    row = f"{tax_code_of(777_001)},Coro {words},035033,X,,,\n".encode()
    run = upload_list(
        actor=actor_of(staff),
        file_name=f"{words}.csv",
        content=",".join(REQUIRED_COLUMNS).encode() + b"\n" + row,
    )
    check_import_run(run_id=run.id)
    db.session.commit()
    return run.id


def _make_document(owner: User, case_id: int, words: str) -> int:
    write_message(
        actor=actor_of(owner),
        case_id=case_id,
        body=f"Ecco un documento {words}",
        uploads=[upload(PDF)],
        is_from_office=False,
    )
    db.session.commit()
    statement = db.select(CaseAttachment.id).where(CaseAttachment.case_id == case_id)
    return db.session.scalars(statement).one()


def _case_of(kind: CaseKind, subject_id: int) -> int:
    statement = db.select(Case.id).where(Case.kind == kind, Case.subject_id == subject_id)
    return db.session.scalars(statement).one()


def chosen_words(rule: Rule) -> dict[str, str]:
    """Return what stands for the words that the address of `rule` offers to choose from."""
    return {
        "step": _step_of_form(rule),
        "_step": _step_of(rule),
        "address": "preavviso",
        "kind": "deed" if "documenti" in rule.rule else "claim",
        "role": "editor",
        "part": "soldi" if rule.endpoint.startswith("laboratories.") else "chi-sei",
    }


def _step_of_form(rule: Rule) -> str:
    if rule.endpoint == "laboratories.order_sheet":
        return "su"
    if rule.endpoint in {"laboratories.take_agreement_step", "laboratories.take_sheet_step"}:
        return "condividi"
    return "avviso" if "gestione" in rule.rule else "associazione"


def _step_of(rule: Rule) -> str:
    if "turni" in rule.rule:
        return "lascio"
    steps = {
        "moderation.show_case_again": "decidi",
        "laboratories.show_proposal_again": "commenta",
        "laboratories.show_comment_again": "utile",
        "laboratories.show_section_comment_again": "utile",
        "laboratories.show_meeting_again": "partecipo",
    }
    return steps.get(rule.endpoint, "lascia")
