"""What `make bench` prepares still fits the services it uses."""

from flask import session

from bench import reference, series, shifts, sign_up, similar, talk
from portal.core.database import db
from portal.laboratories.queries import find_similar_proposals
from portal.volunteering.models import Shift
from tests.factories.laboratories import make_laboratory, make_published
from tests.factories.people import make_user
from tests.factories.registry import make_association
from tests.factories.volunteering import make_project, make_shift
from tests.sql_counter import counted_sql


def test_people_take_places_with_cookies_of_their_own(app, database):
    users, (shifts,) = sign_up._prepare(3, 1)
    browsers = [sign_up._browser(app, user) for user in users]
    assert len({cookie for cookie, _token in browsers}) == 3
    cookie, token = browsers[1]
    session.clear()
    db.session.commit()
    answer = app.test_client(use_cookies=False).post(
        f"/volontariato/turni/{shifts[0]}/partecipo",
        data={"csrf_token": token},
        headers={"Cookie": cookie},
    )
    assert answer.status_code == int(sign_up.SEE_OTHER)
    assert sign_up._count_kept() == 1


def test_reference_shows_rows_of_the_same_table(database, server, monkeypatch):
    make_association(name="Amici della Misura")
    db.session.commit()
    monkeypatch.setenv("DATABASE_URL", server.database_url("portal"))
    bare = reference.create_app()
    page = bare.test_client().get("/").get_data(as_text=True)
    assert "Amici della Misura" in page
    bare.extensions["engine"].dispose()


def test_list_of_five_thousand_shifts_asks_no_more_than_one_of_three(client):
    project = make_project(title="Compiti insieme")
    for hours in (30, 40, 50):
        make_shift(project=project, in_hours=hours)
    before = {path: queries_of(client, path) for path in shifts.PAGES.values()}
    connection = db.session.connection().connection.driver_connection
    connection.execute(shifts.MAKE_SHIFTS, {"number": shifts.SHIFTS})
    connection.execute(shifts.MAKE_PEOPLE)
    many = {"shifts": shifts.SHIFTS, "number": shifts.SIGN_UPS}
    assert connection.execute(shifts.MAKE_SIGN_UPS, many).rowcount == shifts.SIGN_UPS
    db.session.commit()
    for path, number in before.items():
        # Page 20 exists only now; before, the last page was found in its place.
        assert queries_of(client, path) <= number, path
    assert 'data-total="5003"' in client.get("/volontariato/").text


def test_full_laboratory_asks_no_more_than_one_with_a_single_proposal(client):
    proposal = make_published(make_laboratory(), make_user())
    proposal_id, laboratory = proposal.id, f"/laboratori/{proposal.laboratory.slug}"
    paths = (laboratory, f"{laboratory}/proposte/", f"{laboratory}/proposte/{proposal_id}")
    before = [queries_of(client, path) for path in paths]
    connection = db.session.connection().connection.driver_connection
    found = connection.execute(talk.FIND_DEMO).fetchone()
    assert found == (proposal_id, proposal.laboratory.slug)
    connection.execute(talk.MAKE_PROPOSALS, {"number": talk.PROPOSALS, "of": proposal_id})
    many = {"number": talk.COMMENTS, "most": talk.MOST_TALKED_OF}
    assert connection.execute(talk.MAKE_COMMENTS, many).rowcount == talk.COMMENTS
    assert connection.execute(talk.MAKE_ANSWERS).rowcount > talk.COMMENTS / 4
    [busiest] = connection.execute(talk.FIND_BUSIEST).fetchone()
    db.session.commit()
    paths = (laboratory, f"{laboratory}/proposte/", f"{laboratory}/proposte/{busiest}")
    for path, number in zip(paths, before, strict=True):
        assert queries_of(client, path) <= number, path


def test_year_of_a_series_is_made_undone_and_leaves_nothing(database):
    series._measure(series._make_project(), series.a_year())
    assert db.session.scalar(db.select(db.func.count(Shift.id))) == 0


def queries_of(client, path):
    with counted_sql() as statements:
        assert client.get(path).status_code == 200
    return len(statements)


def test_similar_proposals_are_found_by_the_indexes(database):
    make_user()
    make_laboratory()
    laboratory_id = similar.fill()
    for title in similar.TITLES:
        assert "ix_proposal_plain_title" in similar.check_plan(laboratory_id, title)
    plan = similar.check_plan(laboratory_id, similar.TITLES[0])
    assert "ix_proposal_search" in plan
    found = find_similar_proposals(laboratory_id=laboratory_id, title="Panchina ombra fontana")
    assert found
    assert all("Panchina" in row.title or "Ombra" in row.title for row in found)
