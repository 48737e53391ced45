"""Two entries of one body become one."""

import hashlib
import threading
from datetime import date

import pytest
from sqlalchemy import select

from portal.core.database import db
from portal.core.errors import DomainError
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.moderation.models import Case
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind, CaseState
from portal.permissions import Role
from portal.places.models import Place
from portal.registry.models import (
    Association,
    AssociationChange,
    Claim,
    Invitation,
    RemovalNotice,
    Representative,
)
from portal.registry.queries import count_associations, find_in_directory
from portal.registry.queries.duplicates import list_duplicates
from portal.registry.queries.filters import AssociationFilter
from portal.registry.services import claim_association, submit_request
from portal.registry.services.merging import (
    EntriesChangedError,
    MergeRefusedError,
    merge_associations,
)
from portal.registry.states import (
    AssociationState,
    ChangeState,
    InvitationState,
    NoticeState,
    RemovalCause,
    RepresentativeRole,
    RequestState,
)
from tests.client import parse
from tests.factories.laboratories import make_laboratory, make_published
from tests.factories.people import actor_of, make_user
from tests.factories.places import make_place
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_draft, make_representative
from tests.sql_counter import counted_sql

REASON = "Sono lo stesso ente: lo dice lo statuto."
MERGE = "/gestione/registro/associazioni/resta/unisci"


@pytest.fixture
def survivor(database):
    return make_association(
        name="Circolo Inventato APS", slug="resta", phone="0522 1", areas=("sport",)
    )


@pytest.fixture
def duplicate(database):
    return make_association(
        name="CIRCOLO INVENTATO", slug="va-via", state=AssociationState.ENROLLED,
        phone="0522 2", website="https://example.org", description="Suoniamo.",
        areas=("cultura",), profile_updated_on=date(2026, 6, 1), enrolled_on=date(2026, 3, 1),
    )  # fmt: skip


@pytest.fixture
def clerk(client):
    person = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(person)
    return person


def merge(clerk, survivor, duplicate, *, taken=(), versions=None):
    versions = versions or (survivor.version, duplicate.version)
    made = merge_associations(
        actor=actor_of(clerk), survivor_id=survivor.id, duplicate_id=duplicate.id,
        seen_versions=versions, taken=taken, reason=REASON,
    )  # fmt: skip
    db.session.commit()
    return made


def stored(thing):
    db.session.rollback()
    return db.session.get(type(thing), thing.id, populate_existing=True)


def representing(association):
    rows = db.session.scalars(
        select(Representative).where(
            Representative.association_id == association.id, Representative.until_on.is_(None)
        )
    )
    return {row.user_id: row.role for row in rows}


def claimed(person, association):
    claim = claim_association(
        actor=actor_of(person), association_id=association.id, applicant_role="presidente",
        evidence="Lo dice il verbale.", has_declared=True,
    )  # fmt: skip
    db.session.commit()
    return claim


def test_from_the_list_of_duplicates_to_one_entry(client, clerk, survivor, duplicate):
    page = client.get("/gestione/registro/doppioni").text
    assert 'data-total="1"' in page
    assert "CIRCOLO INVENTATO" in page
    page = client.get(MERGE).text
    assert f'data-id="{duplicate.id}"' in page
    page = client.get(f"{MERGE}?con=va-via").text
    chosen = {
        e.get("name"): e.get("value")
        for e in parse(page).iter("input")
        if e.get("type") == "radio" and e.get("checked") is not None
    }
    # What only one of them says is chosen already.
    assert chosen["telefono"] == "questa"
    assert chosen["sito"] == chosen["descrizione"] == "altra"
    assert "sigla" not in chosen
    chosen["nome"] = "altra"
    summary = client.get(f"{MERGE}/riepilogo", query_string={"con": "va-via", **chosen})
    assert summary.status_code == 200
    fields = {e.get("name"): e.get("value") for e in parse(summary.text).iter("input")}
    form = next(e for e in parse(summary.text).iter("form") if "unisci" in e.get("action"))
    versions = {n: fields[n] for n in ("survivor_version", "duplicate_version")}
    too_short = client.submit(form.get("action"), {**versions, "reason": "boh"})
    assert too_short.status_code == 422
    answer = client.submit(form.get("action"), {**versions, "reason": REASON})
    assert answer.status_code == 303
    kept = stored(survivor)
    assert (kept.name, kept.phone, kept.website) == (
        "CIRCOLO INVENTATO", "0522 1", "https://example.org",
    )  # fmt: skip
    assert kept.description == "Suoniamo."
    page = client.get(answer.location).text
    assert "Unita con CIRCOLO INVENTATO" in page
    assert "Suoniamo" not in client.get("/gestione/registro/doppioni").text


def test_the_other_entry_stays_as_a_removed_row_that_leads_on(clerk, survivor, duplicate):
    public, code = count_associations(), duplicate.tax_code
    merge(clerk, survivor, duplicate)
    gone = stored(duplicate)
    assert (gone.state, gone.removal_cause, gone.merged_into_id, gone.tax_code) == (
        AssociationState.REMOVED, RemovalCause.DUPLICATE, survivor.id, code,
    )  # fmt: skip
    assert count_associations() == public - 1
    step = list_history(subject_kind="association", subject_id=duplicate.id)[0]
    assert (step.action, step.note) == ("remove", REASON)


def test_what_either_was_the_one_is(clerk, survivor, duplicate):
    merge(clerk, survivor, duplicate)
    kept = stored(survivor)
    assert kept.state is AssociationState.ENROLLED
    assert kept.enrolled_on == date(2026, 3, 1)
    assert kept.profile_updated_on == date(2026, 6, 1)


def test_areas_and_counts_follow_the_choice(clerk, survivor, duplicate):
    merge(clerk, survivor, duplicate, taken=["aree"])
    assert [area.code for area in stored(survivor).areas] == ["cultura"]
    counts = {
        code: find_in_directory(AssociationFilter(area_code=code), page=1).page.total
        for code in ("cultura", "sport")
    }
    assert counts == {"cultura": 1, "sport": 0}


def test_people_move_once_with_the_higher_role(clerk, survivor, duplicate):
    ada, bea, carlo = (make_user(name=name, email=f"{name}@example.org") for name in "abc")
    mine = make_representative(ada, survivor)
    make_representative(bea, survivor)
    mine.role = RepresentativeRole.EDITOR
    make_representative(ada, duplicate)
    make_representative(carlo, duplicate)
    db.session.commit()
    merge(clerk, survivor, duplicate)
    assert representing(survivor) == dict.fromkeys(
        (ada.id, bea.id, carlo.id), RepresentativeRole.MANAGER
    )
    assert representing(duplicate) == {}
    mails = db.session.scalars(select(MailMessage).order_by(MailMessage.recipient))
    assert [(m.recipient, "una pagina sola" in m.subject) for m in mails] == [
        ("a@example.org", True), ("b@example.org", True), ("c@example.org", True),
    ]  # fmt: skip


def test_invitations_move_and_nobody_is_invited_twice(clerk, survivor, duplicate):
    now = {"invited_at": clerk.created_at, "expires_at": clerk.created_at.replace(year=2099)}
    for association, email in (
        (survivor, "uno@example.org"), (duplicate, "UNO@example.org"),
        (duplicate, "due@example.org"),
    ):  # fmt: skip
        db.session.add(
            Invitation(
                association_id=association.id, email=email, role=RepresentativeRole.EDITOR,
                invited_by_id=clerk.id, **now,
            )
        )  # fmt: skip
    db.session.commit()
    merge(clerk, survivor, duplicate)
    rows = db.session.scalars(select(Invitation).order_by(Invitation.id))
    assert [(row.association_id, row.state) for row in rows] == [
        (survivor.id, InvitationState.PENDING),
        (duplicate.id, InvitationState.WITHDRAWN),
        (survivor.id, InvitationState.PENDING),
    ]


def test_open_claims_move_and_who_claimed_both_has_one_left(clerk, survivor, duplicate):
    both, one = make_user(), make_user()
    claimed(both, survivor)
    second, moved = claimed(both, duplicate), claimed(one, duplicate)
    merge(clerk, survivor, duplicate)
    assert stored(second).state is RequestState.WITHDRAWN
    assert stored(moved).association_id == survivor.id
    states = db.session.execute(
        select(Claim.id, Case.state, Case.title)
        .join(Case, (Case.subject_id == Claim.id) & (Case.kind == CaseKind.CLAIM))
        .where(Claim.id.in_((second.id, moved.id)))
        .order_by(Claim.id)
    ).all()
    assert [tuple(row)[1:] for row in states] == [
        (CaseState.WITHDRAWN, "CIRCOLO INVENTATO"),
        (CaseState.WAITING, "Circolo Inventato APS"),
    ]
    case = db.session.scalars(select(Case).where(Case.subject_id == moved.id)).one()
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=CaseAction.ACCEPT,
        reason="Il verbale lo mostra.",
    )  # fmt: skip
    db.session.commit()
    assert one.id in representing(survivor)


def test_a_change_that_waits_is_closed(clerk, survivor, duplicate):
    change = AssociationChange(
        association_id=duplicate.id, at=clerk.created_at, author_name="Ivo",
        state=ChangeState.PENDING, before={"name": "a"}, after={"name": "b"},
    )  # fmt: skip
    db.session.add(change)
    db.session.commit()
    merge(clerk, survivor, duplicate)
    assert stored(change).state is ChangeState.WITHDRAWN


def test_what_other_features_keep_moves_too(clerk, survivor, duplicate):
    author = make_user()
    proposal = make_published(make_laboratory(title="Parco"), author, title="Panchine")
    proposal.association_id, proposal.association_name = duplicate.id, duplicate.name
    place = db.session.get(Place, make_place(name="Casa inventata").id)
    place.managing_association_id = duplicate.id
    db.session.commit()
    merge(clerk, survivor, duplicate)
    assert stored(proposal).association_id == survivor.id
    assert stored(place).managing_association_id == survivor.id


def test_a_notice_of_the_one_that_goes_ends(clerk, survivor, duplicate):
    notice = RemovalNotice(
        association_id=duplicate.id, cause=RemovalCause.STALE, reason=REASON,
        given_on=date(2026, 11, 1), effective_on=date(2026, 12, 31),
    )  # fmt: skip
    db.session.add(notice)
    db.session.commit()
    merge(clerk, survivor, duplicate)
    assert stored(notice).state is NoticeState.WITHDRAWN


def test_a_chain_leads_to_its_end_and_shows_every_history(client, clerk, survivor, duplicate):
    third = make_association(name="Il circolo", slug="terza")
    merge(clerk, survivor, duplicate)
    merge(clerk, third, stored(survivor))
    assert stored(duplicate).merged_into_id == third.id
    page = client.get("/gestione/registro/associazioni/terza").text
    for name in ("CIRCOLO INVENTATO", "Circolo Inventato APS"):
        assert f"({name})" in page
    page = client.get("/gestione/registro/associazioni/va-via").text
    assert "/gestione/registro/associazioni/terza" in page
    assert "ripristina" not in page


@pytest.mark.parametrize(
    ("first", "second"), [("resta", "resta"), ("resta", "tolta"), ("tolta", "resta")]
)
def test_neither_itself_nor_what_was_removed(client, clerk, survivor, first, second):
    make_association(name="Tolta", slug="tolta", state=AssociationState.REMOVED)
    pair = {
        slug: db.session.scalars(select(Association).where(Association.slug == slug)).one()
        for slug in (first, second)
    }
    with pytest.raises(MergeRefusedError):
        merge(clerk, pair[first], pair[second])
    db.session.rollback()
    page = client.get(f"/gestione/registro/associazioni/{first}/unisci?con={second}")
    assert "data-reason" in page.text
    assert "non si possono unire" in page.text


def test_two_clerks_at_once_the_second_is_told(client, clerk, survivor, duplicate):
    seen = (survivor.version, duplicate.version)
    merge(clerk, survivor, duplicate)
    answer = client.submit(
        f"{MERGE}?con=va-via",
        {"survivor_version": seen[0], "duplicate_version": seen[1], "reason": REASON},
    )
    assert answer.status_code == 409
    assert "duplicate_is_removed" in answer.text
    other = make_association(name="Altra", slug="altra")
    with pytest.raises(EntriesChangedError):
        merge(clerk, stored(survivor), other, versions=(seen[0], other.version))


def test_the_same_two_merged_both_ways_at_once_become_one(app, clerk, survivor, duplicate):
    ids, actor = (survivor.id, duplicate.id), actor_of(clerk)
    versions = (survivor.version, duplicate.version)
    db.session.commit()
    outcomes = []

    def run(stays, goes, seen):
        with app.test_request_context():
            try:
                merge_associations(
                    actor=actor, survivor_id=stays, duplicate_id=goes, seen_versions=seen,
                    taken=(), reason=REASON,
                )  # fmt: skip
                db.session.commit()
                outcomes.append("done")
            except DomainError as error:
                db.session.rollback()
                outcomes.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=run, args=(*ids, versions)),
        threading.Thread(target=run, args=(*reversed(ids), versions[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["MergeRefusedError", "done"]
    states = [stored(entry).state for entry in (survivor, duplicate)]
    assert states.count(AssociationState.REMOVED) == 1


def test_who_asks_for_the_merged_tax_code_is_sent_to_the_page(clerk, survivor, duplicate):
    person = make_user()
    make_draft(person, tax_code=duplicate.tax_code)
    merge(clerk, survivor, duplicate)
    with pytest.raises(DomainError) as caught:
        submit_request(actor=actor_of(person))
    assert "già nel registro" in str(caught.value.sentence)


def test_fifty_bodies_of_one_name_are_pages_and_few_queries(client, clerk):
    for number in range(51):
        make_association(name="Pro Loco", slug=f"pro-loco-{number}")
    with counted_sql() as asked:
        page = list_duplicates(page=1)
    assert (page.total, len(page.rows), len(asked)) == (50, 20, 1)
    assert {row.other_slug for row in page.rows} == {"pro-loco-0"}
    assert 'data-total="50"' in client.get("/gestione/registro/doppioni?pagina=99").text
    with counted_sql() as many:
        text = client.get("/gestione/registro/associazioni/pro-loco-7/unisci").text
    assert 'data-total="50"' in text
    assert len(many) <= 8
    found = client.get("/gestione/registro/associazioni/pro-loco-7/unisci?q=pro loco&pagina=3")
    assert 'data-total="51"' in found.text


def test_names_alike_elsewhere_are_no_duplicates(database):
    make_association(name="Banda musicale Inventata")
    make_association(name="Banda musicale Inventata", municipality_code="035001")
    make_association(name="Coro Immaginario")
    # Names that share only what many have.
    own_words = (hashlib.sha256(str(n).encode()).hexdigest()[:16] for n in range(45))
    for name in ("Pallavolo Prova", "Nuoto Esempio", *own_words):
        make_association(name=f"{name} associazione sportiva dilettantistica")
    assert list_duplicates(page=1).rows == []
    make_association(name="Banda Musicale Inventatta")
    (row,) = list_duplicates(page=1).rows
    assert (row.name, row.other_name) == ("Banda Musicale Inventatta", "Banda musicale Inventata")


@pytest.mark.parametrize("version", ["", "x", "9" * 30, "²"])
def test_a_tampered_version_is_told_and_not_a_crash(client, clerk, survivor, duplicate, version):
    answer = client.submit(
        f"{MERGE}?con=va-via",
        {"survivor_version": version, "duplicate_version": version, "reason": REASON},
    )
    assert answer.status_code == 409
    assert stored(duplicate).state is AssociationState.ENROLLED
    assert client.get(f"{MERGE}?con=nessuna").status_code == 404
    assert client.get(f"{MERGE}/riepilogo").status_code == 404
