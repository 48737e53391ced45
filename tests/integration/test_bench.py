"""What `make bench` prepares still fits the services it uses."""

from flask import session

from bench import reference, sign_up
from portal.core.database import db
from tests.factories.registry import make_association


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
