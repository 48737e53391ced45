"""Whom who leads a laboratory has to thank, and that they are thanked once."""

import pytest

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import db
from portal.core.errors import ForbiddenStepError
from portal.core.mail import MailMessage
from portal.laboratories.models import Commitment
from portal.laboratories.queries.desk import list_led_laboratories
from portal.laboratories.queries.thanks import list_to_thank
from portal.laboratories.services.thanks import thank_party
from portal.laboratories.states import CommitmentState, PartyKind
from tests.client import fields_of
from tests.factories.agreements import make_clerk, make_in_force
from tests.factories.people import actor_of, make_user


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def speaker(database):
    return make_user(name="Vera Vicina")


@pytest.fixture
def agreement(clerk, speaker):
    """Return an agreement in force whose two commitments were kept."""
    agreement = make_in_force(clerk, actor_of(make_user()), spokesperson=speaker.id)
    for commitment in commitments_of(agreement):
        commitment.state, commitment.done_on = CommitmentState.DONE, local_today()
    db.session.commit()
    return agreement


def commitments_of(agreement):
    statement = db.select(Commitment).where(Commitment.agreement_id == agreement.id)
    return db.session.scalars(statement.order_by(Commitment.id)).all()


def thanks():
    statement = db.select(MailMessage).where(MailMessage.event_key.contains(":thanked:"))
    return db.session.scalars(statement).all()


def to_thank(agreement):
    return [row.party_name for row in list_to_thank(agreement.laboratory_id)]


def test_party_is_thanked_once_and_the_municipality_never(clerk, speaker, agreement):
    assert to_thank(agreement) == ["Vicine di casa"]
    assert list_led_laboratories(clerk)[0].to_thank == 1
    [kept] = [c for c in commitments_of(agreement) if c.party_kind is PartyKind.GROUP]
    assert thank_party(actor=clerk, commitment_id=kept.id, words="Che bella sala.") == 1
    assert thank_party(actor=clerk, commitment_id=kept.id, words="Di nuovo.") == 0
    [mail] = thanks()
    assert (mail.recipient, "Che bella sala." in mail.text_body) == (speaker.email, True)
    assert clerk.name in mail.text_body
    assert to_thank(agreement) == []
    assert list_led_laboratories(clerk)[0].to_thank == 0


def test_what_is_not_kept_is_not_thanked_for(clerk, agreement):
    commitment = commitments_of(agreement)[1]
    commitment.state, commitment.done_on = CommitmentState.IN_PROGRESS, None
    db.session.flush()
    with pytest.raises(ForbiddenStepError):
        thank_party(actor=clerk, commitment_id=commitment.id, words="Grazie.")
    assert to_thank(agreement) == []


def test_thanks_are_written_at_the_desk(client, clerk, agreement):
    client.sign_in(db.session.get_one(User, clerk.id))
    desk = f"/gestione/laboratori/{agreement.laboratory.slug}"
    assert f"{desk}/grazie/" in client.get(f"{desk}/").text
    [row] = list_to_thank(agreement.laboratory_id)
    page = f"{desk}/grazie/{row.id}"
    assert row.title in fields_of(client.get(page))["words"]
    assert client.submit(page, {"words": " "}).status_code == 422
    long = client.submit(page, {"words": "x" * 1001})
    assert (long.status_code, "x" * 1001 in long.text) == (422, True)
    assert client.submit(page, {"words": "Grazie <b>davvero</b>."}).status_code == 303
    assert "&lt;b&gt;davvero" in thanks()[0].html_body
    assert client.submit(page, {"words": "Ancora."}).status_code == 404
    assert "Tutti ringraziati" in client.get(f"{desk}/grazie/").text
