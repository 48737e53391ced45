"""Demo data, made by the services so that it obeys every rule."""

from portal.accounts.queries import count_accounts
from portal.core.database import db
from portal.demo.alerts_demo import seed_alerts
from portal.demo.enrolment_demo import seed_enrolments
from portal.demo.erasure_demo import seed_erasure
from portal.demo.ideas_demo import seed_ideas
from portal.demo.initiatives_demo import seed_initiatives
from portal.demo.laboratories_demo import seed_laboratories
from portal.demo.office_demo import seed_office
from portal.demo.openings_demo import seed_openings
from portal.demo.people_demo import DEMO_ACCOUNTS, DEMO_PASSWORD, seed_people
from portal.demo.places_demo import seed_places
from portal.demo.procedures_demo import seed_procedures
from portal.demo.programmes_demo import CLERK, create_programmes, seed_programmes
from portal.demo.registry_demo import seed_registry
from portal.demo.registry_entries_demo import seed_registry_entries
from portal.demo.registry_people_demo import seed_registry_people
from portal.demo.requests_demo import seed_requests
from portal.demo.sheet_talk_demo import seed_sheet_talk
from portal.demo.talk_demo import seed_talk
from portal.demo.territory import load_demo_territory
from portal.demo.volunteering_demo import seed_volunteering
from portal.demo.youth_demo import seed_youth

__all__ = ["DEMO_ACCOUNTS", "DEMO_PASSWORD", "ensure_demo_data"]


def ensure_demo_data() -> None:
    """Fill an empty database with the demo, all or nothing; one that has people is left alone."""
    if count_accounts():
        return
    load_demo_territory()
    seed_registry()
    seed_places()
    people = seed_people()
    # The invented association gets its representative first: proposals are written for it.
    seed_requests(people)
    seed_procedures(people)
    seed_registry_entries(people)
    seed_registry_people(people)
    programmes = create_programmes(people[CLERK])
    seed_volunteering(people, programmes)
    seed_programmes(people, programmes)
    seed_youth(people, programmes)
    seed_enrolments(people)
    seed_office(people)
    seed_alerts(people)
    seed_laboratories(people)
    seed_openings(people, programmes)
    seed_initiatives(people)
    seed_ideas(people)
    seed_talk()
    seed_sheet_talk()
    seed_erasure()
    db.session.commit()
