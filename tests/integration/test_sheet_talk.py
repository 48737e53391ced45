"""Comments at sections of project sheets: written, read by the office, shown, told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import NotFoundError
from portal.core.mail import MailMessage
from portal.laboratories.models import Comment, ContentReport, LaboratoryPerson
from portal.laboratories.policies import CommentRefusal
from portal.laboratories.queries.people import count_people
from portal.laboratories.services import (
    CommentRefusedError,
    add_editor,
    find_useful,
    join_laboratory,
    show_comment_again,
    unshare_sheet,
)
from portal.laboratories.services.agreements import AgreementContent, start_agreement
from portal.laboratories.services.section_comment_digest import tell_sheet_readers
from portal.laboratories.states import CommentState, Phase, SheetSection, SheetState
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.permissions import Role
from tests.client import parse, texts
from tests.factories.laboratories import district_id_of, make_laboratory
from tests.factories.laboratory_rows import key
from tests.factories.people import actor_of, make_user
from tests.factories.sheets import make_shared_sheet
from tests.factories.talk import make_hidden, make_section_comment
from tests.sql_counter import counted_sql

SECTIONS = ("contenuti", "finalita", "azioni", "tempi", "spazi", "chi", "soldi", "indicatori")


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Ufficio", roles=(Role.STAFF,))


@pytest.fixture
def laboratory(database):
    return make_laboratory(phase=Phase.SHARING)


@pytest.fixture
def sheet(clerk, laboratory):
    return make_shared_sheet(actor_of(clerk), laboratory, actions="Compiti.\nMerenda.")


@pytest.fixture
def lorenzo(database):
    return make_user(name="Lorenzo Gialli", email="lorenzo@example.org")


@pytest.fixture
def editor(clerk, sheet):
    person = make_user(name="Vera Vicina", email="vera@example.org")
    add_editor(actor=actor_of(clerk), sheet_id=sheet.id, email=person.email)
    db.session.commit()
    return person


def page_of(sheet, more=""):
    return f"/laboratori/{sheet.laboratory.slug}/schede/{sheet.id}{more}"


def said(response) -> str:
    return texts(parse(response.text))


def mails(event: str) -> list[MailMessage]:
    statement = db.select(MailMessage).order_by(MailMessage.id)
    return [m for m in db.session.scalars(statement) if event in m.event_key]


def test_a_comment_waits_for_the_office_and_stands_at_its_section(client, sheet, lorenzo, clerk):
    client.sign_in(lorenzo)
    page = client.get(page_of(sheet))
    assert page_of(sheet, "?sezione=azioni#talk") in page.text
    answer = client.submit(page_of(sheet, "/commenta/azioni"), {"text": "Anche la lettura?"})
    assert answer.status_code == 303
    [made] = db.session.scalars(db.select(Comment)).all()
    assert answer.location.endswith(page_of(sheet, f"?sezione=azioni#commento-{made.id}"))
    assert (made.proposal_id, made.sheet_id, made.section) == (
        None,
        sheet.id,
        SheetSection.ACTIONS,
    )
    own = said(client.get(page_of(sheet, "?sezione=azioni")))
    assert "Anche la lettura?" in own
    assert "per ora lo vedi solo tu" in own
    client.sign_out()
    assert "Anche la lettura?" not in client.get(page_of(sheet, "?sezione=azioni")).text
    case = find_case_of(CaseKind.COMMENT, made.id)
    assert case.term_days == 2
    client.sign_in(clerk)
    page = said(client.get(f"/gestione/coda/{case.id}"))
    for words in ("Anche la lettura?", "Compiti e merenda", "Azioni", "Compiti. Merenda."):
        assert words in page
    decide_case(
        actor=actor_of(clerk),
        case_id=case.id,
        version=case.version,
        action=CaseAction.ACCEPT,
        reason="Va bene.",
    )
    db.session.commit()
    client.sign_out()
    page = client.get(page_of(sheet))
    assert "1 commento: Azioni" in said(page)
    page = said(client.get(page_of(sheet, "?sezione=azioni")))
    assert "Lorenzo G." in page
    assert "Anche la lettura?" in page
    assert "Anche la lettura?" not in said(client.get(page_of(sheet, "?sezione=tempi")))
    [mail] = mails(":published:")
    assert page_of(sheet, f"/commenti/{made.id}") in mail.text_body


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_can_be_commented_without_javascript(client, sheet, lorenzo, section):
    client.sign_in(lorenzo)
    page = client.get(page_of(sheet, f"?sezione={section}"))
    assert f'action="{page_of(sheet, f"/commenta/{section}")}"' in page.text
    assert page.text.count('id="talk"') == 1
    sent = client.submit(page_of(sheet, f"/commenta/{section}"), {"text": "Bene."})
    assert sent.status_code == 303


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Scrivi il commento."),
        ("x" * 10_000, "Accorcia il commento a 3000 caratteri"),
        ("ciao\x00", "caratteri invisibili"),
    ],
)
def test_a_bad_comment_is_refused_and_kept(client, sheet, lorenzo, text, words):
    client.sign_in(lorenzo)
    answer = client.submit(page_of(sheet, "/commenta/soldi"), {"text": text})
    assert answer.status_code == 422
    assert words in said(answer)
    assert text.replace("\x00", "") in answer.text
    assert db.session.scalars(db.select(Comment)).all() == []


def test_markup_is_shown_as_typed(client, sheet, lorenzo):
    make_section_comment(sheet.id, lorenzo, "<b>forte</b> https://example.org/x")
    page = client.get(page_of(sheet, "?sezione=contenuti"))
    assert "&lt;b&gt;forte&lt;/b&gt;" in page.text
    assert 'href="https://example.org/x' not in page.text


def test_answers_go_one_deep_and_stay_in_their_section(sheet, lorenzo):
    first = make_section_comment(sheet.id, lorenzo, "Primo")
    answer = make_section_comment(sheet.id, lorenzo, "Risposta", parent_id=first)
    with pytest.raises(NotFoundError):
        make_section_comment(sheet.id, lorenzo, "Più giù", parent_id=answer)
    with pytest.raises(NotFoundError):
        make_section_comment(
            sheet.id, lorenzo, "Altrove", section=SheetSection.TIMES, parent_id=first
        )


def test_the_answer_form_names_who_is_answered(client, sheet, lorenzo):
    first = make_section_comment(sheet.id, lorenzo, "Primo")
    client.sign_in(make_user())
    page = client.get(page_of(sheet, f"?sezione=contenuti&rispondi={first}"))
    assert "La tua risposta a Lorenzo G." in said(page)


def test_who_writes_the_sheet_and_the_office_are_marked(client, sheet, editor):
    make_section_comment(sheet.id, editor, "Ci abbiamo pensato.")
    architect = make_user(
        name="Elena Fondi", roles=(Role.ARCHITECT,), district_id=district_id_of("h")
    )
    made = make_section_comment(sheet.id, architect, "I fondi ci sono.", is_decided=False)
    comment = db.session.get(Comment, made)
    assert (comment.state, comment.is_of_office) == (CommentState.PUBLISHED, True)
    page = said(client.get(page_of(sheet, "?sezione=contenuti")))
    assert "Vera V.Scrive la scheda" in page
    assert "Elena F.Comune" in page


def test_a_clerk_who_writes_along_speaks_for_the_municipality(sheet, clerk):
    add_editor(actor=actor_of(clerk), sheet_id=sheet.id, email=clerk.email)
    made = make_section_comment(sheet.id, clerk, "Vediamo.", is_decided=False)
    assert db.session.get(Comment, made).is_of_office


# --- when


def test_in_another_phase_nobody_comments_and_the_page_says_when(client, clerk, lorenzo):
    sheet = make_shared_sheet(actor_of(clerk), make_laboratory(phase=Phase.APPROVAL))
    client.sign_in(lorenzo)
    page = client.get(page_of(sheet))
    assert 'data-reason="closed"' in page.text
    assert "I commenti sono chiusi." in said(page)
    assert "?sezione=" not in page.text
    refused = client.submit(page_of(sheet, "/commenta/azioni"), {"text": "Il mio testo"})
    assert refused.status_code == 409
    assert "Il mio testo" in refused.text
    assert "Oggi in questo laboratorio non si può commentare." in said(refused)


def test_a_frozen_sheet_is_read_and_not_commented(client, sheet, lorenzo):
    make_section_comment(sheet.id, lorenzo, "Detto prima")
    _agree(sheet)
    page = client.get(page_of(sheet, "?sezione=contenuti"))
    assert 'data-reason="agreed"' in page.text
    assert "Detto prima" in said(page)
    with pytest.raises(CommentRefusedError) as refused:
        make_section_comment(sheet.id, lorenzo, "Dopo")
    assert refused.value.refusal is CommentRefusal.AGREED


def test_a_sheet_taken_back_is_commented_by_nobody(client, sheet, lorenzo, clerk, editor):
    made = make_section_comment(sheet.id, lorenzo, "Detto prima")
    unshare_sheet(actor=actor_of(clerk), sheet_id=sheet.id)
    db.session.commit()
    with pytest.raises(CommentRefusedError) as refused:
        make_section_comment(sheet.id, lorenzo, "Dopo")
    assert refused.value.refusal is CommentRefusal.NOT_SHARED
    client.sign_in(lorenzo)
    form = {"text": "Dopo"}
    assert client.submit(page_of(sheet, "/commenta/azioni"), form).status_code == 404
    assert client.get(page_of(sheet, f"/commenti/{made}")).status_code == 404
    client.sign_in(editor)
    page = client.get(page_of(sheet, "?sezione=contenuti"))
    assert 'data-reason="not_shared"' in page.text


def test_at_most_ten_wait_wherever_they_were_written(sheet, lorenzo):
    for number in range(10):
        make_section_comment(sheet.id, lorenzo, f"Numero {number}", is_decided=False)
    with pytest.raises(CommentRefusedError) as refused:
        make_section_comment(sheet.id, lorenzo, "Undici", is_decided=False)
    assert refused.value.refusal is CommentRefusal.TOO_MANY_WAITING


def test_the_same_form_sent_twice_is_one_comment(client, sheet, lorenzo):
    client.sign_in(lorenzo)
    form = {"text": "Due volte", "form_key": key()}
    for _tap in range(2):
        assert client.submit(page_of(sheet, "/commenta/azioni"), form).status_code == 303
    assert len(db.session.scalars(db.select(Comment)).all()) == 1


# --- useful, taking back, reports


def test_useful_orders_the_talk_of_a_section(client, sheet, lorenzo):
    older = make_section_comment(sheet.id, lorenzo, "Vecchio")
    make_section_comment(sheet.id, lorenzo, "Nuovo")
    ada = make_user()
    client.sign_in(ada)
    answer = client.submit(page_of(sheet, f"/commenti/{older}/utile"))
    assert answer.location.endswith(page_of(sheet, f"?sezione=contenuti#commento-{older}"))
    assert db.session.get(Comment, older).useful_count == 1
    page = said(client.get(page_of(sheet, "?sezione=contenuti&commenti=utili")))
    assert page.index("Vecchio") < page.index("Nuovo")
    client.submit(page_of(sheet, f"/commenti/{older}/utile"), {"togli": "1"})
    db.session.expire_all()
    assert db.session.get(Comment, older).useful_count == 0


def test_a_comment_taken_back_leaves_its_place(client, sheet, lorenzo):
    made = make_section_comment(sheet.id, lorenzo, "Ci ripenso")
    client.sign_in(lorenzo)
    answer = client.submit(page_of(sheet, f"/commenti/{made}/ritira"))
    assert answer.location.endswith(page_of(sheet, "?sezione=contenuti#talk"))
    page = said(client.get(page_of(sheet, "?sezione=contenuti")))
    assert "Ci ripenso" not in page
    assert "Chi ha scritto questo commento l’ha ritirato." in page


def test_anybody_reports_a_comment_without_an_account(client, sheet, lorenzo):
    made = make_section_comment(sheet.id, lorenzo, "Chiamate lo 0522…")
    form = client.get(page_of(sheet, f"/commenti/{made}/segnala"))
    assert "Chiamate lo 0522…" in said(form)
    sent = client.submit(page_of(sheet, f"/commenti/{made}/segnala"), {"reason": "Un numero"})
    assert sent.status_code == 303
    [report] = db.session.scalars(db.select(ContentReport)).all()
    assert (report.comment_id, report.proposal_id) == (made, None)


def test_a_reported_comment_is_hidden_with_a_trace_and_shown_again(client, sheet, lorenzo, clerk):
    made = make_section_comment(sheet.id, lorenzo, "Chiamate lo 0522…")
    report_id = make_hidden(None, made)
    page = said(client.get(page_of(sheet, "?sezione=contenuti")))
    assert "Chiamate lo 0522…" not in page
    assert "La redazione ha nascosto questo commento: Va bene così." in page
    [mail] = mails(":hidden:")
    assert "Compiti e merenda" in mail.subject
    client.sign_in(lorenzo)
    hidden = client.get(f"/laboratori/nascosti/{report_id}")
    assert page_of(sheet) in hidden.text
    client.submit(f"/laboratori/nascosti/{report_id}", {"text": "È il numero del Comune."})
    client.sign_in(clerk)
    case = find_case_of(CaseKind.CONTENT_REPORT, report_id)
    assert "È il numero del Comune." in said(client.get(f"/gestione/coda/{case.id}"))
    back = client.submit(f"/gestione/laboratori/nascosti/{report_id}/mostra")
    assert back.location.endswith(page_of(sheet, f"/commenti/{made}"))
    assert "Chiamate lo 0522…" in said(client.get(page_of(sheet, "?sezione=contenuti")))


def test_nobody_shows_their_own_again(sheet, lorenzo, clerk):
    made = make_section_comment(sheet.id, lorenzo)
    make_hidden(None, made)
    show_comment_again(actor=actor_of(clerk), comment_id=made)
    assert db.session.get(Comment, made).state is CommentState.PUBLISHED


@pytest.mark.parametrize("step", ["", "/utile", "/ritira", "/segnala"])
def test_a_comment_of_another_sheet_is_not_found(client, sheet, lorenzo, clerk, step):
    other = make_shared_sheet(actor_of(clerk), sheet.laboratory)
    made = make_section_comment(other.id, lorenzo)
    client.sign_in(lorenzo)
    assert client.get(page_of(sheet, f"/commenti/{made}{step}")).status_code == 404
    if step:
        answer = client.submit(page_of(sheet, f"/commenti/{made}{step}"), {"reason": "x"})
        assert answer.status_code == 404


# --- who writes the sheet


def test_who_writes_reads_the_newest_beside_the_section(client, sheet, editor, lorenzo):
    for number in range(7):
        make_section_comment(sheet.id, lorenzo, f"Numero {number}")
    make_section_comment(sheet.id, lorenzo, "Costa troppo", section=SheetSection.BUDGET)
    make_section_comment(sheet.id, lorenzo, "Non letto", is_decided=False)
    client.sign_in(editor)
    page = client.get(page_of(sheet, "/scrivi"))
    words = said(page)
    assert "7 commenti: In che cosa consiste" in words
    assert "Numero 6" in words
    assert "Numero 1" not in words
    assert "Costa troppo" in words
    assert "Non letto" not in words
    assert page_of(sheet, "?sezione=soldi#talk") in page.text


def test_who_writes_and_who_follows_get_one_mail_a_day(sheet, editor, lorenzo, laboratory):
    follower = make_user(name="Fede Prova", email="fede@example.org")
    for person in (follower, editor, lorenzo):
        join_laboratory(
            actor=actor_of(person),
            laboratory_id=laboratory.id,
            takes_part=False,
            follows=True,
            shows_name=False,
        )
    laboratory.phases[2].starts_on = None
    laboratory.phases[2].ends_on = None
    db.session.commit()
    with frozen(datetime.now(UTC) - timedelta(days=1)):
        for text in ("Primo", "Secondo"):
            make_section_comment(sheet.id, lorenzo, text)
        make_section_comment(sheet.id, editor, "Da chi scrive")
    make_section_comment(sheet.id, lorenzo, "Di oggi")
    for _run in range(2):
        tell_sheet_readers()
        db.session.commit()
    told = {mail.recipient: mail for mail in mails("sheet_reader:")}
    assert set(told) == {follower.email, editor.email, lorenzo.email}
    assert told[editor.email].subject == "2 nuovi commenti alle schede progetto"
    assert "Da chi scrive" not in told[editor.email].text_body
    assert "Di oggi" not in told[editor.email].text_body
    assert "che scrivi" in told[editor.email].text_body
    assert told[follower.email].subject == "3 nuovi commenti alle schede progetto"
    assert "/laboratori/" in told[follower.email].text_body
    assert "che segui" in told[follower.email].text_body
    assert told[lorenzo.email].subject == "1 nuovo commento a una scheda progetto"
    assert db.session.get(LaboratoryPerson, (laboratory.id, follower.id)).follows


# --- numbers and the database


def fill(sheet, number: int) -> None:
    people = [make_user(name=f"Persona {n}").id for n in range(7)]
    now = datetime.now(UTC)
    db.session.add_all(
        Comment(
            sheet_id=sheet.id,
            section=list(SheetSection)[n % 8] if n % 2 else SheetSection.ACTIONS,
            author_id=people[n % 7],
            text=f"Abito di fronte e ci passo ogni giorno. {n}",
            form_key=key(),
            state=CommentState.PUBLISHED,
            published_at=now + timedelta(seconds=n),
        )
        for n in range(number)
    )
    db.session.commit()


@pytest.mark.parametrize("more", ["", "?sezione=azioni", "/scrivi"])
def test_the_page_costs_the_same_with_three_and_three_hundred(client, clerk, laboratory, more):
    small, large = (make_shared_sheet(actor_of(clerk), laboratory) for _ in "ab")
    fill(small, 3)
    fill(large, 300)
    client.sign_in(clerk)
    client.get(page_of(small, more))
    counts = []
    for sheet in (small, large):
        address = page_of(sheet, more)
        with counted_sql() as statements:
            assert client.get(address).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 11, statements


def test_twenty_a_page_also_alone_for_htmx(client, sheet):
    fill(sheet, 90)
    page = client.get(page_of(sheet, "?sezione=azioni"))
    assert page.text.count('<li id="commento-') == 20
    alone = client.get(page_of(sheet, "?sezione=azioni&pagina=2"), headers={"HX-Request": "true"})
    assert alone.text.lstrip().startswith('<section id="talk"')
    oldest = db.session.scalar(
        db.select(db.func.min(Comment.id)).where(Comment.section == SheetSection.ACTIONS)
    )
    answer = client.get(page_of(sheet, f"/commenti/{oldest}"))
    assert answer.location.endswith(f"?sezione=azioni&pagina=3#commento-{oldest}")


@pytest.mark.parametrize(
    "query", ["sezione=x", "sezione=azioni&pagina=-1", "sezione=soldi&rispondi=x"]
)
def test_strange_addresses_break_nothing(client, sheet, query):
    assert client.get(page_of(sheet, f"?{query}")).status_code == 200


def test_who_comments_on_a_sheet_is_counted_among_the_people(sheet, lorenzo, laboratory):
    before = count_people(laboratory.id).people
    make_section_comment(sheet.id, lorenzo)
    assert count_people(laboratory.id).people == before + 1


def test_useful_is_found_by_others_alone(sheet, lorenzo):
    made = make_section_comment(sheet.id, lorenzo)
    find_useful(actor=actor_of(make_user()), comment_id=made)
    db.session.commit()
    assert db.session.get(Comment, made).useful_count == 1


@pytest.mark.parametrize(
    "broken", ["section = NULL", "sheet_id = NULL", "sheet_id = NULL, section = NULL"]
)
def test_the_database_refuses_a_comment_about_nothing(sheet, lorenzo, broken):
    made = make_section_comment(sheet.id, lorenzo)
    with pytest.raises(IntegrityError):
        db.session.execute(
            db.text(f"UPDATE laboratory_comment SET {broken} WHERE id = {made}")  # noqa: S608
        )


def _agree(sheet) -> None:
    clerk = actor_of(make_user(roles=(Role.STAFF,)))
    agreement = start_agreement(
        actor=clerk, laboratory_id=sheet.laboratory_id, content=AgreementContent(title="Accordo")
    )
    sheet.agreement_id, sheet.state = agreement.id, SheetState.AGREED
    db.session.commit()
