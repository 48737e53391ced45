"""Agreements from draft to signature: freezing, who may sign, the PDF and its check."""

from collections import Counter
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from werkzeug.datastructures import FileStorage

from bench.agreements import SHEETS, SIGNATORIES, make_signatures, make_version
from portal.core.clock import frozen, local_today, utc_now
from portal.core.database import db
from portal.core.files import get_stored_file
from portal.laboratories.models import AgreementDocument, ExpectedSignature, Signature
from portal.laboratories.policies.agreements import AgreementGuard
from portal.laboratories.queries import signing as queries
from portal.laboratories.services import agreements, force, signing
from portal.laboratories.services.agreement_documents import (
    make_agreement_document,
    render_agreement,
)
from portal.laboratories.services.agreement_text import fingerprint, write_canonical
from portal.laboratories.services.draft_marks import mark_draft
from portal.laboratories.states import (
    AgreementState,
    PartyKind,
    Phase,
    SignatureRefusal,
)
from portal.permissions import Role
from tests.factories.agreements import make_clerk, make_open, make_shared, wish
from tests.factories.laboratories import make_laboratory
from tests.factories.people import actor_of, make_user


def test_same_text_has_same_fingerprint_with_accents_composed(database):
    clerk = make_clerk()
    agreement = make_open(clerk)
    version = queries.get_newest_version(agreement.id)
    assert "Perché insieme." in version.canonical
    assert version.sha256 == fingerprint(version.canonical)
    assert '": ' not in version.canonical


def test_agreement_without_days_and_commitments_is_not_approved(database):
    clerk = make_clerk()
    laboratory = make_laboratory(phase=Phase.APPROVAL)
    agreement = agreements.start_agreement(
        actor=clerk, laboratory_id=laboratory.id,
        content=agreements.AgreementContent(title="Vuoto"),
    )  # fmt: skip
    agreements.share_agreement(actor=clerk, agreement_id=agreement.id)
    with pytest.raises(agreements.AgreementGuardedError) as refused:
        agreements.approve_agreement(
            actor=clerk, agreement_id=agreement.id, version=agreement.version,
        seen=mark_draft(agreement.id), number="1",
            approved_on=local_today(),
        )  # fmt: skip
    assert refused.value.guards == (
        AgreementGuard.NO_DAYS,
        AgreementGuard.NO_SHEETS,
        AgreementGuard.NO_COMMITMENTS,
    )


def test_person_signs_once(database):
    agreement = make_open(make_clerk())
    citizen = actor_of(make_user(name="Anna Sereni"))
    signing.sign_agreement(actor=citizen, agreement_id=agreement.id, content=wish(agreement))
    with pytest.raises(signing.SignatureRefusedError) as refused:
        signing.sign_agreement(actor=citizen, agreement_id=agreement.id, content=wish(agreement))
    assert refused.value.refusal is SignatureRefusal.ALREADY_SIGNED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"seen": "0" * 64}, SignatureRefusal.TEXT_CHANGED),
        (
            {"kind": PartyKind.ASSOCIATION, "association_id": 99, "role_words": "x"},
            SignatureRefusal.NOT_REPRESENTATIVE,
        ),
        ({"kind": PartyKind.MUNICIPALITY}, SignatureRefusal.NOT_MUNICIPALITY),
    ],
)
def test_signature_is_refused_for_a_reason(database, content, reason):
    agreement = make_open(make_clerk())
    with pytest.raises(signing.SignatureRefusedError) as refused:
        signing.sign_agreement(
            actor=actor_of(make_user()), agreement_id=agreement.id,
            content=wish(agreement, **content),
        )  # fmt: skip
    assert refused.value.refusal is reason


def test_nobody_signs_after_the_last_day(database):
    agreement = make_open(make_clerk(), sign_until=local_today())
    with frozen(utc_now() + timedelta(days=1)), pytest.raises(signing.SignatureRefusedError) as no:
        signing.sign_agreement(
            actor=actor_of(make_user()), agreement_id=agreement.id, content=wish(agreement)
        )
    assert no.value.refusal is SignatureRefusal.DEADLINE_OVER


def test_signed_text_is_not_taken_back(database):
    clerk = make_clerk()
    agreement = make_open(clerk)
    signing.sign_agreement(
        actor=actor_of(make_user()), agreement_id=agreement.id, content=wish(agreement)
    )
    with pytest.raises(agreements.AgreementGuardedError) as refused:
        agreements.take_back_agreement(actor=clerk, agreement_id=agreement.id, reason="Errore.")
    assert refused.value.guards == (AgreementGuard.SOMEBODY_HAS_SIGNED,)


def test_text_taken_back_is_frozen_as_another_version_that_says_why(database):
    clerk = make_clerk()
    agreement = make_open(clerk)
    agreements.take_back_agreement(actor=clerk, agreement_id=agreement.id, reason="Una data.")
    agreements.approve_agreement(
        actor=clerk, agreement_id=agreement.id, version=agreement.version,
        seen=mark_draft(agreement.id), number="42",
        approved_on=local_today(),
    )  # fmt: skip
    version = queries.get_newest_version(agreement.id)
    assert (version.number, version.changes) == (2, "Una data.")


def test_paper_signature_is_claimed_once_and_agreement_enters_into_force(database):
    clerk = make_clerk()
    agreement = make_open(clerk)
    with pytest.raises(agreements.AgreementGuardedError):
        force.enter_into_force(actor=clerk, agreement_id=agreement.id)
    signing.sign_agreement(
        actor=clerk, agreement_id=agreement.id, leads=True,
        content=wish(agreement, PartyKind.MUNICIPALITY, role_words="dirigente"),
    )  # fmt: skip
    scan = FileStorage(BytesIO(b"%PDF-1.7\nfirma\n%%EOF"), "firma.pdf")
    signature, code = signing.record_paper_signature(
        actor=clerk, agreement_id=agreement.id,
        content=wish(agreement, PartyKind.GROUP, party_name="Vicine di casa", role_words="voce"),
        paper=signing.PaperContent("Rosa Tondelli", local_today()), scan=scan,
    )  # fmt: skip
    force.enter_into_force(actor=clerk, agreement_id=agreement.id)
    assert agreement.state is AgreementState.IN_FORCE
    rosa = actor_of(make_user(name="Rosa Tondelli"))
    assert signing.claim_signature(actor=rosa, code=code.lower()).user_id == rosa.id
    with pytest.raises(Exception, match="RuleBrokenError"):
        signing.claim_signature(actor=rosa, code=code)
    signing.forget_signer(user_id=rosa.account_id)
    db.session.expire_all()
    kept = db.session.get_one(Signature, signature.id)
    assert kept.user_id is None
    assert kept.erased_at is not None


def test_pdf_is_tagged_and_altered_copy_is_noticed(database, client):
    agreement = make_open(make_clerk())
    signing.sign_agreement(
        actor=actor_of(make_user(name="Anna Sereni")), agreement_id=agreement.id,
        content=wish(agreement),
    )  # fmt: skip
    version = queries.get_newest_version(agreement.id)
    document = make_agreement_document(version_id=version.id)
    db.session.commit()
    content = get_stored_file(document.file_id).content
    pdf = PdfReader(BytesIO(content))
    root = pdf.trailer["/Root"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"].startswith("it")
    assert pdf.metadata.title.endswith(agreement.title)
    assert "Anna S." in "".join(page.extract_text() for page in pdf.pages)
    address = f"/accordi/{agreement.slug}/controlla"
    same = client.submit(address, data={"copy": (BytesIO(content), "copia.pdf")})
    assert "È lo stesso documento" in same.text
    altered = bytearray(content)
    altered[len(altered) // 2] ^= 1
    other = client.submit(address, data={"copy": (BytesIO(bytes(altered)), "copia.pdf")})
    assert "Non è lo stesso documento" in other.text
    assert db.session.query(AgreementDocument).count() == 1


def test_large_agreement_is_a_tagged_document_with_headed_tables(app):
    with app.test_request_context():
        content = render_agreement(make_version(), make_signatures(), made_at=utc_now())
    pdf = PdfReader(BytesIO(content))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("it")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    kinds = Counter(_kinds_of(root["/StructTreeRoot"]))
    # Each sheet has three tables, the agreement two more: every one with a row of headings.
    assert kinds["/Table"] == 3 * SHEETS + 2
    assert kinds["/TH"] == SHEETS * (2 + 3 + 2) + 4 + 4
    assert kinds["/H1"] == 1
    assert kinds["/H2"] >= 8
    assert kinds["/H3"] == SHEETS
    text = "".join(page.extract_text() for page in pdf.pages)
    assert text.count("Gruppo inventato") == SIGNATORIES // 2


def _kinds_of(node):
    """Return the kind of every element below `node` of a structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if not isinstance(node, dict):
        return
    if "/S" in node:
        yield node["/S"]
    children = node.get("/K", ())
    for child in children if isinstance(children, list) else [children]:
        yield from _kinds_of(child)


def test_order_of_writing_does_not_change_the_text(database):
    agreement = make_shared(make_clerk())
    once, again = write_canonical(agreement, []), write_canonical(agreement, [])
    assert once == again


def test_pages_show_what_is_signed_and_keep_the_signature(database, client):
    staff = make_user(name="Carla Ufficio", roles=(Role.STAFF,))
    agreement = make_open(actor_of(staff))
    db.session.commit()
    slug, desk = agreement.slug, f"/gestione/laboratori/{agreement.laboratory.slug}/accordo/"
    assert agreement.title in client.get("/accordi/").text
    for page in (f"/accordi/{slug}", f"/accordi/{slug}/testo", f"/accordi/{slug}/controlla"):
        assert client.get(page).status_code == 200
    sha256 = queries.get_newest_version(agreement.id).sha256
    client.sign_in(make_user(name="Anna Sereni"))
    assert sha256 in client.get(f"/accordi/{slug}/firma").text
    refused = client.submit(
        f"/accordi/{slug}/firma", {"fingerprint": "0" * 64, "voice": "io", "agrees": "y"}
    )
    assert refused.status_code == 409
    assert 'data-reason="text_changed"' in refused.text
    signed = client.submit(
        f"/accordi/{slug}/firma",
        {"fingerprint": sha256, "voice": "io", "agrees": "y", "shows_initials": "y"},
    )
    assert signed.status_code == 303
    assert "A. S." in client.get(f"/accordi/{slug}").text
    client.sign_in(staff)
    for page in ("", "firma-su-carta"):
        assert client.get(desk + page).status_code == 200
    missing = client.submit(f"{desk}passo/entra-in-vigore")
    assert 'data-reason="municipality_has_not_signed"' in missing.text


def test_desk_writes_text_and_commitments(database, client):
    laboratory = make_laboratory(phase=Phase.SHARING)
    db.session.commit()
    client.sign_in(make_user(roles=(Role.STAFF,)))
    desk = f"/gestione/laboratori/{laboratory.slug}/accordo/"
    assert client.get(desk).status_code == 200
    assert client.submit(f"{desk}testo", {"title": ""}).status_code == 422
    assert client.submit(f"{desk}testo", {"title": "Insieme"}).status_code == 303
    assert client.get(f"{desk}impegni/nuovo").status_code == 200
    commitment = {"party_kind": "municipality", "title": "La sala", "due_on": "2027-03-31"}
    assert client.submit(f"{desk}impegni/nuovo", commitment).status_code == 303
    assert "La sala" in client.get(desk).text


def test_sheet_that_is_not_offered_is_refused_beside_the_choice(database, client):
    staff = make_user(roles=(Role.STAFF,))
    agreement = make_shared(actor_of(staff))
    chosen = [sheet.id for sheet in agreement.sheets]
    client.sign_in(staff)
    path = f"/gestione/laboratori/{agreement.laboratory.slug}/accordo/schede"
    refused = client.submit(path, {"version": agreement.version, "sheets": ["999999"]})
    assert refused.status_code == 422
    assert 'id="sheets-errore"' in refused.text
    db.session.expire_all()
    assert [sheet.id for sheet in agreement.sheets] == chosen


def test_who_speaks_for_several_parties_is_written_to_for_each(database):
    speaker = make_user(name="Vera Vicina")
    clerk = make_clerk()
    agreement = make_open(clerk, spokesperson=speaker.id)
    version = queries.get_newest_version(agreement.id)
    for name in ("Scuola di prova", "Parrocchia di prova"):
        db.session.add(
            ExpectedSignature(
                version_id=version.id, kind=PartyKind.BODY, name=name, user_id=speaker.id
            )
        )
    db.session.flush()
    rows = queries.list_people_expected(version.id)
    assert [(expected.name, person.id) for expected, person in rows] == [
        ("Vicine di casa", speaker.id),
        ("Scuola di prova", speaker.id),
        ("Parrocchia di prova", speaker.id),
    ]
