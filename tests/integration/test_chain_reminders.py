"""Drafts that a sheet opened in a place and nobody publishes: who runs the place is told once."""

from datetime import timedelta

import pytest

from portal.chain.models import SheetInitiative
from portal.chain.services import remind_of_drafts, tie_opening
from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.core.templating import format_long_day
from portal.laboratories.openings import OpeningKind
from portal.places.services import cancel_initiative, publish_initiative
from portal.registry.models import Association
from tests.factories.agreements import make_clerk
from tests.factories.chain import make_sheet_in_force
from tests.factories.initiatives import make_initiative, make_opened_initiative
from tests.factories.people import make_user
from tests.factories.places import make_place
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative

FORTNIGHT = timedelta(days=14)


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def sheet(clerk):
    return make_sheet_in_force(clerk)


@pytest.fixture
def kitchen(database):
    """Return a place that an association of the registry runs."""
    association = make_association(name="Forno comune")
    return make_place("Cucina del rione", managing_association_id=association.id)


def make_runner(kitchen, **facts):
    runner = make_user(**{"name": "Rita Reggente", "email": "rita@example.org", **facts})
    make_representative(runner, db.session.get_one(Association, kitchen.managing_association_id))
    return runner


def make_draft(clerk, sheet, kitchen):
    draft = make_opened_initiative(clerk, sheet, kitchen, title="Cena di via", is_public=False)
    db.session.commit()
    return draft


def reminders():
    found = db.session.scalars(db.select(MailMessage).order_by(MailMessage.id))
    return [mail for mail in found if "È ancora una bozza" in mail.subject]


def remind_later(by=FORTNIGHT):
    with frozen(utc_now() + by):
        count = remind_of_drafts()
    db.session.commit()
    return count


def test_who_runs_the_place_is_reminded_once_after_a_fortnight(clerk, sheet, kitchen):
    make_runner(kitchen)
    draft = make_draft(clerk, sheet, kitchen)
    assert remind_later(FORTNIGHT - timedelta(hours=1)) == 0
    assert [remind_later(), remind_later(), remind_later(3 * FORTNIGHT)] == [1, 0, 0]
    [mail] = reminders()
    assert mail.recipient == "rita@example.org"
    assert mail.subject == "È ancora una bozza per Cucina del rione: Cena di via"
    opened_at = db.session.scalars(db.select(SheetInitiative.opened_at)).one()
    assert mail.text_body.split("\n--\n")[0].strip().split("\n\n") == [
        "Ciao Rita Reggente,",
        (
            "la bozza “Cena di via” per Cucina del rione ti aspetta da"
            f" {format_long_day(opened_at)}: nasce dalla scheda progetto “{sheet.title}” di"
            " un accordo di cittadinanza, e nessuno l’ha ancora pubblicata."
        ),
        (
            "Se si fa, di’ quando e pubblicala. Se non si fa, lasciala perdere e scrivi in due"
            " parole perché: così nessuno resta ad aspettare. Te lo ricordiamo questa volta sola."
        ),
        f"La bozza:\nhttp://127.0.0.1:8000/luoghi/{kitchen.slug}/cura/{draft.id}",
    ]


def test_reminder_reads_english_for_who_reads_english(clerk, sheet, kitchen):
    make_runner(kitchen, locale="en")
    make_draft(clerk, sheet, kitchen)
    assert remind_later() == 1
    [mail] = [
        mail
        for mail in db.session.scalars(db.select(MailMessage))
        if mail.subject == "Still a draft for Cucina del rione: Cena di via"
    ]
    assert "This is the only reminder." in mail.text_body


def test_nobody_is_reminded_of_what_was_published_or_given_up(clerk, sheet, kitchen):
    make_runner(kitchen)
    public, given_up = (make_draft(clerk, sheet, kitchen) for _ in range(2))
    publish_initiative(actor=clerk, initiative_id=public.id, seen_version=public.version)
    cancel_initiative(
        actor=clerk, initiative_id=given_up.id, seen_version=given_up.version, reason="No."
    )
    db.session.commit()
    assert remind_later() == 0
    assert reminders() == []


def test_nobody_is_reminded_of_a_draft_of_their_own_that_a_sheet_was_tied_to(clerk, sheet, kitchen):
    make_runner(kitchen)
    own = make_initiative(make_clerk(), kitchen, is_public=False)
    tie_opening(actor=clerk, sheet_id=sheet.id, kind=OpeningKind.INITIATIVE, thing_id=own.id)
    db.session.commit()
    assert remind_later() == 0


def test_who_has_no_e_mail_is_called(clerk, sheet, kitchen):
    runner = make_runner(kitchen)
    runner.email = None
    make_draft(clerk, sheet, kitchen)
    assert remind_later() == 1
    assert reminders() == []
    calls = db.session.execute(db.text("SELECT reader_id, subject FROM phone_message")).all()
    assert (runner.id, "È ancora una bozza per Cucina del rione: Cena di via") in [*calls]


def test_draft_waits_for_the_association_that_will_run_the_place(clerk, sheet, database):
    make_draft(clerk, sheet, make_place("Casa senza ente"))
    assert remind_later() == 0
    assert db.session.scalars(db.select(SheetInitiative.reminded_at)).one() is None


def test_same_reminder_twice_makes_one_mail(clerk, sheet, kitchen):
    make_runner(kitchen)
    make_draft(clerk, sheet, kitchen)
    assert remind_later() == 1
    # As where a worker was killed between the mail and the mark.
    db.session.execute(db.update(SheetInitiative).values(reminded_at=None))
    assert remind_later() == 1
    assert len(reminders()) == 1
