"""A group signs up, somebody leaves, the place goes to the next by the link of a mail."""

from datetime import timedelta

import pytest

from portal.core.clock import utc_now
from portal.core.database import db
from tests.factories.volunteering import make_programme, make_project, make_shift
from tests.journeys.accessibility import expect_well_made
from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.processes import app_on

pytestmark = pytest.mark.xdist_group("journeys")


@pytest.fixture
def shift_path(portal, numbers):
    """A shift of three places that takes groups, in five days."""
    number = next(numbers)
    with app_on(portal):
        programme = make_programme()
        programme.name = programme.slug = f"viaggio-{number}"
        project = make_project(title=f"Festa di prova {number}", programme=programme, group_cap=3)
        starts_at = (utc_now() + timedelta(days=5)).replace(microsecond=0)
        shift = make_shift(project=project, starts_at=starts_at, capacity=3, waiting_capacity=5)
        db.session.commit()
        return f"/volontariato/turni/{shift.id}"


def test_a_place_left_by_a_group_goes_to_the_first_in_line(
    make_visitor, make_person, shift_path, has_javascript
):
    teacher, neighbour = make_visitor(), make_visitor()
    teacher_email, neighbour_email = make_person("Maestra Prova"), make_person("Vicina Prova")
    teacher.signs_in(teacher_email, OWN_PASSWORD)
    teacher.goes_to(shift_path)
    teacher.follows("Venite in gruppo")
    if has_javascript:
        expect_well_made(teacher)
    teacher.writes(name="Classe 2B", people="4")
    teacher.presses("Partecipiamo")
    teacher.reads("Gruppi di 3 persone al massimo")
    teacher.writes(people="3")
    teacher.presses("Partecipiamo")
    teacher.page.wait_for_url(f"**{shift_path}")
    teacher.reads("Il tuo posto è confermato", "posti presi: 3 su 3")

    neighbour.signs_in(neighbour_email, OWN_PASSWORD)
    neighbour.goes_to(shift_path)
    neighbour.presses("Mi metto in lista")
    neighbour.reads("Sei al numero 1 della lista d’attesa")

    teacher.goes_to(shift_path)
    teacher.presses("Lascio il posto")
    # One of the three places is kept for who is first in line.
    teacher.reads("Mancano 2 persone")

    # From the mail, on a phone where nobody is signed in.
    stranger = make_visitor()
    mail = stranger.reads_newest_mail(neighbour_email, "C’è un posto per te")
    assert "lo teniamo per te" in mail
    stranger.follows_mail_link("/volontariato/offerta/")
    if has_javascript:
        expect_well_made(stranger)
    stranger.reads("tocca a te")
    stranger.presses("Lo prendo")
    stranger.reads("Il tuo posto è confermato")
    neighbour.goes_to("/area-personale/")
    neighbour.reads("Hai un posto")
