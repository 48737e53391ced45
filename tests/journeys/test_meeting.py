"""A meeting: registered, waited for, offered by mail, and the day itself on the spot."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.core.clock import local_now
from tests.journeys.conftest import OWN_PASSWORD

pytestmark = pytest.mark.xdist_group("journeys")

ARCHITECT = "architetta@example.org"


def plans_a_meeting(architect, title, starts, hours):
    """Plan a meeting with one place in the laboratory of the park; return its desk."""
    architect.goes_to("/gestione/laboratori/")
    architect.follows("Rosta Nuova")
    architect.follows("Incontri")
    architect.follows("Programma un incontro")
    ends = starts + timedelta(hours=hours)
    architect.writes(
        title=title,
        day=f"{starts:%Y-%m-%d}",
        starts_time=f"{starts:%H:%M}",
        ends_time=f"{ends:%H:%M}",
        place_name="Sala inventata",
        capacity="1",
    )
    architect.presses("Salva")
    architect.reads("L’incontro è sulla pagina del laboratorio.")
    return architect.path


def test_a_place_goes_down_the_line(make_visitor, make_person, numbers):
    title = f"Incontro numero {next(numbers)}"
    first_email, second_email = make_person("Fede Prova"), make_person("Sole Prova")
    architect, first, second = make_visitor(1280), make_visitor(), make_visitor()
    architect.signs_in(ARCHITECT)
    starts = (local_now() + timedelta(days=40)).replace(hour=18, minute=0)
    plans_a_meeting(architect, title, starts, 2)
    architect.follows("La pagina che vedono tutti")
    page = architect.path

    first.signs_in(first_email, OWN_PASSWORD)
    first.goes_to(page)
    first.presses("Partecipo")
    first.reads("Hai un posto")
    second.signs_in(second_email, OWN_PASSWORD)
    second.goes_to(page)
    second.presses("Mi metto in lista")
    second.reads("Sei al numero 1 della lista d’attesa")

    first.goes_to(page)
    first.presses("Lascio il posto")
    expect(first.main.get_by_role("button", name="Lascio il posto")).to_have_count(0)
    second.reads_newest_mail(second_email, title)
    second.follows_mail_link("/incontri/offerta/")
    second.presses("Lo prendo")
    second.reads("Hai un posto")
    second.goes_to("/area-personale/")
    expect(second.main.locator("section[aria-labelledby=date]")).to_contain_text(title)


def test_who_comes_is_counted_and_named_only_if_they_want(make_visitor, make_person, numbers):
    title = f"Incontro di oggi {next(numbers)}"
    email = make_person("Luce Prova")
    architect, person, stranger = make_visitor(), make_visitor(), make_visitor()
    architect.signs_in(ARCHITECT)
    now = local_now()
    # Within today, whatever the hour at which the test runs.
    starts = now.replace(minute=0) if now.hour < 23 else now.replace(hour=22, minute=0)
    desk = plans_a_meeting(architect, title, starts, 0.95)
    architect.follows("Il codice da mostrare sul posto")
    code = architect.main.locator("b.num").inner_text()

    person.signs_in(email, OWN_PASSWORD)
    person.goes_to("/incontri/qui")
    person.writes(codice=code)
    person.presses("Continua")
    person.presses("Sono qui")
    person.reads("La tua presenza è segnata")

    architect.goes_to(f"{desk}/presenze")
    architect.reads("Luce Prova")
    architect.writes(full_name="Gino Prova", contact="0522 000000")
    architect.presses("Aggiungi all’elenco")
    architect.reads("Gino Prova", "Finora 2 persone.")
    architect.goes_to(f"{desk}/verbale")
    architect.writes(minutes="Si è parlato del parco.")
    architect.presses("Pubblica")
    architect.follows("La pagina che vedono tutti")
    stranger.goes_to(architect.path)
    stranger.reads("Si è parlato del parco.")
    stranger.reads_nowhere("Luce", "Gino", "0522 000000")
    person.goes_to(architect.path)
    person.reads("C’eri anche tu")
