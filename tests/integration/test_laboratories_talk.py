"""Supports and comments: what services do, what pages show, what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import AlreadyDecidedError, ForbiddenStepError, NotFoundError
from portal.core.mail import MailMessage
from portal.laboratories.models import Comment, CommentUseful, Proposal, ProposalSupport
from portal.laboratories.policies import CommentRefusal, SupportRefusal
from portal.laboratories.services import (
    CommentRefusedError,
    SupportRefusedError,
    find_no_longer_useful,
    find_useful,
    support_proposal,
    withdraw_comment,
    withdraw_support,
    write_comment,
)
from portal.laboratories.services.comment_digest import tell_proposers
from portal.laboratories.states import CommentState, Phase
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind, CaseState
from portal.permissions import Role
from tests.client import parse, texts
from tests.factories.laboratories import district_id_of, make_laboratory, make_published
from tests.factories.laboratory_rows import key
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql

HTMX = {"HX-Request": "true"}
LONG = "Abito di fronte e ci passo ogni giorno con i bambini. " * 9


@pytest.fixture
def author(database):
    return make_user(name="Samira Prova", email="samira@example.org")


@pytest.fixture
def proposal(author):
    return make_published(make_laboratory(), author, title="Il cortile aperto")


def address_of(proposal: Proposal, step: str = "") -> str:
    return f"/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}{step}"


def said(response) -> str:
    return texts(parse(response.text))


def comment(proposal, user=None, text="Abito di fronte.", parent=None):
    made = write_comment(
        actor=actor_of(user or make_user(name="Lorenzo Gialli")),
        proposal_id=proposal.id,
        text=text,
        form_key=key(),
        parent_id=parent.id if parent else None,
    )
    db.session.commit()
    return made


def decide(made, action=CaseAction.ACCEPT, reason="Va bene.", clerk=None):
    case = find_case_of(CaseKind.COMMENT, made.id)
    clerk = clerk or make_user(name="Carla Ufficio", roles=(Role.STAFF,))
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=action, reason=reason
    )
    db.session.commit()
    return made


def published(proposal, user=None, text="Abito di fronte.", parent=None):
    return decide(comment(proposal, user, text, parent))


def mails(event: str) -> list[MailMessage]:
    statement = db.select(MailMessage).order_by(MailMessage.id)
    return [m for m in db.session.scalars(statement) if f":{event}" in m.event_key]


# --- supports


def test_one_person_supports_once_and_may_take_it_back(proposal):
    ada = actor_of(make_user())
    for _tap in range(2):
        support_proposal(actor=ada, proposal_id=proposal.id)
    db.session.commit()
    db.session.refresh(proposal)
    assert proposal.support_count == 1
    for _tap in range(2):
        withdraw_support(actor=ada, proposal_id=proposal.id)
    db.session.commit()
    db.session.refresh(proposal)
    assert proposal.support_count == 0
    assert db.session.scalars(db.select(ProposalSupport)).all() == []


def test_the_author_cannot_support_their_own(proposal, author):
    with pytest.raises(SupportRefusedError) as refused:
        support_proposal(actor=actor_of(author), proposal_id=proposal.id)
    assert refused.value.refusal is SupportRefusal.OWN


@pytest.mark.parametrize("phase", [Phase.FEASIBILITY, Phase.SIGNATURE])
def test_after_the_phase_nobody_supports_or_takes_back(author, phase):
    laboratory = make_laboratory()
    proposal = make_published(laboratory, author)
    laboratory.phase = phase
    db.session.commit()
    for act in (support_proposal, withdraw_support):
        with pytest.raises(SupportRefusedError) as refused:
            act(actor=actor_of(make_user()), proposal_id=proposal.id)
        assert refused.value.refusal is SupportRefusal.CLOSED


def test_the_bar_works_with_and_without_htmx(client, proposal):
    page = client.get(address_of(proposal))
    assert "Accedi e sostienila" in said(page)
    assert "/accedi?next=" in page.text
    client.sign_in(make_user())
    assert "La sostengo anch’io" in said(client.get(address_of(proposal)))
    answer = client.submit(address_of(proposal, "/sostieni"))
    assert answer.status_code == 303
    assert answer.location.endswith("#support")
    assert "1 persona la sostiene" in said(client.get(address_of(proposal)))
    bar = client.submit(address_of(proposal, "/non-sostengo"), headers=HTMX)
    assert bar.text.lstrip().startswith("<aside")
    assert "Ancora nessuno la sostiene" in bar.text


@pytest.mark.parametrize(
    ("made", "reason", "words"),
    [
        ({"opens_in": -20, "closes_in": -2}, "closed", "Si poteva sostenere fino a"),
        ({"opens_in": 3, "closes_in": 9}, "not_open_yet", "Puoi sostenerla da"),
    ],
)
def test_the_page_says_when_supporting_opens_or_closed(client, author, made, reason, words):
    laboratory = make_laboratory()
    proposal = make_published(laboratory, author)
    days = make_laboratory(title="Altro", **made)
    for phase, other in zip(laboratory.phases, days.phases, strict=True):
        phase.starts_on, phase.ends_on = other.starts_on, other.ends_on
    # Only the days of listening are known, and comments follow them too.
    laboratory.phases[1].allows = []
    db.session.commit()
    page = client.get(address_of(proposal))
    assert f'data-reason="{reason}"' in page.text
    assert words in said(page)
    client.sign_in(make_user())
    assert client.submit(address_of(proposal, "/sostieni")).status_code == 409
    refused = client.submit(address_of(proposal, "/commenta"), {"text": "Il mio testo"})
    assert refused.status_code == 409
    assert "Il mio testo" in refused.text


# --- writing comments


def test_a_comment_waits_for_the_office_and_only_its_author_sees_it(client, proposal):
    lorenzo = make_user(name="Lorenzo Gialli")
    client.sign_in(lorenzo)
    answer = client.submit(address_of(proposal, "/commenta"), {"text": "Abito di fronte."})
    assert answer.status_code == 303
    own = said(client.get(address_of(proposal)))
    assert "Abito di fronte." in own
    assert "per ora lo vedi solo tu" in own
    client.sign_out()
    assert "Abito di fronte." not in client.get(address_of(proposal)).text
    [made] = db.session.scalars(db.select(Comment)).all()
    case = find_case_of(CaseKind.COMMENT, made.id)
    assert (case.state, case.title, case.term_days) == (CaseState.WAITING, "Abito di fronte.", 2)
    decide(made)
    page = client.get(address_of(proposal))
    assert "Abito di fronte." in said(page)
    assert "1 commento" in said(page)
    assert "Lorenzo G." in page.text
    assert "Lorenzo Gialli" not in page.text


def test_the_same_form_sent_twice_is_one_comment(client, proposal):
    client.sign_in(make_user())
    form = {"text": "Due volte", "form_key": key()}
    for _tap in range(2):
        assert client.submit(address_of(proposal, "/commenta"), form).status_code == 303
    assert len(db.session.scalars(db.select(Comment)).all()) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Scrivi il commento."),
        ("   \n ", "Scrivi il commento."),
        ("x" * 10_000, "Accorcia il commento a 3000 caratteri"),
        ("ciao\x00", "caratteri invisibili"),
    ],
)
def test_a_bad_comment_is_refused_with_a_sentence_and_kept(client, proposal, text, words):
    client.sign_in(make_user())
    answer = client.submit(address_of(proposal, "/commenta"), {"text": text})
    assert answer.status_code == 422
    assert words in said(answer)
    assert text.strip().replace("\x00", "") in answer.text
    assert db.session.scalars(db.select(Comment)).all() == []


def test_markup_and_addresses_are_shown_as_typed(client, proposal):
    published(proposal, text="<b>forte</b> <script>alert(1)</script> https://example.org/x")
    page = client.get(address_of(proposal))
    assert "&lt;b&gt;forte&lt;/b&gt; &lt;script&gt;" in page.text
    assert "<script>alert" not in page.text
    assert "https://example.org/x" in page.text
    assert 'href="https://example.org/x' not in page.text


def test_answers_go_one_deep(client, proposal):
    first = published(proposal, text="Primo")
    answer = published(proposal, text="Risposta", parent=first)
    assert (answer.depth, answer.parent_id) == (1, first.id)
    with pytest.raises(NotFoundError):
        comment(proposal, text="Più giù", parent=answer)
    client.sign_in(make_user())
    page = said(client.get(address_of(proposal, f"?rispondi={first.id}")))
    assert "La tua risposta a Lorenzo G." in page


@pytest.mark.parametrize("parent", ["0", "-1", "999999999", "x", "9" * 40])
def test_a_forged_parent_breaks_nothing(client, proposal, parent):
    client.sign_in(make_user())
    form = {"text": "Testo", "parent_id": parent}
    assert client.submit(address_of(proposal, "/commenta"), form).status_code in (303, 404)


def test_an_answer_to_a_comment_elsewhere_is_not_found(proposal, author):
    elsewhere = make_published(proposal.laboratory, author, title="Altra")
    with pytest.raises(NotFoundError):
        comment(elsewhere, parent=published(proposal))


def test_at_most_ten_comments_of_one_person_wait(client, proposal):
    ada = make_user()
    for number in range(10):
        comment(proposal, ada, text=f"Numero {number}")
    with pytest.raises(CommentRefusedError) as refused:
        comment(proposal, ada)
    assert refused.value.refusal is CommentRefusal.TOO_MANY_WAITING
    db.session.rollback()
    client.sign_in(ada)
    answer = client.submit(address_of(proposal, "/commenta"), {"text": "Questo resta qui"})
    assert answer.status_code == 409
    assert "Dieci tuoi commenti aspettano" in said(answer)
    assert "Questo resta qui" in answer.text
    comment(proposal, make_user())


def test_who_leads_speaks_for_the_municipality_at_once(client, proposal):
    architect = make_user(
        name="Elena Fondi", roles=(Role.ARCHITECT,), district_id=district_id_of("h")
    )
    made = comment(proposal, architect, text="Guardiamo i costi.")
    assert (made.state, made.is_of_office) == (CommentState.PUBLISHED, True)
    elsewhere = make_user(roles=(Role.ARCHITECT,), district_id=district_id_of("a"))
    assert comment(proposal, elsewhere).state is CommentState.WAITING
    page = said(client.get(address_of(proposal)))
    assert "Elena F.Comune" in page
    assert "Guardiamo i costi." in page


def test_the_proposer_is_marked_and_never_speaks_for_the_office(client):
    clerk = make_user(name="Carla Ufficio", roles=(Role.STAFF,))
    proposal = make_published(make_laboratory(), clerk)
    made = comment(proposal, clerk, text="Grazie a tutti.")
    assert (made.state, made.is_of_office) == (CommentState.WAITING, False)
    decide(made, clerk=make_user(roles=(Role.STAFF,)))
    assert "Carla U.Propone" in said(client.get(address_of(proposal)))


# --- useful, taking back


def test_useful_is_one_a_person_and_orders_the_talk(client, proposal):
    older, newer = published(proposal, text="Vecchio"), published(proposal, text="Nuovo")
    ada = make_user()
    for _tap in range(2):
        find_useful(actor=actor_of(ada), comment_id=older.id)
    db.session.commit()
    db.session.refresh(older)
    assert older.useful_count == 1
    newest = said(client.get(address_of(proposal)))
    useful = said(client.get(address_of(proposal, "?commenti=utili")))
    assert newest.index("Nuovo") < newest.index("Vecchio")
    assert useful.index("Vecchio") < useful.index("Nuovo")
    client.sign_in(ada)
    form = {"togli": "1"}
    client.submit(address_of(proposal, f"/commenti/{older.id}/utile"), form)
    client.submit(address_of(proposal, f"/commenti/{newer.id}/utile"))
    found = db.session.scalars(db.select(CommentUseful.comment_id)).all()
    assert found == [newer.id]


def test_nobody_finds_their_own_or_a_waiting_comment_useful(proposal):
    ada = make_user()
    own, waiting = published(proposal, ada), comment(proposal)
    with pytest.raises(ForbiddenStepError):
        find_useful(actor=actor_of(ada), comment_id=own.id)
    with pytest.raises(NotFoundError):
        find_no_longer_useful(actor=actor_of(ada), comment_id=waiting.id)


def test_a_comment_taken_back_leaves_its_place(client, proposal):
    ada = make_user()
    made = published(proposal, ada, text="Ci ripenso")
    published(proposal, text="Io no", parent=made)
    client.sign_in(ada)
    client.submit(address_of(proposal, f"/commenti/{made.id}/ritira"))
    client.sign_out()
    page = said(client.get(address_of(proposal)))
    assert "Ci ripenso" not in page
    assert "Chi ha scritto questo commento l’ha ritirato." in page
    assert "Io no" in page


def test_a_waiting_comment_taken_back_ends_its_case(proposal):
    ada = make_user()
    made = comment(proposal, ada)
    withdraw_comment(actor=actor_of(ada), comment_id=made.id)
    withdraw_comment(actor=actor_of(ada), comment_id=made.id)
    assert find_case_of(CaseKind.COMMENT, made.id).state is CaseState.WITHDRAWN
    with pytest.raises(NotFoundError):
        withdraw_comment(actor=actor_of(make_user()), comment_id=made.id)


# --- the office


def test_two_clerks_decide_at_once_and_the_second_is_told(proposal):
    made = comment(proposal)
    case = find_case_of(CaseKind.COMMENT, made.id)
    decide(made)
    with pytest.raises(AlreadyDecidedError):
        decide_case(
            actor=actor_of(make_user(roles=(Role.STAFF,))),
            case_id=case.id,
            version=case.version,
            action=CaseAction.REFUSE,
            reason="No.",
        )


def test_comments_are_decided_in_the_queue(client, proposal):
    parent = published(proposal, text="Sopra")
    made = comment(proposal, text="Sotto", parent=parent)
    case = find_case_of(CaseKind.COMMENT, made.id)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    assert "Commento" in said(client.get("/gestione/coda"))
    page = said(client.get(f"/gestione/coda/{case.id}"))
    for words in ("Sopra", "Sotto", "Il cortile aperto", "Non pubblicare"):
        assert words in page
    form = {
        "version": str(case.version),
        "decision": "accept",
        "reason": "Va bene, grazie di averlo scritto.",
    }
    answer = client.submit(f"/gestione/coda/{case.id}/decidi", form)
    assert answer.status_code == 303
    db.session.refresh(made)
    assert made.state is CommentState.PUBLISHED


def test_a_refused_comment_is_mailed_with_its_text_and_the_reason(proposal):
    ada = make_user(name="Ada Prova")
    decide(comment(proposal, ada, text="Una parolaccia"), CaseAction.REFUSE, "Senza insulti.")
    [mail] = mails("refused")
    assert mail.recipient == ada.email
    assert mail.subject == "Non possiamo pubblicare il tuo commento: Il cortile aperto"
    for words in ("Senza insulti.", "Una parolaccia", "Ciao Ada Prova,"):
        assert words in mail.text_body


def test_who_is_answered_gets_one_mail_and_never_of_their_own(proposal, author):
    ada = make_user(name="Ada Prova")
    first = published(proposal, ada)
    published(proposal, ada, text="Aggiungo", parent=first)
    assert mails("answered") == []
    published(proposal, text="Sono d’accordo", parent=first)
    [mail] = mails("answered")
    assert mail.recipient == ada.email
    assert mail.subject == "Lorenzo G. risponde al tuo commento: Il cortile aperto"
    assert "Sono d’accordo" in mail.text_body


def test_the_proposer_gets_one_mail_a_day(author):
    with frozen(datetime(2026, 11, 30, 9, tzinfo=UTC)):
        proposal = make_published(make_laboratory(), author, title="Il cortile aperto")
        published(proposal, text="Primo")
        published(proposal, text="Secondo")
        own = published(proposal, author, text="Mio")
        published(proposal, text="Risposta a Samira", parent=own)
        tell_proposers()
        assert mails("comments:") == []
    with frozen(datetime(2026, 12, 1, 7, tzinfo=UTC)):
        published(proposal, text="Di oggi")
        for _run in range(2):
            tell_proposers()
            db.session.commit()
        [mail] = mails("comments:")
    assert mail.recipient == author.email
    assert mail.subject == "2 nuovi commenti a quello che proponi"
    assert "Primo" in mail.text_body
    assert "Secondo" in mail.text_body
    for other in ("Mio", "Risposta a Samira", "Di oggi"):
        assert other not in mail.text_body
    with frozen(datetime(2026, 12, 1, 7, tzinfo=UTC) + timedelta(days=1)):
        tell_proposers()
        db.session.commit()
    assert len(mails("comments:")) == 2


# --- pages and numbers


def fill(proposal, number: int, *, answers: int = 0) -> None:
    people = [make_user(name=f"Persona {n}").id for n in range(7)]
    now = datetime.now(UTC)
    for n in range(number):
        parent = Comment(
            proposal_id=proposal.id, author_id=people[n % 7], text=f"{LONG} {n}", form_key=key(),
            state=CommentState.PUBLISHED, published_at=now + timedelta(seconds=n),
        )  # fmt: skip
        db.session.add(parent)
        db.session.flush()
        for _answer in range(answers):
            db.session.add(
                Comment(
                    proposal_id=proposal.id,
                    parent_id=parent.id,
                    parent_depth=0,
                    depth=1,
                    author_id=people[(n + 1) % 7],
                    text=LONG,
                    form_key=key(),
                    state=CommentState.PUBLISHED,
                    published_at=now + timedelta(seconds=n + 1),
                )
            )
    db.session.commit()


def test_the_page_costs_the_same_with_three_and_three_hundred_comments(client, author):
    small = make_published(make_laboratory(), author)
    large = make_published(small.laboratory, author)
    fill(small, 3)
    fill(large, 100, answers=2)
    client.sign_in(make_user())
    client.get(address_of(small))
    counts = []
    for proposal in (small, large):
        address = address_of(proposal)
        with counted_sql() as statements:
            assert client.get(address).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 10, statements


def test_twenty_comments_a_page_and_a_link_to_each(client, proposal):
    fill(proposal, 45)
    assert client.get(address_of(proposal)).text.count('<li id="commento-') == 20
    assert client.get(address_of(proposal, "?pagina=3")).text.count('<li id="commento-') == 5
    assert client.get(address_of(proposal, "?pagina=99")).text.count('<li id="commento-') == 5
    alone = client.get(address_of(proposal, "?pagina=2"), headers=HTMX)
    assert alone.text.lstrip().startswith('<section id="talk"')
    oldest = db.session.scalar(db.select(db.func.min(Comment.id)))
    answer = client.get(address_of(proposal, f"/commenti/{oldest}"))
    assert answer.location.endswith(f"?pagina=3#commento-{oldest}")
    assert client.get(address_of(proposal, "/commenti/999999")).status_code == 404


@pytest.mark.parametrize(
    "query", ["commenti=x", "commenti=utili&pagina=-1", "rispondi=x", "rispondi=999999999999999"]
)
def test_strange_addresses_break_nothing(client, proposal, query):
    published(proposal)
    assert client.get(address_of(proposal, f"?{query}")).status_code == 200


@pytest.mark.parametrize("step", ["sostieni", "non-sostengo", "commenta"])
def test_a_reloaded_answer_leads_to_the_proposal(client, proposal, step):
    answer = client.get(address_of(proposal, f"/{step}"))
    assert answer.status_code == 302
    assert answer.location.endswith(f"/proposte/{proposal.id}")


# --- the database


@pytest.mark.parametrize(
    "broken",
    ["state = 'hidden', reason = ' '", "published_at = NULL, state = 'published'", "text = ' '"],
)
def test_the_database_refuses_an_impossible_comment(proposal, broken):
    made = published(proposal)
    with pytest.raises(IntegrityError):
        db.session.execute(
            db.text(f"UPDATE laboratory_comment SET {broken} WHERE id = {made.id}")  # noqa: S608
        )


def test_only_reports_may_have_nobody_who_asks(proposal):
    case = find_case_of(CaseKind.COMMENT, comment(proposal).id)
    with pytest.raises(IntegrityError, match="somebody_asks"):
        db.session.execute(
            db.text(f"UPDATE moderation_case SET applicant_id = NULL WHERE id = {case.id}")  # noqa: S608
        )
