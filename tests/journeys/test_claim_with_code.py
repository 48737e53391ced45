"""Who reads the certified e-mail of an association gets its page, invites a colleague, leaves."""

import re

import pytest

from portal.core.database import db
from tests.factories.registry import make_association
from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.processes import app_on

pytestmark = pytest.mark.xdist_group("journeys")

CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)


@pytest.fixture
def certified_association(portal, numbers):
    """A listed association whose certified e-mail the municipality knows."""
    number = next(numbers)
    slug, name = f"coro-inventato-{number}", f"Coro inventato {number}"
    email = f"coro.{number}@pec.example.org"
    with app_on(portal):
        make_association(name=name, slug=slug, certified_email=email, tax_code=f"9555{number:07d}")
        db.session.commit()
    return slug, name, email


def test_page_is_claimed_with_a_code_and_handed_on(
    make_visitor, make_person, certified_association, has_javascript
):
    slug, name, certified_email = certified_association
    email, colleague_email = make_person("Edda Prova"), make_person("Sara Prova")
    claimant, colleague = make_visitor(), make_visitor()
    claimant.signs_in(email, OWN_PASSWORD)
    claimant.goes_to(f"/registro/{slug}/rivendica")
    claimant.follows("Rivendica con un codice")
    claimant.presses("Manda il codice")
    claimant.reads("Abbiamo mandato un codice")
    claimant.reads_nowhere(certified_email)
    letter = claimant.reads_newest_mail(certified_email, "codice per curare")
    code = CODE.search(letter)
    assert code is not None

    claimant.goes_to(f"/registro/{slug}/rivendica/codice")
    claimant.writes(code="000000" if code[1] != "000000" else "111111", applicant_role="presidente")
    claimant.chooses("has_declared", "y")
    claimant.presses("Conferma il codice")
    claimant.reads("puoi provare altre 4 volte")
    claimant.writes(code=code[1])
    claimant.presses("Conferma il codice")
    claimant.page.wait_for_url(f"**/associazione/{slug}/")

    claimant.goes_to(f"/associazione/{slug}/persone")
    claimant.reads("Edda Prova", "Non c’è nessun altro")
    claimant.writes(email=colleague_email)
    claimant.chooses("role", "editor")
    claimant.presses("Manda l’invito")
    claimant.reads(colleague_email, "non ha ancora risposto")

    colleague.reads_newest_mail(colleague_email, name)
    colleague.follows_mail_link("/inviti/")
    colleague.reads("Edda Prova", name, "entra con l’indirizzo")
    invitation = colleague.path
    colleague.signs_in(colleague_email, OWN_PASSWORD)
    colleague.goes_to(invitation)
    colleague.writes(capacity="segretaria")
    colleague.presses("Accetto")
    colleague.page.wait_for_url(f"**/associazione/{slug}/")

    claimant.goes_to(f"/associazione/{slug}/persone")
    claimant.follows("Passa il ruolo")
    claimant.main.locator("label:has(input[name=person])").first.click()
    claimant.chooses("then", "esco")
    claimant.presses("Passa il ruolo")
    claimant.page.wait_for_url("**/area-personale/")
    colleague.goes_to(f"/associazione/{slug}/persone")
    colleague.reads("Responsabile", "segretaria")
    colleague.reads_nowhere("Edda Prova")
