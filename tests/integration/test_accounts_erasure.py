"""The page on which one erases one's account: what it says, what it asks, what it does."""

import pytest
from flask import url_for
from sqlalchemy import select

from portal.accounts.erasure import list_hindrances
from portal.accounts.models import User
from portal.accounts.services.passwords import hash_of
from portal.accounts.sign_in import SESSION_KEY
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.permissions import Role
from portal.registry.states import RepresentativeRole
from tests.client import parse, texts
from tests.factories.laboratories import make_laboratory
from tests.factories.people import make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.factories.volunteering import make_project, make_shift, make_tutor

ADDRESS = "/area-personale/cancella-account"
PASSWORD = "quattro gatti blu"
END = "\n\n--\nCittà collaborativa, Reggio Emilia\n"


@pytest.fixture
def anna(client):
    user = make_user(name="Anna Prova", email="anna@example.org")
    user.password = hash_of(PASSWORD)
    db.session.commit()
    client.sign_in(user)
    return user


def erases(client, **data):
    return client.submit(ADDRESS, {"proof": PASSWORD, "understands": "y", **data})


def is_erased(user):
    db.session.expire_all()
    return db.session.get_one(User, user.id).erased_at is not None


def test_page_says_what_goes_and_what_stays_before_it_asks(client, anna):
    page = client.get(ADDRESS)
    assert page.headers["Cache-Control"] == "no-store"
    words = texts(parse(page.text))
    for said in (
        "Che cosa sparisce subito", "Che cosa resta, e perché", "persona non più iscritta",
        "le tue iniziali", "D.M. 6 ottobre 2021", "anna@example.org", "La tua password",
    ):  # fmt: skip
        assert said in words
    for path in ("/area-personale/", "/area-personale/dati"):
        assert f'href="{ADDRESS}"' in client.get(path).text
    assert "If you erase your account" not in client.get("/privacy").text


def test_password_and_tick_are_both_asked_for_and_wrong_ones_said_beside_the_field(client, anna):
    empty = client.submit(ADDRESS, {})
    assert empty.status_code == 422
    assert "Scrivi la tua password" in empty.text
    assert "Metti la spunta" in empty.text
    wrong = erases(client, proof="un’altra cosa qui")
    assert wrong.status_code == 422
    assert "Questa non è la tua password." in wrong.text
    assert "un’altra cosa qui" not in wrong.text
    assert erases(client, understands="").status_code == 422
    assert erases(client, proof="anna@example.org").status_code == 422
    assert not is_erased(anna)


def test_it_happens_at_once_and_every_session_ends(client, app, anna):
    phone = app.test_client()
    with phone.session_transaction() as browser:
        browser["_user_id"], browser[SESSION_KEY] = anna.fs_uniquifier, "telefono"
        browser["_fresh"] = True
    assert phone.get("/area-personale/").status_code == 200
    answer = erases(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Il tuo account è cancellato." in client.get("/").text
    assert is_erased(anna)
    for browser in (client, phone):
        assert browser.get("/area-personale/").headers["Location"].startswith("/accedi?next=")
    signed_in = client.submit("/accedi", {"email": "anna@example.org", "password": PASSWORD})
    assert signed_in.status_code == 422


def test_second_tap_of_a_signed_out_page_leads_to_sign_in(client, anna):
    token = client.csrf_token()
    data = {"csrf_token": token, "proof": PASSWORD, "understands": "y"}
    assert client.post(ADDRESS, data=data).status_code == 303
    assert client.post(ADDRESS, data=data).status_code in (303, 400)
    assert is_erased(anna)


def test_who_has_no_password_writes_the_address_out(client):
    user = make_user(email="bea@example.org")
    client.sign_in(user)
    assert "scrivi per intero il tuo indirizzo" in client.get(ADDRESS).text
    assert erases(client, proof="altra@example.org").status_code == 422
    assert erases(client, proof="<script>").status_code == 422
    assert not is_erased(user)
    assert erases(client, proof=" Bea@Example.org ").status_code == 303
    assert is_erased(user)


def test_what_only_they_look_after_is_named_with_the_page_to_hand_it_over(client):
    user = make_user(roles=(Role.ADMINISTRATOR,), email="elio@example.org")
    make_representative(user, make_association(name="Insieme", slug="insieme"))
    make_tutor(project := make_project(title="Orto"), user)
    make_shift(project=project)
    laboratory = make_laboratory(title="Parco")
    laboratory.architect_id = user.id
    db.session.commit()
    client.sign_in(user)
    page = client.get(ADDRESS).text
    for said in (
        "solo te come amministratrice o amministratore", "Per Insieme il ruolo",
        "“Orto” ha solo te come tutor", "Conduci il laboratorio “Parco”",
        'href="/gestione/persone"', 'href="/associazione/insieme/persone"',
        'href="/volontariato/tutor/"', f'href="/gestione/laboratori/{laboratory.slug}/modifica"',
    ):  # fmt: skip
        assert said in page
    assert 'name="proof"' not in page
    for hindrance in list_hindrances(user.id):
        address = url_for(hindrance.endpoint, **hindrance.values)
        assert client.get(address).status_code == 200, address
    # Sent all the same, by who had the page open before.
    assert erases(client, proof="elio@example.org").status_code == 422
    assert not is_erased(user)


def test_one_of_two_managers_may_go(client):
    user, association = make_user(email="bea@example.org"), make_association()
    make_representative(user, association)
    make_representative(make_user(), association, role=RepresentativeRole.MANAGER)
    client.sign_in(user)
    assert erases(client, proof="bea@example.org").status_code == 303


def test_nobody_erases_somebody_else(client):
    other = make_user(email="anna@example.org")
    for roles in ((Role.STAFF,), (Role.ADMINISTRATOR,)):
        make_user(roles=(Role.ADMINISTRATOR,))
        client.sign_in(make_user(roles=roles))
        # Neither by their address, nor by naming them in the form or the address.
        assert erases(client, proof="anna@example.org", user_id=str(other.id)).status_code == 422
        for address in (f"{ADDRESS}/{other.id}", f"/gestione/persone/{other.id}/cancella"):
            assert client.submit(address, {"proof": "anna@example.org"}).status_code == 404
    assert not is_erased(other)
    client.sign_out()
    assert client.submit(ADDRESS, {"proof": PASSWORD}).headers["Location"].startswith("/accedi")


@pytest.mark.parametrize(
    "proof", ["x" * 100_000, "a\u202eb", "' OR 1=1 --", "%s%s", "\U0001f600" * 50]
)
def test_whatever_is_sent_erases_nothing(client, anna, proof):
    assert erases(client, proof=proof).status_code in (400, 413, 422)
    assert not is_erased(anna)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"proof": "quattro gatti blu", "understands": true}', "application/json"),
        (b"<a/>", "text/xml"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"", ""),
    ],
)
def test_other_bodies_erase_nothing(client, anna, body, kind):
    headers = {"X-CSRFToken": client.csrf_token()}
    answer = client.post(ADDRESS, data=body, content_type=kind, headers=headers)
    assert answer.status_code in (400, 413, 415, 422)
    assert not is_erased(anna)


def test_without_token_nothing_is_erased(client, anna):
    assert client.post(ADDRESS, data={"proof": PASSWORD, "understands": "y"}).status_code == 400
    assert client.get(f"{ADDRESS}?proof={PASSWORD}&understands=y").status_code == 200
    assert not is_erased(anna)


def test_erased_person_is_no_page_of_the_administrator(client, anna):
    assert erases(client).status_code == 303
    admin = make_user(roles=(Role.ADMINISTRATOR,))
    client.sign_in(admin)
    assert client.get(f"/gestione/persone/{anna.id}").status_code == 404
    assert "Anna" not in client.get("/gestione/persone?q=iscritta").text


def test_mail_that_confirms_it(client, anna):
    erases(client)
    mail = db.session.scalars(
        select(MailMessage).where(MailMessage.recipient == "anna@example.org")
    ).one()
    assert mail.is_dropped_once_sent
    assert mail.subject == "Il tuo account è cancellato"
    assert mail.text_body.replace("http://127.0.0.1:8000", "") == (
        "Ciao Anna Prova,\n\n"
        "come hai chiesto, abbiamo cancellato il tuo account adesso. I posti che avevi sono liberi"
        " per altri e tutti gli accessi sono chiusi. Questa è l’ultima e-mail che ricevi: non"
        " conserviamo il tuo indirizzo.\n\n"
        "Ciò che la legge ci chiede di conservare e ciò che tutti potevano già leggere resta,"
        " senza il tuo nome ovunque si può. Questa pagina dice che cosa e perché:\n/privacy\n\n"
        "Puoi tornare quando vuoi, con lo stesso indirizzo:\n/registrati\n\n"
        "Se non sei stata o stato tu a cancellare l’account, scrivi subito all’ufficio." + END
    )
