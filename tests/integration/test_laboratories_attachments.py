"""Documents of a proposal: who adds them, who reads them, what is taken out of them."""

from io import BytesIO

import pytest
from PIL import Image

from portal.core.database import db
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.files import StoredFile
from portal.laboratories.models import ProposalFile
from portal.laboratories.services import remove_attachment, submit_proposal, withdraw_proposal
from portal.moderation.states import CaseAction
from portal.permissions import Role
from tests.client import parse, texts
from tests.factories.files import PDF, picture
from tests.factories.laboratories import decide, make_draft, make_laboratory
from tests.factories.people import actor_of, make_user
from tests.factories.proposals import make_attached

GPS = 0x8825


@pytest.fixture
def author(database):
    return make_user(name="Ada Prova")


@pytest.fixture
def draft(author):
    return make_draft(make_laboratory(), author)


def page_of(proposal, step: str = "/documenti") -> str:
    return f"/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}{step}"


def send(client, proposal, content: bytes = PDF, title: str = "La pianta"):
    data = {"title": title, "upload": (BytesIO(content), "pianta.pdf")}
    return client.submit(page_of(proposal), data, content_type="multipart/form-data")


def publish(proposal, author):
    submit_proposal(actor=actor_of(author), proposal_id=proposal.id, version=proposal.version)
    db.session.commit()
    return decide(proposal, CaseAction.ACCEPT)


def test_a_document_is_private_until_the_proposal_is_public(client, draft, author):
    clerk, stranger = make_user(roles=(Role.STAFF,)), make_user()
    client.sign_in(author)
    assert send(client, draft).status_code == 303
    assert send(client, draft).status_code == 303
    attached = db.session.scalars(db.select(ProposalFile)).one()
    path = page_of(draft, f"/documenti/{attached.id}")
    assert client.get(path).data == PDF
    assert "La pianta" in texts(parse(client.get(page_of(draft)).text))
    for person in (stranger, clerk):
        client.sign_in(person)
        assert client.get(path).status_code == 404
    submit_proposal(actor=actor_of(author), proposal_id=draft.id, version=draft.version)
    db.session.commit()
    assert client.get(path).status_code == 200
    client.sign_out()
    assert client.get(path).status_code == 404
    decide(draft, CaseAction.ACCEPT)
    answer = client.get(path)
    assert answer.data == PDF
    assert "attachment" in answer.headers["Content-Disposition"]
    page = texts(parse(client.get(page_of(draft, "")).text))
    assert "La pianta" in page
    assert "PDF, 1 KB" in page
    withdraw_proposal(actor=actor_of(author), proposal_id=draft.id)
    db.session.commit()
    assert client.get(path).status_code == 404


def test_a_photo_no_longer_says_where_it_was_taken(client, draft, author):
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (44.0, 41.0, 52.0)}
    client.sign_in(author)
    send(client, draft, picture(exif=exif))
    attached = db.session.scalars(db.select(ProposalFile)).one()
    kept = client.get(page_of(draft, f"/documenti/{attached.id}"))
    assert kept.mimetype == "image/jpeg"
    assert not Image.open(BytesIO(kept.data)).getexif()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ((b"", "La pianta"), "vuoto"),
        ((b"MZ programma", "La pianta"), "PDF, un JPEG o un PNG"),
        ((PDF, ""), "Scrivi che cosa mostra"),
        ((PDF, "a" * 151), "Accorcia il titolo"),
        ((PDF, "a\x00b"), "caratteri invisibili"),
    ],
)
def test_what_cannot_be_kept_says_why(client, draft, author, sent, words):
    client.sign_in(author)
    answer = send(client, draft, *sent)
    assert answer.status_code == 422
    assert words in texts(parse(answer.text))
    assert db.session.scalar(db.select(db.func.count(ProposalFile.id))) == 0


def test_five_documents_are_the_most(client, draft, author):
    client.sign_in(author)
    for n in range(5):
        make_attached(draft, author, content=picture(size=(10 + n, 10)))
    assert "Aggiungi il documento" not in client.get(page_of(draft)).text
    assert send(client, draft).status_code == 422
    with pytest.raises(RuleBrokenError):
        make_attached(draft, author)


def test_a_document_taken_away_is_gone_for_good(client, draft, author):
    attached = make_attached(draft, author)
    path = page_of(draft, f"/documenti/{attached.id}/togli")
    client.sign_in(author)
    for _ in range(2):
        assert client.submit(path).status_code == 303
    assert db.session.scalar(db.select(db.func.count(StoredFile.id))) == 0


def test_only_its_own_documents_are_taken_away(draft, author):
    other = make_draft(draft.laboratory, make_user())
    attached = make_attached(draft, author)
    with pytest.raises(NotFoundError):
        remove_attachment(actor=actor_of(author), proposal_id=other.id, attachment_id=attached.id)
    mine = make_draft(draft.laboratory, author)
    with pytest.raises(NotFoundError):
        remove_attachment(actor=actor_of(author), proposal_id=mine.id, attachment_id=attached.id)


def test_what_everybody_reads_takes_no_more_documents(client, draft, author):
    attached = make_attached(draft, author)
    publish(draft, author)
    with pytest.raises(ForbiddenStepError):
        make_attached(draft, author, content=picture())
    client.sign_in(author)
    assert "L’ufficio ha letto la proposta" in texts(parse(client.get(page_of(draft)).text))
    remove_attachment(actor=actor_of(author), proposal_id=draft.id, attachment_id=attached.id)


@pytest.mark.parametrize("number", ["0", str(2**63 - 1), str(10**30), "abc"])
def test_a_document_that_is_not_there_is_not_found(client, draft, author, number):
    client.sign_in(author)
    assert client.get(page_of(draft, f"/documenti/{number}")).status_code == 404
