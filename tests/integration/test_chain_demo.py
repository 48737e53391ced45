"""The demo's openings obey every rule, since services make them."""

from portal.chain.queries.agreement_chain import load_chain
from portal.core.database import db
from portal.demo.agreement_texts import ORTI
from portal.demo.initiatives_demo import INITIATIVES, seed_initiatives
from portal.demo.laboratories_demo import seed_laboratories
from portal.demo.openings_demo import CLERK, OPENINGS, seed_openings
from portal.demo.people_demo import seed_people
from portal.demo.programmes_demo import create_programmes
from portal.demo.requests_demo import seed_requests
from portal.demo.territory import load_demo_territory
from portal.laboratories.models import Agreement
from portal.laboratories.openings import OpeningKind, OpeningState


def test_the_demos_agreement_has_come_to_hands_and_hours(client):
    load_demo_territory()
    people = seed_people()
    seed_requests(people)
    programmes = create_programmes(people[CLERK])
    seed_laboratories(people)
    seed_openings(people, programmes)
    seed_initiatives(people)
    db.session.commit()
    slug = db.session.scalars(db.select(Agreement.slug).where(Agreement.title == ORTI.title)).one()
    chain = load_chain(slug)
    opened = [row for sheet in chain.sheets for row in sheet.openings.rows]
    rows = [row for row in opened if row.kind is OpeningKind.PROJECT]
    assert [row.state for row in rows] == [OpeningState.OPEN, OpeningState.CLOSED]
    assert rows[0].places_left
    assert all(row.held and row.minutes and row.people for row in rows)
    # The hours of the last Saturday still wait: they do not count.
    assert rows[0].held == len(OPENINGS[0].weeks_ago)
    assert rows[0].minutes < rows[0].held * OPENINGS[0].hours * 60 * 5
    assert 0 < chain.results.people <= 5
    assert client.get(f"/accordi/{slug}/filo").status_code == 200
    people_came = sum(came or 0 for one in INITIATIVES for _weeks, came in one.came)
    held = [row for row in opened if row.kind is OpeningKind.INITIATIVE]
    assert [row.state for row in held] == [OpeningState.OPEN, OpeningState.CLOSED]
    assert chain.results.attendance == people_came
    place = client.get("/luoghi/cucina-di-quartiere-inventata").text
    assert "Merenda al forno" in place
    assert "Pane e storie" not in place
