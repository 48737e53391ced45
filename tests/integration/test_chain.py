"""From agreement to hands: projects opened from sheets, and what comes back to them."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from portal.accounts.erasure import Leaver, forget_everywhere
from portal.chain.models import SheetInitiative, SheetProject
from portal.chain.services import CannotOpenError, open_project, tie_opening, untie_opening
from portal.chain.states import OpeningRefusal
from portal.core.clock import local_today, utc_now
from portal.core.database import db
from portal.core.errors import RuleBrokenError, constraint_name, explain_constraint
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.core.origins import find_origin
from portal.laboratories.openings import OpeningKind, OpeningState
from portal.laboratories.queries.openings import load_openings
from portal.permissions import Role
from portal.places.models import Initiative
from portal.places.services import cancel_initiative
from portal.places.states import InitiativeState
from portal.registry.models import Association
from portal.registry.ties import reassign
from portal.volunteering.models import VolunteeringProject
from portal.volunteering.services import publish_project
from portal.volunteering.states import HoursState, Presence, PresenceSource, ProjectState
from tests.client import fields_of
from tests.factories.agreements import make_clerk, make_open
from tests.factories.chain import (
    content_of,
    make_opened,
    make_sheet_in_force,
    make_tied,
    sheet_of,
)
from tests.factories.hours import make_hours
from tests.factories.initiatives import let_come as let_people_come
from tests.factories.initiatives import make_initiative, make_opened_initiative
from tests.factories.laboratories import district_id_of, make_laboratory, make_published
from tests.factories.laboratory_rows import key, make_commitment, make_sheet
from tests.factories.people import actor_of, make_user
from tests.factories.places import make_place
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.factories.volunteering import make_programme, make_project, make_shift, make_sign_up
from tests.sql_counter import counted_sql


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def sheet(clerk):
    return make_sheet_in_force(clerk)


@pytest.fixture
def architect(sheet):
    """Return who leads the laboratory of the sheet."""
    district = sheet.laboratory.districts[0]
    return make_user(name="Ada Architetta", roles=(Role.ARCHITECT,), district_id=district.id)


def desk_of(sheet, more=""):
    return f"/gestione/laboratori/{sheet.laboratory.slug}/schede/{sheet.id}/aperture{more}"


def page_of(sheet):
    return f"/laboratori/{sheet.laboratory.slug}/schede/{sheet.id}"


def chain_of(sheet):
    return f"/accordi/{agreement_slug(sheet)}/filo"


def agreement_slug(sheet):
    return load_agreement(sheet).slug


def load_agreement(sheet):
    from portal.laboratories.models import Agreement

    return db.session.get_one(Agreement, sheet.agreement_id)


def let_come(project, *people, days_ago=3, minutes=120, state=HoursState.VERIFIED):
    """Hold a shift in which people were present, with hours."""
    shift = make_shift(project=project, in_hours=-24 * days_ago, capacity=9)
    for person in people:
        marked = {
            "presence": Presence.PRESENT,
            "presence_at": utc_now(),
            "presence_source": PresenceSource.TUTOR,
        }
        make_sign_up(shift, person, **marked)
        on = local_today() - timedelta(days=days_ago)
        make_hours(person, project, on=on, minutes=minutes, state=state)


# --- opening


def written(client, sheet, **more):
    fields = fields_of(client.get(desk_of(sheet, "/nuovo")))
    return {
        **fields,
        "sector": "social",
        "programme_id": str(make_programme().id),
        "tutor_name": "Tea Tutora",
        "place_name": "Cortile",
        "time_kind": "shifts",
        **more,
    }


def test_who_leads_the_laboratory_opens_a_draft_that_begins_with_the_words_of_the_sheet(
    client, sheet, architect
):
    client.sign_in(architect)
    fields = written(client, sheet)
    assert fields["title"] == sheet.title
    assert fields["summary"] == "Cortili aperti la sera."
    assert fields["district_id"] == str(sheet.laboratory.districts[0].id)
    answer = client.submit(desk_of(sheet, "/nuovo"), fields)
    assert answer.status_code == 303
    project = db.session.scalars(db.select(VolunteeringProject)).one()
    assert (project.state, project.title) == (ProjectState.DRAFT, sheet.title)
    link = db.session.scalars(db.select(SheetProject)).one()
    assert (link.sheet_id, link.project_id) == (sheet.id, project.id)
    assert link.opened_by_id == architect.id
    [step] = list_history(subject_kind="sheet_opening", subject_id=sheet.id)
    assert (step.action, step.note) == ("open", project.title)
    assert "In preparazione" in client.get(desk_of(sheet)).text
    client.sign_in(make_user(roles=(Role.STAFF,)))
    desk = client.get("/gestione/volontariato/").text
    assert "1 bozza di progetto da programmare e pubblicare" in desk


def test_pressing_twice_makes_one_project(client, sheet, architect):
    client.sign_in(architect)
    fields = written(client, sheet)
    for _ in range(2):
        assert client.submit(desk_of(sheet, "/nuovo"), fields).status_code == 303
    assert db.session.scalar(db.select(db.func.count(VolunteeringProject.id))) == 1


def test_pressing_twice_at_once_makes_one_project(app, clerk, sheet):
    programme_id, sheet_id, form_key = make_programme().id, sheet.id, key()
    made = []

    def press():
        with app.test_request_context():
            project = open_project(
                actor=clerk,
                sheet_id=sheet_id,
                form_key=form_key,
                programme_id=programme_id,
                content=content_of(),
            )
            made.append(project.id)
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(2)]
    db.session.commit()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(made) == 2
    assert len(set(made)) == 1


def test_what_is_missing_stands_beside_the_field_and_nothing_is_written(client, sheet, architect):
    client.sign_in(architect)
    fields = written(client, sheet, sector="", title="Altro titolo")
    answer = client.submit(desk_of(sheet, "/nuovo"), fields)
    assert answer.status_code == 422
    assert "Altro titolo" in answer.text
    assert db.session.scalars(db.select(SheetProject)).all() == []


def test_association_of_the_sheet_becomes_the_partner(client, clerk):
    from portal.laboratories.models import SheetParty
    from portal.laboratories.states import PartyKind

    sheet, association = make_sheet_in_force(clerk), make_association(name="Orti inventati")
    party = SheetParty(
        sheet_id=sheet.id,
        kind=PartyKind.ASSOCIATION,
        association_id=association.id,
        name=association.name,
        does="Insegna.",
    )
    db.session.add(party)
    db.session.commit()
    client.sign_in(make_user(roles=(Role.STAFF,)))
    fields = written(client, sheet)
    assert fields["partner_id"] == str(association.id)
    client.submit(desk_of(sheet, "/nuovo"), fields)
    project = db.session.scalars(db.select(VolunteeringProject)).one()
    assert project.partner_association_id == association.id
    assert project.partner_name == "Orti inventati"


@pytest.mark.parametrize("place", ["elsewhere", "citizen"])
def test_others_do_not_open_projects(client, sheet, place):
    roles = {"district_id": district_id_of("g"), "roles": (Role.ARCHITECT,)}
    client.sign_in(make_user(**(roles if place == "elsewhere" else {})))
    for more in ("", "/nuovo"):
        assert client.get(desk_of(sheet, more)).status_code == 403
    assert client.submit(desk_of(sheet, "/nuovo")).status_code == 403


def test_who_leads_the_laboratory_does_not_tie_what_others_run(client, sheet, architect):
    project = make_project()
    client.sign_in(architect)
    assert "/lega" not in client.get(desk_of(sheet)).text
    assert (
        client.submit(
            desk_of(sheet, "/lega"), data={"opening": f"project-{project.id}"}
        ).status_code
        == 403
    )
    assert client.submit(desk_of(sheet, f"/project/{project.id}/slega")).status_code == 403


def test_sheet_whose_agreement_is_not_in_force_says_why(client, clerk):
    sheet = sheet_of(make_open(clerk))
    db.session.commit()
    with pytest.raises(CannotOpenError) as refused:
        open_project(
            actor=clerk,
            sheet_id=sheet.id,
            form_key=key(),
            programme_id=make_programme().id,
            content=content_of(),
        )
    assert refused.value.refusal is OpeningRefusal.AGREEMENT_NOT_IN_FORCE
    client.sign_in(make_user(roles=(Role.STAFF,)))
    page = client.get(desk_of(sheet))
    assert 'data-reason="agreement_not_in_force"' in page.text
    assert client.get(desk_of(sheet, "/nuovo")).status_code == 303
    project = make_project()
    with pytest.raises(CannotOpenError):
        tie_opening(actor=clerk, sheet_id=sheet.id, kind=OpeningKind.PROJECT, thing_id=project.id)


def test_form_sent_after_the_agreement_ended_is_a_conflict(client, sheet, architect):
    client.sign_in(architect)
    fields = written(client, sheet)
    db.session.execute(
        db.text(
            "UPDATE agreement SET state = 'ended_early', closing_words = 'Basta.', ended_at = now()"
        )
    )
    db.session.commit()
    answer = client.submit(desk_of(sheet, "/nuovo"), fields)
    assert answer.status_code == 409
    assert 'data-reason="agreement_ended"' in answer.text
    assert db.session.scalars(db.select(SheetProject)).all() == []


# --- tying


def test_office_ties_and_unties_with_history(client, sheet):
    project = make_project(title="Già avviato")
    client.sign_in(make_user(roles=(Role.STAFF,)))
    answer = client.submit(desk_of(sheet, "/lega"), data={"opening": f"project-{project.id}"})
    assert answer.status_code == 303
    assert "Già avviato" in client.get(page_of(sheet)).text
    assert sheet.title in client.get(f"/volontariato/progetti/{project.slug}").text
    assert client.submit(desk_of(sheet, f"/project/{project.id}/slega")).status_code == 303
    assert "Già avviato" not in client.get(page_of(sheet)).text
    assert find_origin("volunteering_project", project.id) is None
    steps = list_history(subject_kind="sheet_opening", subject_id=sheet.id)
    assert sorted(step.action for step in steps) == ["tie", "untie"]


def test_tying_and_untying_twice_is_like_once(clerk, sheet):
    project = make_project()
    for _ in range(2):
        tie_opening(actor=clerk, sheet_id=sheet.id, kind=OpeningKind.PROJECT, thing_id=project.id)
    for _ in range(2):
        untie_opening(actor=clerk, sheet_id=sheet.id, kind=OpeningKind.PROJECT, thing_id=project.id)
    assert len(list_history(subject_kind="sheet_opening", subject_id=sheet.id)) == 2


def test_project_comes_from_one_sheet_at_most(clerk, sheet):
    project, other = make_project(), make_sheet_in_force(clerk)
    make_tied(clerk, sheet, project)
    with pytest.raises(RuleBrokenError):
        tie_opening(actor=clerk, sheet_id=other.id, kind=OpeningKind.PROJECT, thing_id=project.id)
    untie_opening(actor=clerk, sheet_id=other.id, kind=OpeningKind.PROJECT, thing_id=project.id)
    assert find_origin("volunteering_project", project.id) is not None


def test_choosing_no_project_says_so(client, sheet):
    client.sign_in(make_user(roles=(Role.STAFF,)))
    answer = client.submit(desk_of(sheet, "/lega"), data={"opening": ""})
    assert answer.status_code == 422
    assert "Scegli che cosa legare alla scheda." in answer.text


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("uq_sheet_project_project_id", ("project_id",)),
        ("uq_sheet_project_opened_by_id_form_key", ("opened_by_id", "form_key")),
    ],
)
def test_database_refuses(clerk, sheet, name, same):
    first = make_opened(clerk, sheet)
    link = db.session.scalars(db.select(SheetProject)).one()
    facts = {
        "project_id": make_project().id,
        "opened_by_id": make_user().id,
        "form_key": key(),
        **{column: getattr(link, column) for column in same},
    }
    assert first.id == link.project_id
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(
            db.insert(SheetProject).values(sheet_id=sheet.id, opened_at=utc_now(), **facts)
        )
    assert constraint_name(caught.value) == name
    assert explain_constraint(caught.value) is not None


# --- both ways


def test_draft_is_seen_by_who_may_open_alone(client, clerk, sheet, architect):
    project = make_opened(clerk, sheet, is_public=False, title="Non ancora")
    for path in (page_of(sheet), chain_of(sheet), f"/accordi/{agreement_slug(sheet)}"):
        assert "Non ancora" not in client.get(path).text
    assert client.get(f"/volontariato/progetti/{project.slug}").status_code == 404
    client.sign_in(architect)
    assert "Non ancora" in client.get(page_of(sheet)).text
    assert "Non ancora" not in client.get(chain_of(sheet)).text


def test_published_project_and_its_sheet_lead_to_each_other(client, clerk, sheet):
    project = make_opened(clerk, sheet, is_public=False)
    publish_project(actor=clerk, project_id=project.id, seen_version=project.version)
    make_shift(project=project, capacity=4)
    db.session.commit()
    sheet_page, project_page = client.get(page_of(sheet)), None
    address = f"/volontariato/progetti/{project.slug}"
    assert f'href="{address}"' in sheet_page.text
    assert "4 posti liberi" in sheet_page.text
    project_page = client.get(address)
    assert f'href="{page_of(sheet)}"' in project_page.text
    assert f'href="/accordi/{agreement_slug(sheet)}"' in project_page.text
    assert f'href="{address}"' in client.get(chain_of(sheet)).text


def test_sheet_that_is_no_longer_public_is_not_named(client, clerk, sheet):
    project = make_opened(clerk, sheet)
    db.session.execute(
        db.text("UPDATE project_sheet SET state = 'withdrawn', agreement_id = NULL WHERE id = :id"),
        {"id": sheet.id},
    )
    db.session.commit()
    page = client.get(f"/volontariato/progetti/{project.slug}")
    assert page.status_code == 200
    assert sheet.title not in page.text


def test_agreement_laboratory_and_proposal_lead_to_the_chain(client, clerk):
    laboratory = make_laboratory()
    proposal = make_published(laboratory, make_user(), title="Un cortile aperto")
    sheet = make_sheet_in_force(clerk)
    db.session.execute(
        db.text("INSERT INTO sheet_proposal VALUES (:sheet, :proposal)"),
        {"sheet": sheet.id, "proposal": proposal.id},
    )
    db.session.commit()
    address = chain_of(sheet)
    for path in (
        f"/accordi/{agreement_slug(sheet)}",
        page_of(sheet),
        f"/laboratori/{sheet.laboratory.slug}",
    ):
        assert f'href="{address}' in client.get(path).text
    assert "Un cortile aperto" in client.get(address).text


# --- results


def test_verified_hours_alone_come_back_and_each_person_counts_once(clerk, sheet):
    first, second = (make_opened(clerk, sheet, title=title) for title in ("Uno", "Due"))
    anna, bruno, carla = (make_user() for _ in range(3))
    let_come(first, anna, bruno)
    let_come(second, anna, carla, state=HoursState.TO_VERIFY, days_ago=5)
    let_come(make_project(), make_user())
    db.session.commit()
    found = load_openings([sheet.id])
    results = found.of(sheet.id).results
    assert (results.openings, results.minutes, results.people, results.shifts) == (2, 240, 3, 2)
    assert found.results == results
    assert [row.people for row in found.rows] == [2, 2]


def test_two_sheets_share_a_person_who_counts_once_in_the_agreement(client, clerk, sheet):
    other = make_sheet(
        sheet.laboratory,
        title="Un’altra scheda",
        state="agreed",
        contents="Cose.",
        agreement_id=sheet.agreement_id,
    )
    anna = make_user()
    for one in (sheet, other):
        let_come(make_opened(clerk, one), anna)
    found = load_openings([sheet.id, other.id])
    assert [found.of(one.id).results.people for one in (sheet, other)] == [1, 1]
    assert found.results.people == 1
    assert "<dd>1</dd>" in client.get(chain_of(sheet)).text


def test_nobody_is_named(client, clerk, sheet):
    anna = make_user(name="Anna Inventatissima")
    project = make_opened(clerk, sheet)
    let_come(project, anna)
    for path in (page_of(sheet), chain_of(sheet)):
        page = client.get(path).text
        assert "Inventatissima" not in page
        assert "1 persona" in page


def test_erased_account_leaves_the_numbers_as_they_are(clerk, sheet):
    opener, anna = make_user(roles=(Role.STAFF,)), make_user()
    let_come(make_opened(actor_of(opener), sheet), anna)
    before = load_openings([sheet.id]).results
    for person in (anna, opener):
        forget_everywhere(Leaver(actor_of(person), person.id, person.display_name, person.email))
    db.session.commit()
    assert load_openings([sheet.id]).results == before


def test_merged_associations_break_nothing(client, clerk, sheet):
    old, new = make_association(name="Vecchia"), make_association(name="Nuova")
    project = make_opened(
        clerk, sheet, partner_association_id=old.id, partner_name="Vecchia ma nota"
    )
    reassign(from_id=old.id, to_id=new.id)
    db.session.commit()
    assert find_origin("volunteering_project", project.id) is not None
    assert f"/registro/{new.slug}" in client.get(f"/volontariato/progetti/{project.slug}").text
    assert [row.id for row in load_openings([sheet.id]).rows] == [project.id]


def test_closed_project_stays_with_what_came_of_it(client, clerk, sheet):
    project = make_opened(clerk, sheet)
    let_come(project, make_user())
    project.state, project.closed_reason = ProjectState.CLOSED, "Fatto."
    db.session.commit()
    [row] = load_openings([sheet.id]).rows
    assert (row.state, row.minutes) == (OpeningState.CLOSED, 120)
    assert "Concluso" in client.get(page_of(sheet)).text


# --- the page of the chain


def statements(client, path):
    db.session.commit()
    with counted_sql() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_chain_takes_as_many_statements_whatever_its_size(client, clerk, sheet):
    path, agreement = chain_of(sheet), load_agreement(sheet)
    let_come(make_opened(clerk, sheet), make_user())
    few = statements(client, path)
    for n in range(4):
        more = make_sheet(
            sheet.laboratory,
            title=f"Scheda {n}",
            state="agreed",
            contents="Cose.",
            agreement_id=agreement.id,
        )
        make_commitment(agreement, title=f"Impegno {n}", sheet_id=more.id, due_on=local_today())
        for _ in range(2):
            let_come(make_opened(clerk, more), make_user())
    assert statements(client, path) == few <= 12
    client.sign_in(make_user(roles=(Role.STAFF,)))
    assert statements(client, path) <= 12


def test_sheet_page_takes_as_many_statements_with_many_projects(client, clerk, sheet):
    make_opened(clerk, sheet)
    few = statements(client, page_of(sheet))
    for _ in range(3):
        let_come(make_opened(clerk, sheet), make_user())
    assert statements(client, page_of(sheet)) == few


def test_chain_shows_each_step_in_order(client, clerk, sheet):
    agreement = load_agreement(sheet)
    make_commitment(
        agreement,
        title="Aprire il cortile",
        sheet_id=sheet.id,
        due_on=local_today() - timedelta(days=3),
    )
    let_come(make_opened(clerk, sheet), make_user())
    page = client.get(chain_of(sheet)).text
    steps = ("Da dove nasce", "Aprire il cortile", "Dove si dà una mano", "Cosa ne è nato")
    positions = [page.index(step, page.index("<ol")) for step in steps]
    assert positions == sorted(positions)
    assert 'data-late="3"' in page
    assert "2 ore verificate" in page


def test_agreement_that_is_still_drafted_has_no_chain(client, clerk):
    from portal.laboratories.services.agreements import (
        AgreementContent,
        start_agreement,
    )

    draft = start_agreement(
        actor=clerk,
        laboratory_id=make_laboratory().id,
        content=AgreementContent(title="Bozza", premises="x"),
    )
    db.session.commit()
    assert client.get(f"/accordi/{draft.slug}/filo").status_code == 404
    assert client.get("/accordi/non-esiste/filo").status_code == 404


# --- initiatives of places


@pytest.fixture
def kitchen(database):
    """Return a place that an association of the registry runs."""
    association = make_association(name="Forno comune")
    return make_place(
        "Cucina del rione",
        managing_association_id=association.id,
        managing_body=association.name,
    )


def written_initiative(client, sheet, place, **more):
    fields = fields_of(client.get(desk_of(sheet, "/nuova-iniziativa")))
    return fields | {"place_id": str(place.id), "organiser_name": "Chi abita qui", **more}


def test_sheet_opens_an_initiative_that_who_runs_the_place_publishes(
    client, sheet, architect, kitchen
):
    runner = make_user(name="Rita Reggente", email="rita@example.org")
    make_representative(runner, db.session.get_one(Association, kitchen.managing_association_id))
    client.sign_in(architect)
    fields = written_initiative(client, sheet, kitchen)
    assert fields["title"] == sheet.title
    assert fields["summary"] == "Cortili aperti la sera."
    for _ in range(2):
        assert client.submit(desk_of(sheet, "/nuova-iniziativa"), fields).status_code == 303
    initiative = db.session.scalars(db.select(Initiative)).one()
    assert initiative.state is InitiativeState.DRAFT
    desk = client.get(desk_of(sheet)).text
    assert "la pubblica chi gestisce il luogo" in desk
    assert "In preparazione" in desk
    [step] = list_history(subject_kind="sheet_opening", subject_id=sheet.id)
    assert (step.action, step.note) == ("open", initiative.title)

    mails = db.session.scalars(
        db.select(MailMessage).where(MailMessage.recipient == "rita@example.org")
    )
    [mail] = mails
    assert mail.subject == f"Per Cucina del rione: {initiative.title}"
    assert sheet.title in mail.text_body
    address = f"/luoghi/{kitchen.slug}/cura/{initiative.id}"
    assert address in mail.text_body
    client.sign_in(runner)
    assert sheet.title in client.get(address).text
    client.sign_out()
    assert "In preparazione" not in client.get(page_of(sheet)).text


def test_who_looks_after_the_place_is_led_on_and_not_written_to(client, sheet, architect):
    own = sheet.laboratory.districts[0]
    place = make_place("Casa vicina", district_code=own.code)
    client.sign_in(architect)
    fields = written_initiative(client, sheet, place)
    answer = client.submit(desk_of(sheet, "/nuova-iniziativa"), fields)
    initiative = db.session.scalars(db.select(Initiative)).one()
    assert answer.location == f"/luoghi/{place.slug}/cura/{initiative.id}"
    assert answer.location in client.get(desk_of(sheet)).text


def test_initiative_needs_a_place_and_a_sheet_that_holds(client, clerk, sheet, architect, kitchen):
    client.sign_in(architect)
    fields = written_initiative(client, sheet, kitchen)
    answer = client.submit(desk_of(sheet, "/nuova-iniziativa"), fields | {"place_id": ""})
    assert answer.status_code == 422
    assert "Scegli il luogo." in answer.text
    not_yet = sheet_of(make_open(clerk))
    answer = client.submit(desk_of(not_yet, "/nuova-iniziativa"), fields)
    assert answer.status_code == 409
    assert 'data-reason="agreement_not_in_force"' in answer.text
    assert client.get(desk_of(not_yet, "/nuova-iniziativa")).status_code == 303
    assert db.session.scalar(db.select(db.func.count(Initiative.id))) == 0


def test_attendance_comes_back_to_the_sheet_and_the_thread(client, clerk, sheet):
    dinner = make_opened_initiative(clerk, sheet, title="Cena di via", hours=(-50, -26, 24))
    feast = make_opened_initiative(clerk, sheet, title="Festa di via", hours=(-74,))
    let_people_come(clerk, dinner, 20)
    let_people_come(clerk, dinner, 0, time=1)
    let_people_come(clerk, feast, 31)
    let_come(make_opened(clerk, sheet), make_user())
    make_opened_initiative(clerk, sheet, title="Bozza", is_public=False)
    db.session.commit()
    found = load_openings([sheet.id])
    assert [row.state for row in found.rows] == [
        OpeningState.OPEN,
        OpeningState.OPEN,
        OpeningState.CLOSED,
    ]
    results = found.results
    assert (results.projects, results.initiatives, results.openings) == (1, 2, 3)
    # Where nobody came it was not held; who came to initiatives is no volunteer.
    assert (results.times, results.attendance) == (2, 51)
    assert (results.people, results.shifts, results.minutes) == (1, 1, 120)
    thread = client.get(chain_of(sheet)).text
    assert "si è svolta 2 volte · sono venute 51 persone" in thread
    assert "<dt>presenze nei luoghi</dt><dd>51</dd>" in thread
    assert "1 data in arrivo" in client.get(page_of(sheet)).text
    assert "Bozza" not in client.get(page_of(sheet)).text
    page = client.get(f"/luoghi/{dinner.place.slug}/iniziative/{dinner.id}").text
    assert "Nasce da" in page
    assert sheet.title in page
    assert load_agreement(sheet).title in page


def test_cancelled_initiative_keeps_what_came_of_it(client, clerk, sheet):
    initiative = make_opened_initiative(clerk, sheet, hours=(-26, 24))
    let_people_come(clerk, initiative, 12)
    cancel_initiative(
        actor=clerk, initiative_id=initiative.id, seen_version=initiative.version, reason="Piove."
    )
    db.session.commit()
    [row] = load_openings([sheet.id]).rows
    assert (row.state, row.attendance) == (OpeningState.CANCELLED, 12)
    assert "Annullata" in client.get(chain_of(sheet)).text


def test_office_ties_an_initiative_that_is_there(client, clerk, sheet):
    initiative = make_initiative(clerk, title="Cena che c’era")
    client.sign_in(make_user(roles=(Role.STAFF,)))
    assert "Iniziative nei luoghi" in client.get(desk_of(sheet)).text
    answer = client.submit(desk_of(sheet, "/lega"), data={"opening": f"initiative-{initiative.id}"})
    assert answer.status_code == 303
    assert find_origin("initiative", initiative.id) is not None
    other = make_sheet_in_force(clerk)
    with pytest.raises(RuleBrokenError):
        tie_opening(
            actor=clerk, sheet_id=other.id, kind=OpeningKind.INITIATIVE, thing_id=initiative.id
        )
    db.session.rollback()
    path = desk_of(sheet, f"/initiative/{initiative.id}/slega")
    for _ in range(2):
        assert client.submit(path).status_code == 303
    assert find_origin("initiative", initiative.id) is None


def test_database_ties_an_initiative_to_one_sheet(clerk, sheet):
    initiative = make_opened_initiative(clerk, sheet)
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(
            db.insert(SheetInitiative).values(
                sheet_id=sheet.id,
                initiative_id=initiative.id,
                opened_by_id=clerk.account_id,
                opened_at=utc_now(),
            )
        )
    assert constraint_name(caught.value) == "uq_sheet_initiative_initiative_id"
    assert explain_constraint(caught.value) is not None


def test_thread_asks_no_more_when_more_was_opened(client, clerk, sheet):
    make_opened_initiative(clerk, sheet)
    for path in (chain_of(sheet), page_of(sheet)):
        client.get(path)
        with counted_sql() as before:
            client.get(path)
        for _ in range(3):
            make_opened_initiative(clerk, sheet, hours=(24, 48, 72))
        with counted_sql() as after:
            client.get(path)
        assert len(after) == len(before) <= 12
