"""The questions about an agreement: who is asked, who answers, what everybody reads (27)."""

import threading

import pytest

from portal.accounts.models import User
from portal.core.database import db
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.mail import MailMessage
from portal.laboratories.models import Evaluation, EvaluationReply, LaboratoryPerson
from portal.laboratories.queries import evaluation as queries
from portal.laboratories.services import evaluation as services
from portal.laboratories.states import EvaluationRefusal, Phase, QuestionKind
from tests.client import fields_of, parse, texts
from tests.factories.agreements import make_clerk, make_in_force
from tests.factories.laboratories import make_laboratory
from tests.factories.laboratory_rows import key
from tests.factories.people import actor_of, make_user


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def citizen(database):
    return make_user(name="Anna Prova")


@pytest.fixture
def agreement(clerk, citizen):
    laboratory = make_laboratory(phase=Phase.EVALUATION)
    agreement = make_in_force(clerk, actor_of(citizen), laboratory=laboratory)
    db.session.commit()
    return agreement


def seen(agreement):
    return queries.mark_questions(queries.list_questions(agreement.id))


def answer(agreement, user, **given):
    facts = {"seen": seen(agreement), "replies": {1: 5, 4: "I cortili."}, **given}
    return services.answer_evaluation(actor=actor_of(user), agreement_id=agreement.id, **facts)


def on_paper(agreement, clerk, **given):
    facts = {"form_key": key(), "seen": seen(agreement), "replies": {1: 3}, **given}
    return services.record_paper_answer(actor=clerk, agreement_id=agreement.id, **facts)


def take_part(agreement, user):
    db.session.add(
        LaboratoryPerson(
            laboratory_id=agreement.laboratory_id,
            user_id=user.id,
            takes_part=True,
            since_at=agreement.state_at,
        )
    )
    db.session.flush()


def count(model):
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def test_who_took_part_answers_once(agreement, citizen):
    first = answer(agreement, citizen)
    again = answer(agreement, citizen, replies={1: 1})
    assert (first.id, count(Evaluation), count(EvaluationReply)) == (again.id, 1, 2)


def test_who_took_no_part_does_not_answer(agreement):
    stranger = make_user()
    with pytest.raises(services.EvaluationRefusedError) as refused:
        answer(agreement, stranger)
    assert refused.value.refusal is EvaluationRefusal.TOOK_NO_PART
    take_part(agreement, stranger)
    answer(agreement, stranger)
    assert count(Evaluation) == 1


def test_questions_are_answered_in_their_phase_alone(clerk, citizen):
    agreement = make_in_force(clerk, actor_of(citizen))
    with pytest.raises(services.EvaluationRefusedError) as refused:
        answer(agreement, citizen)
    assert refused.value.refusal is EvaluationRefusal.NOT_OPEN_YET
    with pytest.raises(services.EvaluationRefusedError):
        on_paper(agreement, clerk)
    with pytest.raises(services.EvaluationRefusedError):
        services.ask_participants(actor=clerk, agreement_id=agreement.id)


def test_marks_and_words_go_with_their_question(agreement, citizen):
    with pytest.raises(RuleBrokenError):
        answer(agreement, citizen, replies={})
    with pytest.raises(RuleBrokenError):
        answer(agreement, citizen, replies={9: 5})
    with pytest.raises(NotFoundError):
        answer(agreement, citizen, replies={1: "cinque"})
    assert count(Evaluation) == 0


def test_changed_questions_are_read_again(clerk, agreement, citizen):
    old = seen(agreement)
    questions = [(QuestionKind.TEXT, "Com’è andata?")]
    services.save_questions(actor=clerk, agreement_id=agreement.id, seen=old, questions=questions)
    with pytest.raises(services.QuestionsChangedError):
        answer(agreement, citizen, seen=old)
    with pytest.raises(services.QuestionsChangedError):
        services.save_questions(
            actor=clerk, agreement_id=agreement.id, seen=old, questions=questions
        )
    answer(agreement, citizen, replies={1: "Bene."})
    with pytest.raises(services.QuestionsAnsweredError):
        services.save_questions(
            actor=clerk, agreement_id=agreement.id, seen=seen(agreement), questions=questions
        )


@pytest.mark.parametrize("number", [0, 21])
def test_there_are_from_one_to_twenty_questions(clerk, agreement, number):
    with pytest.raises(RuleBrokenError):
        services.save_questions(
            actor=clerk,
            agreement_id=agreement.id,
            seen=seen(agreement),
            questions=[(QuestionKind.MARK, f"Domanda {n}") for n in range(number)],
        )


def test_paper_is_written_down_once_without_a_name(clerk, agreement):
    once = key()
    on_paper(agreement, clerk, form_key=once)
    on_paper(agreement, clerk, form_key=once)
    on_paper(agreement, clerk)
    kept = db.session.scalars(db.select(Evaluation)).all()
    assert [(row.user_id, row.recorded_by_id) for row in kept] == [(None, clerk.id)] * 2


def test_everybody_who_took_part_is_asked_once(clerk, agreement, citizen):
    present, done = make_user(name="Bea Presente"), make_user(name="Ciro Risponde")
    take_part(agreement, present)
    take_part(agreement, done)
    make_user(name="Dina Altrove")
    answer(agreement, done)
    services.ask_participants(actor=clerk, agreement_id=agreement.id)
    services.mail_questions(agreement_id=agreement.id)
    services.mail_questions(agreement_id=agreement.id)
    asked = db.session.scalars(
        db.select(MailMessage.recipient).where(MailMessage.event_key.contains(":questions:"))
    ).all()
    clerk_email = db.session.get_one(User, clerk.id).email
    assert sorted(asked) == sorted([citizen.email, present.email, clerk_email])
    assert queries.count_participants(agreement) == 4


def test_fewer_than_three_answers_are_not_read(clerk, agreement, citizen):
    answer(agreement, citizen)
    on_paper(agreement, clerk)
    two = queries.summarise_answers(agreement.id, with_texts=True)
    assert (two.answers, two.can_be_read) == (2, False)
    assert all(row.marks == () and row.texts == () for row in two.questions)
    on_paper(agreement, clerk)
    three = queries.summarise_answers(agreement.id, with_texts=True)
    assert three.questions[0].marks == (0, 0, 2, 0, 1)
    assert three.questions[0].average == pytest.approx(11 / 3)
    assert three.questions[3].texts == ("I cortili.",)
    everybody = queries.summarise_answers(agreement.id)
    assert everybody.questions[3].texts == ()


def test_page_asks_and_thanks_and_never_shows_words(client, clerk, agreement, citizen):
    page = f"/accordi/{agreement.slug}/valutazione"
    visitor = client.get(page)
    assert 'data-reason="not_signed_in"' in visitor.text
    client.sign_in(citizen)
    form = fields_of(client.get(page)) | {"answer_1": "4", "answer_4": "Le cene in cortile."}
    nothing = client.submit(page, {"seen": form["seen"]})
    assert (nothing.status_code, "Rispondi almeno a una domanda" in nothing.text) == (422, True)
    long = client.submit(page, form | {"answer_4": "x" * 2001})
    assert (long.status_code, "x" * 2001 in long.text) == (422, True)
    assert client.submit(page, form | {"answer_1": "6"}).status_code == 422
    assert client.submit(page, form | {"seen": "altro"}).status_code == 409
    assert client.submit(page, form).status_code == 303
    assert client.submit(page, form).status_code == 303
    assert 'data-reason="already_answered"' in client.get(page).text
    for _ in range(2):
        on_paper(agreement, clerk)
    db.session.commit()
    client.sign_out()
    shown = texts(parse(client.get(page).text).find(".//main"))
    assert "3 persone hanno risposto" in shown
    assert "Le cene in cortile" not in shown
    client.sign_in(db.session.get_one(User, clerk.id))
    desk = f"/gestione/laboratori/{agreement.laboratory.slug}/accordo"
    assert "Le cene in cortile" in client.get(f"{desk}/risposte").text


def test_questions_are_written_at_the_desk(client, clerk, agreement):
    client.sign_in(db.session.get_one(User, clerk.id))
    desk = f"/gestione/laboratori/{agreement.laboratory.slug}/accordo"
    form = fields_of(client.get(f"{desk}/domande"))
    assert form["words_1"].startswith("Quanto è servito")
    long = client.submit(f"{desk}/domande", form | {"words_2": "x" * 301})
    assert (long.status_code, "x" * 301 in long.text) == (422, True)
    none = client.submit(f"{desk}/domande", {"seen": form["seen"]})
    assert none.status_code == 422
    changed = form | {"words_2": "", "words_6": "E poi?", "kind_6": "text"}
    assert client.submit(f"{desk}/domande", changed).status_code == 303
    kept = [(q.position, q.words) for q in queries.list_questions(agreement.id)]
    assert (len(kept), kept[-1]) == (5, (5, "E poi?"))
    stale = client.submit(f"{desk}/domande", form)
    assert (stale.status_code, 'value="E poi?"' in stale.text) == (409, False)
    paper = f"{desk}/risposte/carta"
    answered = fields_of(client.get(paper)) | {"answer_1": "2"}
    assert client.submit(paper, answered).status_code == 303
    assert client.submit(paper, fields_of(client.get(paper))).status_code == 422
    assert 'data-reason="answered"' in client.get(f"{desk}/domande").text
    assert client.submit(f"{desk}/domande/invita").status_code == 303


def test_two_taps_at_once_are_one_answer(app, agreement, citizen):
    agreement_id, mark, person = agreement.id, seen(agreement), actor_of(citizen)
    answer(agreement, citizen, replies={2: 4})
    db.session.execute(db.delete(EvaluationReply))
    db.session.execute(db.delete(Evaluation))
    db.session.commit()
    problems = []

    def tap():
        with app.app_context():
            try:
                services.answer_evaluation(
                    actor=person, agreement_id=agreement_id, seen=mark, replies={1: 5}
                )
                db.session.commit()
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
                problems.append(error)

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join()
    assert problems == []
    assert count(Evaluation) == 1
