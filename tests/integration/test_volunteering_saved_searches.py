"""Alerts: searches that tell when something fits, once a day, in one mail."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.errors import RuleBrokenError
from portal.core.mail import MailMessage, _compose
from portal.core.sign_ups import SignUpState
from portal.core.signed_links import sign
from portal.volunteering.emails.saved_searches import STOP_LINK
from portal.volunteering.jobs import find_saved_searches
from portal.volunteering.models import SavedSearch, Shift
from portal.volunteering.services import mail_new_shifts, save_search
from portal.volunteering.shift_filters import ShiftFilters
from portal.volunteering.states import DayPart, Sector, Weekday
from tests.client import parse, texts
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up
from tests.sql_counter import counted_sql

PAGE = "/area-personale/avvisi-turni"
LIST = "/volontariato/"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def search(user, **filters):
    save_search(actor=actor_of(user), filters=ShiftFilters(**filters))
    db.session.commit()


def mails():
    return list(db.session.scalars(select(MailMessage).order_by(MailMessage.id)))


def run_for(user, *, days=0):
    """Run the job of one person, a while after what was made, or days later."""
    with frozen(datetime.now(UTC) + timedelta(minutes=10, days=days)):
        mail_new_shifts(user_id=user.id)
        db.session.commit()
    return mails()


def queries():
    return list(db.session.scalars(select(SavedSearch.filters).order_by(SavedSearch.id)))


# On the page


def test_one_tap_keeps_the_filters_of_the_list(client):
    client.sign_in(make_user())
    make_shift()
    path = f"{LIST}?giorno=sat&giorno=tue&settore=green&posso=1"
    document = parse(client.get(path).get_data(as_text=True))
    form = next(f for f in document.iter("form") if f.get("action") == "/volontariato/avvisami")
    kept = next(i.get("value") for i in form.iter("input") if i.get("name") == "filtri")
    answer = client.submit("/volontariato/avvisami", {"filtri": kept})
    assert answer.status_code == 303
    assert answer.location == f"{LIST}?giorno=tue&giorno=sat&settore=green"
    assert queries() == ["giorno=tue&giorno=sat&settore=green"]
    again = client.get(answer.location)
    assert "Ti scriviamo quando arriva un turno nuovo come questi" in again.text
    client.submit("/volontariato/avvisami", {"filtri": kept})
    assert len(queries()) == 1


def test_visitor_is_led_to_sign_in_and_back_to_the_same_list(client):
    html = client.get(f"{LIST}?q=orto").get_data(as_text=True)
    assert "/accedi?next=/volontariato/?q%3Dorto" in html
    assert "avvisami" not in html


def test_nonsense_is_kept_as_what_it_says(client):
    client.sign_in(make_user())
    client.submit("/volontariato/avvisami", {"filtri": "giorno=never&ambito=zz&q=%00&&=&x=y"})
    client.submit("/volontariato/avvisami", {})
    assert queries() == [""]


def test_the_eleventh_is_refused_with_a_sentence(client):
    user = make_user()
    client.sign_in(user)
    for number in range(10):
        search(user, text=f"parola {number}")
    answer = client.submit("/volontariato/avvisami", {"filtri": "q=undici"})
    assert answer.location == PAGE
    assert "Hai già dieci avvisi" in client.get(PAGE).text
    assert len(queries()) == 10
    with pytest.raises(RuleBrokenError):
        save_search(actor=actor_of(user), filters=ShiftFilters(text="undici"))
    save_search(actor=actor_of(user), filters=ShiftFilters(text="parola 3"))


def test_list_says_what_one_hears_about_and_removes_it(client):
    user, other = make_user(), make_user()
    search(user, text="<b>orto", weekdays=frozenset({Weekday.SAT}), district_code="b")
    search(user)
    search(other, text="altrui")
    client.sign_in(user)
    said = texts(parse(client.get(PAGE).get_data(as_text=True)))
    assert "“<b>orto” · sab · Ambito B" in said
    assert "tutti i turni" in said
    assert "altrui" not in said
    first, second, theirs = db.session.scalars(select(SavedSearch.id).order_by(SavedSearch.id))
    assert client.submit(f"{PAGE}/{first}/togli").status_code == 303
    assert client.submit(f"{PAGE}/{first}/togli").status_code == 404
    assert client.submit(f"{PAGE}/{theirs}/togli").status_code == 404
    assert len(queries()) == 2
    client.submit(f"{PAGE}/{second}/togli")
    assert "Ancora nessun avviso" in client.get(PAGE).text


def test_list_costs_the_same_with_one_and_with_ten(client):
    user = make_user()
    client.sign_in(user)
    search(user, text="uno")
    with counted_sql() as few:
        client.get(PAGE)
    for number in range(9):
        search(user, text=f"parola {number}")
    with counted_sql() as many:
        client.get(PAGE)
    assert len(few) == len(many) <= 8


def test_same_search_twice_breaks_the_constraint(database):
    user = make_user()
    search(user, text="orto")
    db.session.add(SavedSearch(user_id=user.id, filters="q=orto"))
    with pytest.raises(Exception, match="uq_saved_search_user_id_filters"):
        db.session.flush()
    db.session.rollback()


# The mail


def test_new_shift_that_fits_is_mailed_once(database):
    user = make_user(name="Ada Prova")
    make_shift(project=make_project(title="Di prima", sector=Sector.GREEN))
    search(user, sectors=frozenset({Sector.GREEN}))
    assert run_for(user) == []
    shift = make_shift(project=make_project(title="Siepi & bulbi", sector=Sector.GREEN))
    make_shift(project=make_project(title="Scaffali", sector=Sector.LIBRARY))
    (mail,) = run_for(user)
    assert mail.recipient == user.email
    assert mail.subject == "1 turno nuovo adatto a te"
    assert f"/volontariato/turni/{shift.id}" in mail.text_body
    assert "Siepi & bulbi" in mail.text_body
    assert "Scaffali" not in mail.text_body
    assert "Di prima" not in mail.text_body
    assert "Siepi &amp; bulbi" in mail.html_body
    assert len(run_for(user)) == 1
    assert len(run_for(user, days=1)) == 1


def test_all_searches_of_a_person_stand_in_one_mail_and_each_shift_once(database):
    user = make_user()
    search(user, sectors=frozenset({Sector.GREEN}))
    search(user, text="bulbi <b>")
    search(user, sectors=frozenset({Sector.MUSEUM}))
    make_shift(project=make_project(title="Bulbi <b>", sector=Sector.GREEN))
    make_shift(project=make_project(title="Altri bulbi <b>", sector=Sector.LIBRARY))
    (mail,) = run_for(user)
    assert mail.subject == "2 turni nuovi adatti a te"
    assert mail.text_body.count("\nAltri bulbi") == 0
    assert len(re.findall(r"/volontariato/turni/\d+", mail.text_body)) == 2
    assert "cura del verde\n" in mail.text_body or "verde\n" in mail.text_body
    assert "“bulbi <b>”\n" in mail.text_body
    assert "musei" not in mail.text_body
    assert "<b>”" not in mail.html_body


def test_mail_says_when_where_and_how_to_end_it(database):
    user = make_user(name="Ada Prova")
    search(user, weekdays=frozenset({Weekday.TUE}), day_parts=frozenset({DayPart.MORNING}))
    starts = datetime(2030, 12, 3, 9, tzinfo=UTC)
    shift = make_shift(project=make_project(title="Siepi"), starts_at=starts)
    (mail,) = run_for(user)
    token = re.search(r"/volontariato/avvisi/(\S+)", mail.text_body)[1]
    assert mail.text_body == (
        "Ciao Ada Prova,\n\n"
        "è arrivato un turno nuovo che risponde a quello che ci hai chiesto di tenere d’occhio.\n\n"
        "mar · mattina\n\n"
        "- martedì 3 dicembre 2030, ore 10:00–12:00: Siepi\n"
        "  Casa di quartiere inventata, via delle Prove 1, Ambito E\n"
        f"  http://127.0.0.1:8000/volontariato/turni/{shift.id}\n\n"
        "I tuoi avvisi:\n"
        "http://127.0.0.1:8000/area-personale/avvisi-turni\n\n"
        "Non vuoi più queste e-mail? Basta un tocco:\n"
        f"http://127.0.0.1:8000/volontariato/avvisi/{token}\n\n"
        "--\nCittà collaborativa, Reggio Emilia\n"
    )
    message = _compose(mail)
    assert message["List-Unsubscribe"] == f"<{mail.unsubscribe_url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_only_what_the_person_could_take_is_news(database):
    user = make_user()
    search(user)
    mine = make_shift(in_hours=48)
    make_sign_up(mine, user)
    make_shift(in_hours=49)  # at the same time
    make_shift(project=make_project(requires_enrolment=True), in_hours=90)
    make_sign_up(make_shift(in_hours=100, capacity=1, waiting_capacity=0))
    full = make_shift(in_hours=120, capacity=1)
    make_sign_up(full)
    make_sign_up(full, user, SignUpState.WAITING)
    assert run_for(user) == []


def test_a_shift_that_opens_is_news(database):
    user = make_user()
    shift = make_shift(in_hours=24 * 9, opens_at=utc_now() + timedelta(days=3))
    search(user)
    assert run_for(user) == []
    assert run_for(user, days=2) == []
    (mail,) = run_for(user, days=4)
    assert f"/volontariato/turni/{shift.id}" in mail.text_body
    assert len(run_for(user, days=5)) == 1


def test_there_is_one_mail_a_day_and_nothing_is_lost(database):
    user = make_user()
    search(user)
    make_shift(in_hours=200)
    assert len(run_for(user)) == 1
    late = make_shift(in_hours=210)
    late.created_at = datetime.now(UTC) + timedelta(minutes=20)
    db.session.commit()
    with frozen(datetime.now(UTC) + timedelta(minutes=40)):
        mail_new_shifts(user_id=user.id)
        db.session.commit()
    if utc_now().hour < 22:  # the same day in the city
        assert len(mails()) == 1
    assert f"/volontariato/turni/{late.id}" in run_for(user, days=1)[-1].text_body


def test_what_may_still_become_visible_waits_for_the_next_day(database):
    user = make_user()
    search(user)
    shift = make_shift(in_hours=200)
    mail_new_shifts(user_id=user.id)
    db.session.commit()
    assert mails() == []
    assert f"/volontariato/turni/{shift.id}" in run_for(user, days=1)[0].text_body


def test_many_shifts_are_cut_with_a_way_to_the_rest(database):
    user = make_user()
    search(user, text="verde")
    project = make_project()
    for number in range(12):
        make_shift(project=project, in_hours=48 + 3 * number)
    (mail,) = run_for(user)
    assert mail.subject == "10 turni nuovi adatti a te"
    assert "Ce ne sono altri: http://127.0.0.1:8000/volontariato/?q=verde\n" in mail.text_body


def test_who_has_no_address_is_left_alone(database):
    user = make_user()
    search(user)
    user.email = None
    make_shift()
    assert run_for(user) == []
    mail_new_shifts(user_id=999)


def test_job_is_queued_once_a_person(database):
    user, other = make_user(), make_user()
    search(user, text="uno")
    search(user, text="due")
    search(other)
    for _ in range(2):
        find_saved_searches(timestamp=0)
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'mail_saved_searches'"
    assert db.session.connection().exec_driver_sql(waiting).scalar() == 2


def test_mail_speaks_the_reader_s_language(database):
    user = make_user(locale="en")
    search(user)
    make_shift()
    assert run_for(user)[0].subject == "1 new shift that fits you"


# The link that ends it


def test_link_ends_the_mails_with_one_tap_and_without_a_session(client):
    user, other = make_user(), make_user()
    search(user, text="uno")
    search(user, text="due")
    search(other)
    path = f"/volontariato/avvisi/{sign(STOP_LINK, user.id)}"
    assert "Non scrivetemi più" in client.get(path).text
    assert len(queries()) == 3
    # Somebody's program that only posts gets the button.
    assert client.post(path).status_code == 422
    assert len(queries()) == 3
    # As a mail program does it (RFC 8058): no token, no cookie, no redirection to follow.
    for _ in range(2):
        answer = client.post(path, data=ONE_CLICK)
        assert answer.status_code == 200
        assert "non ti scriviamo più" in answer.text
    assert queries() == [""]


@pytest.mark.parametrize("token", ["x", "WzEsMV0.x"])
def test_a_link_that_is_not_ours_ends_nothing(client, token):
    search(make_user())
    assert client.get(f"/volontariato/avvisi/{token}").status_code == 404
    assert client.post(f"/volontariato/avvisi/{token}", data=ONE_CLICK).status_code == 404
    assert len(queries()) == 1


def test_a_link_of_another_purpose_ends_nothing(client):
    user = make_user()
    search(user)
    for token in (sign("volunteering-offer", user.id), sign(STOP_LINK, [user.id])):
        assert client.post(f"/volontariato/avvisi/{token}", data=ONE_CLICK).status_code == 404
    assert len(queries()) == 1
    assert db.session.scalar(select(func.count(Shift.id))) == 0
