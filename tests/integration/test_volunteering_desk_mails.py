"""What the mails about projects, shifts and applications say, word for word."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.moderation.models import Case
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction
from portal.territory.queries import list_districts
from portal.volunteering.models import ProjectApplication, Shift
from portal.volunteering.policies import SeriesPattern, shift_times
from portal.volunteering.services import (
    ProjectContent,
    SeenSeries,
    ShiftContent,
    answer_application,
    apply_to_project,
    cancel_shift,
    change_series,
    change_shift,
    close_project,
    create_series,
    draft_project,
    leave_project,
    plan_change,
    propose_project,
)
from portal.volunteering.states import ApplicationAction, Sector, TimeKind, Weekday
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.factories.volunteering import (
    make_programme,
    make_project,
    make_shift,
    make_sign_up,
    make_tutor,
)

PORTAL = "http://127.0.0.1:8000"
END = "\n\n--\nCittà collaborativa, Reggio Emilia\n"
DAY = date(2026, 12, 10)
THREE = datetime(2026, 12, 10, 14, tzinfo=UTC)
"""Three in the afternoon in the city."""


@pytest.fixture(autouse=True)
def _in_november(database):
    with frozen(datetime(2026, 11, 30, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def ada(database):
    return make_user(name="Ada Prova", email="ada@example.org")


@pytest.fixture
def clerk(database):
    return actor_of(make_user(name="Carla Prova"))


@pytest.fixture
def project(database):
    return make_project(title="Orti in città", place_name="Orto")


def all_mails(email="ada@example.org"):
    db.session.commit()
    statement = select(MailMessage).where(MailMessage.recipient == email)
    return list(db.session.scalars(statement.order_by(MailMessage.id)))


def newest_mail(email="ada@example.org"):
    mail = all_mails(email)[-1]
    for line in filter(None, mail.text_body.split("\n")):
        if not line.startswith(("http", "–", "--")) and not line.endswith(":"):
            plain = line.replace("’", "")
            assert plain in mail.html_body.replace("’", "").replace("&#39;", ""), line
    assert mail.text_body.endswith(END)
    return mail.subject, mail.text_body.removesuffix(END)


def content(day=DAY, start=15, end=17, **more):
    return ShiftContent(
        times=shift_times(day, time(start), time(end)),
        **{"capacity": 3, "waiting_capacity": 2} | more,
    )


def change(clerk, shift, **what):
    told = change_shift(
        actor=clerk,
        project_id=shift.project_id,
        shift_id=shift.id,
        seen_version=shift.version,
        content=content(**what),
    )
    db.session.commit()
    return told


def test_shift_at_another_hour(project, ada, clerk):
    shift = make_shift(project=project, starts_at=THREE)
    make_sign_up(shift, ada)
    assert change(clerk, shift, start=16, end=18) == 1
    assert newest_mail() == (
        "Un tuo turno è cambiato: Orti in città",
        (
            "Ciao Ada Prova,\n\n"
            "è cambiato qualcosa in «Orti in città».\n\n"
            "Era: giovedì 10 dicembre, ore 15:00, fino alle 17:00, Orto, via delle Prove 1\n"
            "Ora è: giovedì 10 dicembre, ore 16:00, fino alle 18:00, Orto, via delle Prove 1\n\n"
            "Se non ti va più bene, lascia il posto dalla pagina del turno.\n\n"
            f"Apri il turno:\n{PORTAL}/volontariato/turni/{shift.id}"
        ),
    )


def test_shift_at_another_place(project, ada, clerk):
    shift = make_shift(project=project, starts_at=THREE)
    make_sign_up(shift, ada)
    assert change(clerk, shift, place_name="Serra") == 1
    _subject, text = newest_mail()
    assert "fino alle 17:00, Orto, via delle Prove 1\n" in text
    # The address was that of the other place.
    assert "fino alle 17:00, Serra\n" in text


def test_place_spelt_better_is_no_other_place(project, ada, clerk):
    shift = make_shift(project=project, starts_at=THREE)
    make_sign_up(shift, ada)
    assert change(clerk, shift, place_name="orto", address="Via delle Prove, 1") == 0
    assert all_mails() == []


def test_note_and_places_are_nobodys_news(project, ada, clerk):
    shift = make_shift(project=project, starts_at=THREE)
    make_sign_up(shift, ada)
    assert change(clerk, shift, note="Porta i guanti.", capacity=9) == 0
    assert all_mails() == []


def test_shift_cancelled(project, ada, clerk):
    shift = make_shift(project=project, starts_at=THREE)
    make_sign_up(shift, ada)
    cancel_shift(
        actor=clerk, project_id=project.id, shift_id=shift.id, seen_version=1,
        reason="Si rifà il tetto.",
    )  # fmt: skip
    assert newest_mail() == (
        "Annullato: Orti in città, non venire",
        (
            "Ciao Ada Prova,\n\n"
            "il tuo turno in «Orti in città» non si fa. Il motivo:\n\n"
            "Si rifà il tetto.\n\n"
            "– giovedì 10 dicembre, ore 15:00, fino alle 17:00\n\n"
            "Grazie della tua disponibilità. Ci sono altri turni.\n\n"
            f"Guarda dove serve aiuto:\n{PORTAL}/volontariato/"
        ),
    )


def test_who_acts_is_not_told_of_their_own_act(project):
    clerk = make_user(name="Carla Prova", email="carla@example.org")
    shift = make_shift(project=project, starts_at=THREE)
    make_sign_up(shift, clerk)
    assert change(actor_of(clerk), shift, start=16, end=18) == 0
    assert all_mails("carla@example.org") == []


def test_series_that_moves_is_one_mail_with_all_shifts_of_the_person(project, ada, clerk):
    pattern = SeriesPattern(
        weekdays=frozenset({Weekday.THU}), starts_time=time(15), ends_time=time(17),
        from_on=DAY, until_on=DAY + timedelta(days=14), days_left_out=frozenset(), capacity=3,
        waiting_capacity=2,
    )  # fmt: skip
    made = create_series(actor=clerk, project_id=project.id, pattern=pattern)
    shifts = list(db.session.scalars(select(Shift).order_by(Shift.starts_at)))
    for shift in shifts[:2]:
        make_sign_up(shift, ada)
    later = SeriesPattern(**vars(pattern) | {"starts_time": time(16), "ends_time": time(18)})
    seen = plan_change(series_id=made.id, pattern=later).fingerprint
    change_series(
        actor=clerk, project_id=project.id, series_id=made.id, seen=SeenSeries(1, seen),
        pattern=later, reason="",
    )  # fmt: skip
    subject, text = newest_mail()
    assert subject == "2 tuoi turni sono cambiati: Orti in città"
    assert text.count("Era: ") == text.count("Ora è: ") == 2
    assert text.endswith(f"{PORTAL}/volontariato/progetti/{project.slug}")
    assert len(all_mails()) == 1


def test_project_ended(project, ada, clerk):
    for days in (0, 7):
        make_sign_up(make_shift(project=project, starts_at=THREE + timedelta(days=days)), ada)
    close_project(
        actor=clerk, project_id=project.id, seen_version=1, reason="L’orto passa alla scuola."
    )
    assert newest_mail() == (
        "«Orti in città» è concluso",
        (
            "Ciao Ada Prova,\n\n"
            "il progetto «Orti in città» è concluso. Il motivo:\n\n"
            "L’orto passa alla scuola.\n\n"
            "– giovedì 10 dicembre, ore 15:00 non si fa\n"
            "– giovedì 17 dicembre, ore 15:00 non si fa\n\n"
            "Le ore che hai dato restano tue. Grazie!\n\n"
            f"Apri il progetto:\n{PORTAL}/volontariato/progetti/{project.slug}"
        ),
    )
    assert len(all_mails()) == 1


@pytest.fixture
def asked(database, ada):
    project = make_project(title="Compagnia", time_kind=TimeKind.OPEN_ENDED)
    tutor = make_tutor(project, name="Giulia Prova", email="giulia@example.org")
    apply_to_project(actor=actor_of(ada), project_id=project.id, message="Il giovedì.")
    db.session.commit()
    return project, actor_of(tutor), db.session.scalars(select(ProjectApplication)).one()


def test_application_and_its_tutor(asked):
    project, _tutor, _application = asked
    assert newest_mail() == (
        "Hai chiesto di partecipare: Compagnia",
        (
            "Ciao Ada Prova,\n\n"
            "abbiamo detto a chi segue «Compagnia» che vorresti partecipare. Ricevi la"
            " risposta per e-mail.\n\n"
            f"Apri il progetto:\n{PORTAL}/volontariato/progetti/compagnia"
        ),
    )
    assert newest_mail("giulia@example.org") == (
        "Ada Prova chiede di partecipare: Compagnia",
        (
            "Ciao Giulia Prova,\n\n"
            "Ada Prova vorrebbe partecipare a «Compagnia».\n\n"
            "Il giovedì.\n\n"
            "Rispondi ora:\n"
            f"{PORTAL}/volontariato/tutor/progetti/{project.id}/candidature"
        ),
    )


@pytest.mark.parametrize(
    ("action", "reason", "subject", "words"),
    [
        (ApplicationAction.ACCEPT, None, "Ti aspettiamo: Compagnia", "Tea Tutora"),
        (ApplicationAction.REFUSE, "Siamo in tanti.", "Non questa volta: Compagnia", "in tanti"),
    ],
)
def test_answer_to_an_application(asked, action, reason, subject, words):
    project, tutor, application = asked
    answer_application(
        actor=tutor, project_id=project.id, application_id=application.id, action=action,
        reason=reason,
    )  # fmt: skip
    said, text = newest_mail()
    assert said == subject
    assert words in text


def test_who_leaves_a_project_is_told_to_its_tutor(asked, ada):
    project, _tutor, _application = asked
    leave_project(actor=actor_of(ada), project_id=project.id)
    subject, text = newest_mail("giulia@example.org")
    assert subject == "Ada Prova non partecipa più: Compagnia"
    assert "Ada Prova non partecipa più a «Compagnia»." in text


@pytest.fixture
def proposed(database, ada):
    association = make_association(name="Coro", slug="coro")
    make_representative(ada, association)
    district = next(d for d in list_districts() if d.code == "e")
    project = draft_project(
        actor=actor_of(ada),
        association_id=association.id,
        programme_id=make_programme().id,
        content=ProjectContent(
            title="Cantare insieme", summary="Si canta.", description="Insieme.",
            sector=Sector.SOCIAL, district_id=district.id, place_name="Sala", tutor_name="Tea",
        ),
    )  # fmt: skip
    propose_project(
        actor=actor_of(ada), association_id=association.id, project_id=project.id, seen_version=1
    )
    db.session.commit()
    return project, db.session.scalars(select(Case)).one()


def test_project_handed_in(proposed):
    project, case = proposed
    assert newest_mail() == (
        "Abbiamo il tuo progetto: Cantare insieme",
        (
            "Ciao Ada Prova,\n\n"
            f"l’ufficio ha il tuo progetto «Cantare insieme»: numero {case.case_number}, risposta"
            " entro il 30 dicembre 2026.\n\n"
            f"Apri il progetto:\n{PORTAL}/associazione/coro/progetti/{project.id}"
        ),
    )


@pytest.mark.parametrize(
    ("action", "subject"),
    [
        (CaseAction.ACCEPT, "Il tuo progetto è pubblicato: Cantare insieme"),
        (CaseAction.RETURN, "Da correggere: Cantare insieme"),
        (CaseAction.REFUSE, "Il tuo progetto non è stato accolto: Cantare insieme"),
    ],
)
def test_decision_on_a_project(proposed, clerk, action, subject):
    _project, case = proposed
    reason = "Manca l’indirizzo della sala."
    decide_case(actor=clerk, case_id=case.id, version=case.version, action=action, reason=reason)
    said, text = newest_mail()
    assert said == subject
    assert (reason in text) == (action is not CaseAction.ACCEPT)
