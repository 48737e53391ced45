"""Changing an agreement in force: who has to sign, when it holds, what stays until then."""

from datetime import timedelta

import pytest

from portal.core.clock import frozen, local_today, utc_now
from portal.core.database import db
from portal.core.errors import ForbiddenStepError
from portal.core.mail import MailMessage
from portal.laboratories.models import Amendment, Commitment
from portal.laboratories.policies.agreements import AgreementGuard
from portal.laboratories.queries import agreements as pages
from portal.laboratories.queries import signing as queries
from portal.laboratories.services import agreements, amendments, force, signing
from portal.laboratories.services.commitment_drafts import CommitmentContent
from portal.laboratories.states import AgreementState, AmendmentState, PartyKind, SignatureRefusal
from tests.client import fields_of
from tests.factories.agreements import make_clerk, make_open, wish
from tests.factories.laboratory_rows import key
from tests.factories.people import actor_of, make_user


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def speaker(database):
    return make_user(name="Vera Vicina")


@pytest.fixture
def citizen(database):
    return make_user(name="Anna Prova")


@pytest.fixture
def agreement(clerk, speaker, citizen):
    """Return an agreement in force, signed by the municipality, a group and a citizen."""
    agreement = make_open(clerk, spokesperson=speaker.id)
    sign(agreement, clerk, PartyKind.MUNICIPALITY, leads=True)
    sign(agreement, actor_of(speaker), PartyKind.GROUP)
    sign(agreement, actor_of(citizen))
    return force.enter_into_force(actor=clerk, agreement_id=agreement.id)


def sign(agreement, actor, kind=PartyKind.PERSON, *, leads=False):
    more = {} if kind is PartyKind.PERSON else {"role_words": "portavoce"}
    if kind is PartyKind.GROUP:
        more["party_name"] = "Vicine di casa"
    return signing.sign_agreement(
        actor=actor, agreement_id=agreement.id, content=wish(agreement, kind, **more), leads=leads
    )


def content_of(agreement, **changed):
    facts = {"changes": "Una data in più.", "premises": agreement.premises}
    return amendments.AmendmentContent(**{**facts, "ends_on": agreement.ends_on, **changed})


def start(clerk, agreement, **changed):
    return amendments.start_amendment(
        actor=clerk, agreement_id=agreement.id, content=content_of(agreement, **changed)
    )


def open_it(clerk, agreement, amendment):
    return amendments.open_amendment(
        actor=clerk, agreement_id=agreement.id, version=amendment.version
    )


def promise(title="Una seconda sala", **more):
    facts = {
        "party_kind": PartyKind.GROUP,
        "party_name": "Vicine di casa",
        "due_on": local_today() + timedelta(days=200),
        **more,
    }
    return CommitmentContent(title=title, **facts)


def mails(about):
    """Return the mails whose event key names `about`."""
    statement = db.select(MailMessage).where(MailMessage.event_key.contains(f":{about}:"))
    return db.session.scalars(statement.order_by(MailMessage.id)).all()


def expected_of(version):
    return [row.name for row in queries.list_expected(version.id)]


def test_change_of_a_text_touches_everybody_who_signed(clerk, agreement):
    amendment = start(clerk, agreement, premises="Insieme, di più.")
    version = open_it(clerk, agreement, amendment)
    assert expected_of(version) == ["Comune di Reggio Emilia", "Vicine di casa", "Anna Prova"]
    page = pages.get_agreement(agreement.slug)
    assert (page.version.number, page.to_sign.number) == (1, 2)
    assert page.texts.premises == "Perche\u0301 insieme."


def test_change_of_a_commitment_touches_its_party_alone(clerk, speaker, citizen, agreement):
    amendment = start(clerk, agreement)
    amendments.add_amended_commitment(
        agreement_id=agreement.id, form_key=key(), content=promise(user_id=speaker.id)
    )
    version = open_it(clerk, agreement, amendment)
    assert expected_of(version) == ["Comune di Reggio Emilia", "Vicine di casa"]
    told = [m.recipient for m in mails("open") if "Una data" in m.text_body]
    assert told == [speaker.email]
    with pytest.raises(signing.SignatureRefusedError) as refused:
        sign(agreement, actor_of(citizen))
    assert refused.value.refusal is SignatureRefusal.NOT_TOUCHED


def test_change_holds_with_the_last_signature_and_not_before(clerk, speaker, citizen, agreement):
    old_end, later = agreement.ends_on, agreement.ends_on + timedelta(days=90)
    before = queries.get_holding_version(agreement.id).sha256
    first = db.session.scalars(db.select(Commitment).order_by(Commitment.id)).first()
    amendment = start(clerk, agreement)
    amendments.amend_commitment(
        agreement_id=agreement.id, commitment_id=first.id, form_key=key(), content=promise("Tutte")
    )
    amendments.add_amended_commitment(
        agreement_id=agreement.id, form_key=key(), content=promise(user_id=speaker.id)
    )
    amendments.save_amendment(
        actor=clerk,
        agreement_id=agreement.id,
        version=amendment.version,
        content=content_of(agreement, ends_on=later),
    )
    open_it(clerk, agreement, amendment)
    sign(agreement, clerk, PartyKind.MUNICIPALITY, leads=True)
    sign(agreement, actor_of(speaker), PartyKind.GROUP)
    assert (agreement.ends_on, first.title) == (old_end, "Riaprire la sala")
    assert queries.get_holding_version(agreement.id).sha256 == before
    sign(agreement, actor_of(citizen))
    assert (agreement.ends_on, first.title) == (later, "Tutte")
    # Its party is as it was: an amendment does not hand a commitment to somebody else.
    assert first.party_kind is PartyKind.MUNICIPALITY
    titles = [c.title for c in pages.get_agreement(agreement.slug).commitments]
    assert titles == ["Tutte", "Riaprire la sala", "Una seconda sala"]
    assert queries.get_holding_version(agreement.id).number == 2
    assert amendment.state is AmendmentState.IN_FORCE
    assert agreement.state is AgreementState.IN_FORCE


def test_amended_text_names_the_text_it_amends_and_changes_nothing_else(clerk, agreement):
    before = pages.get_agreement(agreement.slug).version
    version = open_it(clerk, agreement, start(clerk, agreement, needs="Più luce."))
    after = pages.get_agreement(agreement.slug).to_sign
    assert after.text.pop("amends") == {
        "version": 1,
        "sha256": before.sha256,
        "changes": "Una data in più.",
    }
    assert after.text == {**before.text, "needs": "Più luce."}
    assert version.sha256 != before.sha256


def test_change_that_changes_nothing_is_not_opened(clerk, agreement):
    with pytest.raises(agreements.AgreementGuardedError) as refused:
        open_it(clerk, agreement, start(clerk, agreement))
    assert refused.value.guards == (AgreementGuard.NOTHING_CHANGES,)


def test_one_change_at_a_time(clerk, agreement):
    start(clerk, agreement)
    with pytest.raises(ForbiddenStepError):
        start(clerk, agreement)


def test_second_architect_is_told_and_the_first_ones_words_stay(clerk, agreement):
    amendment = start(clerk, agreement)
    seen = amendment.version
    amendments.save_amendment(
        actor=clerk,
        agreement_id=agreement.id,
        version=seen,
        content=content_of(agreement, needs="Del primo"),
    )
    with pytest.raises(amendments.AmendmentChangedError):
        amendments.save_amendment(
            actor=clerk,
            agreement_id=agreement.id,
            version=seen,
            content=content_of(agreement, needs="Del secondo"),
        )
    with pytest.raises(amendments.AmendmentChangedError):
        amendments.open_amendment(actor=clerk, agreement_id=agreement.id, version=seen)
    assert amendment.needs == "Del primo"


def test_opened_change_is_not_written_any_more(clerk, agreement):
    open_it(clerk, agreement, start(clerk, agreement, needs="Altro"))
    with pytest.raises(ForbiddenStepError):
        amendments.add_amended_commitment(
            agreement_id=agreement.id, form_key=key(), content=promise()
        )


def test_withdrawn_change_leaves_the_agreement_as_it_was_signed(clerk, speaker, agreement):
    open_it(clerk, agreement, start(clerk, agreement, needs="Altro"))
    sign(agreement, actor_of(speaker), PartyKind.GROUP)
    amendments.withdraw_amendment(actor=clerk, agreement_id=agreement.id, reason="Non serve più.")
    page = pages.get_agreement(agreement.slug)
    assert (page.version.number, page.to_sign, len(page.versions)) == (1, None, 2)
    (mail,) = [m for m in mails("withdrawn") if m.recipient == speaker.email]
    assert "Non serve più." in mail.text_body
    # Another one can begin, and its text follows the one that holds.
    version = open_it(clerk, agreement, start(clerk, agreement, needs="Un’altra cosa"))
    assert version.number == 3


def test_change_is_not_signed_after_its_last_day(clerk, speaker, agreement):
    last = local_today() + timedelta(days=5)
    open_it(clerk, agreement, start(clerk, agreement, needs="Altro", sign_until=last))
    with (
        frozen(utc_now() + timedelta(days=6)),
        pytest.raises(signing.SignatureRefusedError) as refused,
    ):
        sign(agreement, actor_of(speaker), PartyKind.GROUP)
    assert refused.value.refusal is SignatureRefusal.DEADLINE_OVER


def test_late_signatory_may_join_until_the_last_day(clerk, speaker):
    agreement = make_open(
        clerk, spokesperson=speaker.id, sign_until=local_today() + timedelta(days=20)
    )
    sign(agreement, clerk, PartyKind.MUNICIPALITY, leads=True)
    sign(agreement, actor_of(make_user(name="Prima Persona")))
    force.enter_into_force(actor=clerk, agreement_id=agreement.id)
    sign(agreement, actor_of(speaker), PartyKind.GROUP)
    assert queries.count_signatures(agreement.id) == 3


def test_nobody_signs_for_a_group_by_writing_its_name(clerk, speaker):
    agreement = make_open(clerk, spokesperson=speaker.id)
    with pytest.raises(signing.SignatureRefusedError) as refused:
        sign(agreement, actor_of(make_user(name="Furba Persona")), PartyKind.GROUP)
    assert refused.value.refusal is SignatureRefusal.NOT_SPOKESPERSON


def test_party_with_a_very_long_name_is_told(clerk, speaker, agreement):
    amendment = start(clerk, agreement)
    long = promise(party_name="Vicine e vicini " * 15, user_id=speaker.id)
    amendments.add_amended_commitment(agreement_id=agreement.id, form_key=key(), content=long)
    open_it(clerk, agreement, amendment)
    assert speaker.email in [m.recipient for m in mails("open") if "vicini Vicine" in m.text_body]


def test_desk_walks_a_change_from_text_to_signature(client, clerk, speaker, agreement):
    client.sign_in(db.session.get(type(speaker), clerk.id))
    desk = f"/gestione/laboratori/{agreement.laboratory.slug}/accordo/modifica"
    assert "Inizia una modifica" in client.get(f"{desk}/").text
    assert client.get(f"{desk}/impegni/nuovo").status_code == 404
    refused = client.submit(f"{desk}/testo", {"changes": ""})
    assert refused.status_code == 422
    assert "Scrivi che cosa cambia e perché." in refused.text
    kept = fields_of(client.get(f"{desk}/testo"))
    client.submit(f"{desk}/testo", {**kept, "changes": "Più luce nel parco.", "needs": "Luce"})
    amendment = db.session.scalars(db.select(Amendment)).one()
    assert (amendment.needs, amendment.premises) == ("Luce", None)
    first = db.session.scalars(db.select(Commitment).order_by(Commitment.id)).first()
    form = client.get(f"{desk}/impegni/{first.id}").text
    assert "Comune di Reggio Emilia" in form
    client.submit(
        f"{desk}/impegni/{first.id}", {"title": "Riaprire tutto", "due_on": str(local_today())}
    )
    unknown = client.submit(
        f"{desk}/impegni/nuovo",
        {
            "party_kind": "group",
            "party_name": "Vicine di casa",
            "spokesperson": "nessuno@example.org",
            "title": "Un banco in più",
            "due_on": str(local_today()),
        },
    )
    assert unknown.status_code == 422
    assert "Nessuno è iscritto con questo indirizzo" in unknown.text
    page = client.get(f"{desk}/")
    assert "Riaprire tutto" in page.text
    assert "Riscritto" in page.text
    stale = client.submit(f"{desk}/apri", {"version": "1"})
    assert stale.status_code == 409
    db.session.expire_all()
    opened = client.submit(f"{desk}/apri", {"version": str(amendment.version)})
    assert opened.status_code == 303
    assert "Mancano ancora" in client.get(f"{desk}/").text
    client.sign_in(speaker)
    signing_page = client.get(f"/accordi/{agreement.slug}/firma").text
    assert "<ins>" in signing_page
    assert "Più luce nel parco." in signing_page
