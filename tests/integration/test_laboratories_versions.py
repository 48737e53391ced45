"""A published proposal changes in public: each text is kept, and who supports it is told."""

from datetime import timedelta

import pytest

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.mail import MailMessage
from portal.laboratories.models import ProposalSupport, ProposalVersion
from portal.laboratories.queries.versions import list_versions
from portal.laboratories.services import (
    ChangedMeanwhileError,
    ProposalContent,
    WritingClosedError,
    change_published,
    tell_supporters,
)
from tests.client import parse, texts
from tests.factories.laboratories import make_laboratory, make_published, make_submitted
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql


@pytest.fixture
def author(database):
    return make_user(name="Ada Prova", email="ada@example.org")


@pytest.fixture
def proposal(author):
    return make_published(
        make_laboratory(), author, title="Il cortile", text="Apriamolo ogni pomeriggio."
    )


def page_of(proposal, step: str = "") -> str:
    return f"/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}{step}"


def content(text: str = "Apriamolo due pomeriggi.", **more) -> ProposalContent:
    return ProposalContent(title=more.pop("title", "Il cortile"), text=text, **more)


def change(proposal, author, what: ProposalContent, version: int | None = None):
    saved = change_published(
        actor=actor_of(author),
        proposal_id=proposal.id,
        version=version or proposal.version,
        content=what,
    )
    db.session.commit()
    return saved


def support(proposal, *people):
    for person in people:
        db.session.add(
            ProposalSupport(proposal_id=proposal.id, user_id=person.id, supported_at=utc_now())
        )
    db.session.commit()


def mails_of_change() -> list[str]:
    found = db.select(MailMessage.recipient).where(MailMessage.event_key.contains(":changed:"))
    return sorted(db.session.scalars(found))


def test_what_is_published_is_the_first_version(proposal):
    first = db.session.scalars(db.select(ProposalVersion)).one()
    assert (first.number, first.title, first.text) == (
        1,
        "Il cortile",
        "Apriamolo ogni pomeriggio.",
    )


def test_everybody_reads_what_has_changed(client, proposal, author):
    client.sign_in(author)
    form = client.get(page_of(proposal, "/modifica"))
    assert "Cambia la tua proposta" in texts(parse(form.text))
    sent = {"title": "Il cortile", "text": "Apriamolo due pomeriggi.", "version": proposal.version}
    answer = client.submit(page_of(proposal, "/modifica"), sent)
    assert answer.location == page_of(proposal)
    client.sign_out()
    page = client.get(page_of(proposal))
    said = texts(parse(page.text))
    assert "Ada P. ha cambiato la proposta." in said
    assert "Ada Prova" not in page.text
    assert '<del><span class="visually-hidden">tolto: </span>ogni pomeriggio.</del>' in page.text
    assert '<ins><span class="visually-hidden">aggiunto: </span>due pomeriggi.</ins>' in page.text


def test_nothing_changed_is_no_version(proposal, author):
    assert change(proposal, author, content("Apriamolo ogni pomeriggio.")) is None
    assert len(list_versions(proposal.id)) == 1


def test_a_theme_alone_makes_a_version_and_no_mail(proposal, author):
    support(proposal, make_user())
    saved = change(proposal, author, content("Apriamolo ogni pomeriggio.", spot=(3, 4)))
    assert saved is not None
    assert list_versions(proposal.id)[0].changes == ()
    assert mails_of_change() == []


def test_who_supports_it_is_told_once(proposal, author):
    readers = [make_user(email=f"p{n}@example.org") for n in range(2)]
    support(proposal, author, make_user(has_email=False), *readers)
    change(proposal, author, content())
    for _ in range(2):
        tell_supporters(proposal_id=proposal.id)
        db.session.commit()
    assert mails_of_change() == ["p0@example.org", "p1@example.org"]


def test_a_job_that_comes_late_tells_nobody(proposal, author):
    tell_supporters(proposal_id=10**9)
    waiting = make_submitted(proposal.laboratory, author)
    support(waiting, make_user())
    tell_supporters(proposal_id=waiting.id)
    assert mails_of_change() == []


def test_the_second_of_two_windows_is_told(client, proposal, author):
    seen = proposal.version
    change(proposal, author, content())
    with pytest.raises(ChangedMeanwhileError):
        change(proposal, author, content("Altro."), version=seen)
    client.sign_in(author)
    sent = {"title": "Il cortile", "text": "Dal secondo.", "version": seen}
    answer = client.submit(page_of(proposal, "/modifica"), sent)
    assert answer.status_code == 409
    assert "Dal secondo." in answer.text


def test_once_listening_is_over_the_text_stays(client, proposal, author):
    with frozen(utc_now() + timedelta(days=30)):
        with pytest.raises(WritingClosedError):
            change(proposal, author, content())
        client.sign_in(author)
        assert client.get(page_of(proposal, "/modifica")).status_code == 303
        assert "Cambia il testo" not in client.get(page_of(proposal)).text


def test_only_what_is_published_changes_in_public(proposal, author):
    with pytest.raises(ForbiddenStepError):
        change(make_submitted(proposal.laboratory, author), author, content())
    proposal.merged_into_id = make_published(proposal.laboratory, author).id
    db.session.commit()
    with pytest.raises(ForbiddenStepError):
        change(proposal, author, content())


def test_a_published_text_is_not_emptied(client, proposal, author):
    with pytest.raises(RuleBrokenError):
        change(proposal, author, content("  "))
    db.session.rollback()
    client.sign_in(author)
    sent = {"title": "Il cortile", "text": "", "version": proposal.version, "passo": "bozza"}
    assert client.submit(page_of(proposal, "/modifica"), sent).status_code == 422


def test_a_long_life_is_shown_by_its_last_ten_changes(client, proposal, author):
    with counted_sql() as few:
        client.get(page_of(proposal))
    for n in range(12):
        change(proposal, author, content(f"Testo {n} " * 30))
    rows = list_versions(proposal.id)
    assert [row.number for row in rows] == list(range(13, 3, -1))
    with counted_sql() as many:
        assert client.get(page_of(proposal)).status_code == 200
    assert len(many) == len(few) <= 10
