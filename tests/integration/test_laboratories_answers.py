"""Offices are asked, the municipality answers in public, authors may ask once more."""

from datetime import timedelta

import pytest

from portal.core.clock import frozen, local_today, utc_now
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.mail import MailMessage
from portal.laboratories.models import (
    FeasibilityReview,
    MunicipalOffice,
    ProposalAnswer,
    ProposalSupport,
)
from portal.laboratories.queries.answers import count_answers, find_answer
from portal.laboratories.services import (
    AnswerChangedError,
    AnswerContent,
    ask_again,
    ask_office,
    mail_answer,
    publish_answer,
    save_office,
    withdraw_proposal,
)
from portal.laboratories.states import AnswerOutcome, ReviewState
from portal.permissions import Role
from tests.client import fields_of, parse, texts
from tests.factories.laboratories import district_id_of, make_laboratory, make_published
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql

pytestmark = pytest.mark.usefixtures("database")


def said(response) -> str:
    return texts(parse(response.text))


@pytest.fixture
def architect():
    return make_user(roles=(Role.ARCHITECT,), district_id=district_id_of("h"), name="Elena Prova")


@pytest.fixture
def laboratory(architect):
    found = make_laboratory()
    found.architect_id = architect.id
    db.session.commit()
    return found


@pytest.fixture
def office(architect):
    found = save_office(
        actor=actor_of(architect),
        office_id=None,
        name="Servizio scuole",
        email="scuole@example.org",
    )
    db.session.commit()
    return found


def answer(actor, proposal, office, seen=0, **given):
    content = AnswerContent(
        **{
            "outcome": AnswerOutcome.NOT_FEASIBLE,
            "reasons": "Lì passa il bus.",
            "office_id": office.id,
            **given,
        }
    )
    found = publish_answer(
        actor=actor_of(actor), proposal_id=proposal.id, seen_answer_id=seen, content=content
    )
    db.session.commit()
    return found


def mails():
    return db.session.scalars(db.select(MailMessage).order_by(MailMessage.id)).all()


def address_of(proposal, more=""):
    return f"/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}{more}"


def desk_of(proposal, more=""):
    return f"/gestione/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}{more}"


# --- from the question to the answer


def test_an_office_is_asked_answers_and_the_public_reads_the_answer(
    client, architect, laboratory, office
):
    author = make_user()
    proposal = make_published(laboratory, author)
    client.sign_in(architect)
    asked = client.submit(
        desk_of(proposal, "/pareri"),
        {
            "office_id": str(office.id),
            "question": "Chi apre il cancello?",
            "due_on": (local_today() + timedelta(days=10)).isoformat(),
        },
    )
    assert asked.status_code == 303
    [mail] = [m for m in mails() if m.recipient == office.email]
    assert "Chi apre il cancello?" in mail.text_body
    [review] = db.session.scalars(db.select(FeasibilityReview)).all()
    opinion = desk_of(proposal, f"/pareri/{review.id}")
    fields = fields_of(client.get(opinion))
    refused = client.submit(opinion, {**fields, "verdict": "with_conditions", "opinion": "Sì."})
    assert refused.status_code == 422
    assert "Scrivi a quali condizioni." in said(refused)
    given = {**fields, "verdict": "feasible", "opinion": "Si può.", "cost": "4.200,50"}
    assert client.submit(opinion, given).status_code == 303
    assert (review.state, review.cost_cents) == (ReviewState.GIVEN, 420_050)
    form = fields_of(client.get(desk_of(proposal, "/risposta")))
    empty = client.submit(desk_of(proposal, "/risposta"), {**form, "outcome": "accepted"})
    assert "Scrivi quando si fa." in said(empty)
    assert "Scrivi quanto costa" in said(empty)
    published = client.submit(
        desk_of(proposal, "/risposta"),
        {
            **form,
            "outcome": "accepted",
            "headline": "Sì, il cortile apre.",
            "reasons": "Il cortile è del Comune.",
            "times": "febbraio 2027",
            "cost": "4200",
            "cost_words": "luce e assicurazione",
            "office_id": str(office.id),
            "contact_name": "Elena F.",
        },
    )
    assert published.status_code == 303
    client.sign_out()
    page = said(client.get(address_of(proposal)))
    for words in ("Il Comune risponde", "Accolta", "Sì, il cortile apre.", "febbraio 2027"):
        assert words in page
    assert "Si può." not in page
    assert "La risposta è arrivata nei tempi." in page
    listed = said(client.get(f"/laboratori/{laboratory.slug}"))
    assert "1 con la risposta del Comune" in listed
    assert "Sì, il cortile apre." in listed


def test_an_office_is_not_asked_twice_before_it_answers(client, architect, laboratory, office):
    proposal = make_published(laboratory, make_user())
    client.sign_in(architect)
    question = {"office_id": str(office.id), "due_on": local_today().isoformat()}
    assert client.submit(desk_of(proposal, "/pareri"), question).status_code == 303
    refused = client.submit(desk_of(proposal, "/pareri"), question)
    assert refused.status_code == 422
    assert "non è ancora arrivato" in said(refused)
    [review] = db.session.scalars(db.select(FeasibilityReview)).all()
    assert client.submit(desk_of(proposal, f"/pareri/{review.id}/togli")).status_code == 303
    assert client.submit(desk_of(proposal, "/pareri"), question).status_code == 303


@pytest.mark.parametrize("cost", ["-1", "1000000000000", "tanto", "1e9"])
def test_an_impossible_cost_is_refused_and_kept(client, architect, laboratory, office, cost):
    proposal = make_published(laboratory, make_user())
    client.sign_in(architect)
    sent = {
        "outcome": "accepted",
        "reasons": "Sì.",
        "times": "presto",
        "cost": cost,
        "office_id": str(office.id),
        "seen": "0",
    }
    refused = client.submit(desk_of(proposal, "/risposta"), sent)
    assert refused.status_code == 422
    assert fields_of(refused)["cost"] == cost
    assert find_answer(proposal.id) is None


def test_merging_asks_into_what(client, architect, laboratory, office):
    proposal = make_published(laboratory, make_user())
    client.sign_in(architect)
    sent = {"outcome": "merged", "reasons": "Uguali.", "office_id": str(office.id), "seen": "0"}
    refused = client.submit(desk_of(proposal, "/risposta"), sent)
    assert refused.status_code == 422
    assert "Scegli la proposta in cui confluisce." in said(refused)


def test_of_two_who_answer_the_second_is_told_and_loses_nothing(
    client, architect, laboratory, office
):
    proposal = make_published(laboratory, make_user())
    client.sign_in(architect)
    path = desk_of(proposal, "/risposta")
    sent = {
        **fields_of(client.get(path)),
        "outcome": "not_feasible",
        "reasons": "Lì passa il bus.",
        "office_id": str(office.id),
    }
    answer(make_user(roles=(Role.STAFF,)), proposal, office, reasons="Manca lo spazio.")
    told = client.submit(path, sent)
    assert told.status_code == 409
    assert "Nel frattempo qualcuno ha risposto" in said(told)
    assert fields_of(told)["reasons"] == "Lì passa il bus."
    assert find_answer(proposal.id).reasons == "Manca lo spazio."
    assert client.submit(path, fields_of(told) | {"outcome": "not_feasible"}).status_code == 303
    assert find_answer(proposal.id).reasons == "Lì passa il bus."
    assert len(db.session.scalars(db.select(ProposalAnswer)).all()) == 2


def test_only_who_leads_answers(client, laboratory):
    proposal = make_published(laboratory, make_user())
    elsewhere = make_user(roles=(Role.ARCHITECT,), district_id=district_id_of("a"))
    for user in (make_user(), elsewhere):
        client.sign_in(user)
        assert client.get(desk_of(proposal)).status_code == 403
        assert client.submit(desk_of(proposal, "/risposta")).status_code == 403


# --- who is told


def test_authors_and_supporters_are_told_once(architect, laboratory, office):
    author, supporter = make_user(name="Anna Prova"), make_user()
    proposal = make_published(laboratory, author)
    db.session.add(
        ProposalSupport(proposal_id=proposal.id, user_id=supporter.id, supported_at=utc_now())
    )
    found = answer(architect, proposal, office)
    assert [mail_answer(answer_id=found.id) for _twice in range(2)] == [2, 2]
    db.session.commit()
    sent = [m for m in mails() if m.event_key.startswith("proposal_answer")]
    assert {mail.recipient for mail in sent} == {author.email, supporter.email}
    [to_author] = [m for m in sent if m.recipient == author.email]
    assert to_author.text_body.split("\n--\n")[0].strip() == "\n".join(
        (
            "Ciao Anna Prova,",
            "",
            "il Comune ha risposto alla tua proposta “Una panchina all’ombra”.",
            "",
            "La risposta: non fattibile.",
            "",
            "Lì passa il bus.",
            "",
            "Leggi tutta la risposta:",
            f"http://127.0.0.1:8000{address_of(proposal)}",
        )
    )


# --- merged


def test_a_merged_proposal_waits_again_when_its_target_is_taken_back(
    client, architect, laboratory, office
):
    owner = make_user()
    target = make_published(laboratory, owner)
    proposal = make_published(laboratory, make_user())
    answer(architect, proposal, office, outcome=AnswerOutcome.MERGED, merged_into_id=target.id)
    assert proposal.merged_into_id == target.id
    assert target.title in said(client.get(address_of(proposal)))
    withdraw_proposal(actor=actor_of(owner), proposal_id=target.id)
    db.session.commit()
    assert proposal.merged_into_id is None
    assert find_answer(proposal.id) is None
    assert count_answers(laboratory.id).waiting == 1


def test_a_proposal_does_not_merge_into_itself_nor_into_another_laboratory(
    architect, laboratory, office
):
    proposal = make_published(laboratory, make_user())
    elsewhere = make_published(make_laboratory(title="Altrove"), make_user())
    for target in (proposal, elsewhere):
        with pytest.raises(RuleBrokenError):
            answer(
                architect,
                proposal,
                office,
                outcome=AnswerOutcome.MERGED,
                merged_into_id=target.id,
            )


# --- late, asked again


def test_late_answers_are_counted_in_public(client, laboratory):
    proposal = make_published(laboratory, make_user())
    with frozen(utc_now() + timedelta(days=laboratory.answer_days + 10)):
        figures = count_answers(laboratory.id)
        assert (figures.waiting, figures.late) == (0, 1)
        assert "Risposta in ritardo di 10 giorni" in said(client.get(address_of(proposal)))
        assert "1 risposta in ritardo" in said(client.get(f"/laboratori/{laboratory.slug}"))


def test_the_author_asks_once_to_look_at_it_again(client, architect, laboratory, office):
    author = make_user()
    proposal = make_published(laboratory, author)
    answer(architect, proposal, office)
    client.sign_in(author)
    assert "Non ti convince?" in said(client.get(address_of(proposal)))
    path = address_of(proposal, "/riesame")
    assert client.submit(path).status_code == 422
    assert client.submit(path, {"reason": "Il bus passa altrove."}).status_code == 303
    assert client.get(path).status_code == 303
    told = [m for m in mails() if "asked_again" in m.event_key]
    assert [m.recipient for m in told] == [architect.email]
    client.sign_in(architect)
    desk = client.get(f"/gestione/laboratori/{laboratory.slug}/proposte/?mostra=da-riesaminare")
    assert proposal.title in said(desk)
    assert "Il bus passa altrove." in said(client.get(desk_of(proposal)))
    client.sign_in(make_user())
    assert client.submit(path, {"reason": "Anch’io."}).status_code == 404


def test_after_thirty_days_it_is_too_late_to_ask_again(architect, laboratory, office):
    author = make_user()
    proposal = make_published(laboratory, author)
    answer(architect, proposal, office)
    with frozen(utc_now() + timedelta(days=32)), pytest.raises(ForbiddenStepError):
        ask_again(actor=actor_of(author), proposal_id=proposal.id, reason="Tardi.")


def test_an_answer_that_is_not_the_one_on_the_page_is_a_conflict(architect, laboratory, office):
    proposal = make_published(laboratory, make_user())
    answer(architect, proposal, office)
    with pytest.raises(AnswerChangedError):
        answer(architect, proposal, office, seen=0)


# --- lists and offices


def test_lists_filter_by_answer_and_order_by_supports(client, architect, laboratory, office):
    first = make_published(laboratory, make_user(), title="Prima")
    second = make_published(laboratory, make_user(), title="Seconda")
    db.session.add(
        ProposalSupport(proposal_id=first.id, user_id=make_user().id, supported_at=utc_now())
    )
    answer(architect, second, office)
    base = f"/laboratori/{laboratory.slug}/proposte/"
    answered = said(client.get(f"{base}?risposta=con-risposta"))
    assert ("Seconda" in answered, "Prima" in answered) == (True, False)
    waiting = said(client.get(f"{base}?risposta=in-attesa"))
    assert ("Seconda" in waiting, "Prima" in waiting) == (False, True)
    supported = said(client.get(f"{base}?ordina=sostenute"))
    assert supported.index("Prima") < supported.index("Seconda")


def test_the_desk_takes_as_many_statements_for_one_proposal_as_for_many(
    client, architect, laboratory
):
    client.sign_in(architect)
    counts = []
    for _more in range(2):
        for _n in range(3):
            make_published(laboratory, make_user())
        with counted_sql() as sql:
            client.get(f"/gestione/laboratori/{laboratory.slug}/proposte/")
        counts.append(len(sql))
    assert counts[0] == counts[1] <= 12


def test_offices_have_one_name_each_and_end(client, office):
    client.sign_in(make_user(roles=(Role.STAFF,)))
    taken = client.submit("/gestione/uffici/", {"name": office.name})
    assert taken.status_code == 422
    assert "C’è già un ufficio con questo nome" in said(taken)
    wrong = client.submit("/gestione/uffici/", {"name": "Mobilità", "email": "non è"})
    assert wrong.status_code == 422
    assert client.submit(f"/gestione/uffici/{office.id}/chiudi").status_code == 303
    with pytest.raises(NotFoundError):
        ask_office(
            actor=actor_of(make_user()),
            proposal_id=make_published(make_laboratory(), make_user()).id,
            office_id=office.id,
            question=None,
            due_on=local_today(),
        )


def test_office_saved_by_another_meanwhile_shows_both_and_keeps_what_was_typed(client, office):
    client.sign_in(make_user(roles=(Role.STAFF,)))
    path = f"/gestione/uffici/{office.id}"
    mine = {**fields_of(client.get(path)), "email": "nidi@example.org"}
    theirs = {**fields_of(client.get(path)), "name": "Servizio scuole e nidi"}
    assert client.submit(path, theirs).status_code == 303
    clash = client.submit(path, mine)
    assert clash.status_code == 409
    assert "Servizio scuole e nidi, scuole@example.org" in said(clash)
    assert fields_of(clash)["name"] == "Servizio scuole"
    assert fields_of(clash)["email"] == "nidi@example.org"
    kept = db.session.get_one(MunicipalOffice, office.id)
    assert (kept.name, kept.email) == ("Servizio scuole e nidi", "scuole@example.org")
    # Saving once more is a choice made with open eyes.
    assert client.submit(path, fields_of(clash)).status_code == 303
    kept = db.session.get_one(MunicipalOffice, office.id)
    assert (kept.name, kept.email) == ("Servizio scuole", "nidi@example.org")


def test_form_of_an_office_without_its_version_saves_nothing(client, office):
    client.sign_in(make_user(roles=(Role.STAFF,)))
    sent = {"name": "Altro nome", "email": ""}
    assert client.submit(f"/gestione/uffici/{office.id}", sent).status_code == 409
    assert db.session.get_one(MunicipalOffice, office.id).name == "Servizio scuole"


def test_office_ended_while_its_page_was_open_is_a_conflict_too(client, office):
    client.sign_in(make_user(roles=(Role.STAFF,)))
    path = f"/gestione/uffici/{office.id}"
    mine = {**fields_of(client.get(path)), "name": "Scuole"}
    assert client.submit(f"{path}/chiudi").status_code == 303
    clash = client.submit(path, mine)
    assert clash.status_code == 409
    assert "Servizio scuole, scuole@example.org, non più attivo" in said(clash)
