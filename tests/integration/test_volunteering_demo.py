"""The demo's shifts, in every situation."""

from portal.accounts.models import User
from portal.core.database import db
from portal.demo.giving_back_demo import VISITS
from portal.demo.people_demo import DEMO_ACCOUNTS, TUTOR
from portal.demo.programmes_demo import create_programmes, seed_programmes
from portal.demo.volunteering_demo import CITIZEN, CLERK, SHIFTS, SPOKESPERSON, seed_volunteering
from portal.demo.youth_demo import HOURS, seed_youth
from portal.moderation.models import Case
from portal.permissions import Role
from portal.volunteering.queries import (
    ProjectFilters,
    ShiftFilters,
    count_shifts,
    decide_for,
    find_application_standing,
    get_presence_shift,
    get_project_id,
    list_coming,
    list_next_shifts,
    list_programmes,
    list_projects_for_office,
    list_series,
    list_shifts,
    list_sign_ups_of,
    list_walk_ins,
    load_tutor_desk,
)
from portal.volunteering.queries.expenses import list_expenses_of
from portal.volunteering.queries.hours import list_hours_totals
from portal.volunteering.queries.my_year import find_thanks_of
from portal.volunteering.queries.points import list_points, list_years_with_points
from portal.volunteering.states import ProjectState
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative


def people():
    """The demo's accounts, without the cost of their passwords."""
    return {
        account.email: actor_of(
            make_user(
                email=account.email,
                name=account.name,
                roles=(Role.STAFF,) if account.role is Role.STAFF else (),
            )
        )
        for account in DEMO_ACCOUNTS
    }


def seed(actors):
    programmes = create_programmes(actors[CLERK])
    seed_volunteering(actors, programmes)
    return programmes


def test_demo_has_shifts_in_every_situation(database):
    actors = people()
    seed(actors)
    db.session.commit()
    assert count_shifts().to_come == len(SHIFTS)
    assert count_shifts(days=8).needing_people > 5
    shifts = list_shifts(ShiftFilters(), page=1).rows + list_shifts(ShiftFilters(), page=2).rows
    reasons = {d.refusal for d in decide_for(actors[CLERK], shifts).values()}
    assert {None, "not_open_yet", "full_waiting_list_full", "not_enrolled"} <= reasons
    outcomes = {d.outcome for d in decide_for(actors[CLERK], shifts).values() if d.is_allowed}
    assert outcomes == {"confirmed", "waiting"}
    assert any(s.waiting_count for s in shifts)


def test_demo_citizen_has_been_somewhere_and_is_awaited_somewhere(database):
    actors = people()
    seed(actors)
    db.session.commit()
    mine = list_sign_ups_of(actors[CITIZEN].account_id)
    assert [row.is_past for row in mine] == [False, False, *[True] * len(VISITS)]
    assert {row.state for row in mine} == {"confirmed"}
    totals = list_hours_totals(actors[CITIZEN].account_id)
    assert sum(total.verified for total in totals) == sum(visit.hours for visit in VISITS) * 60
    asked = list_expenses_of(actors[CITIZEN].account_id)
    assert {expense.state for expense in asked} == {"approved", "returned", "submitted"}
    assert [expense.state for expense in asked if expense.file_id] == ["submitted"]
    assert find_thanks_of(actors[CITIZEN].account_id).shown_name is None


def test_demo_can_be_seeded_on_any_day_of_the_week(database):
    from datetime import timedelta

    from portal.core.clock import frozen, utc_now

    actors = people()
    for days in (2, 5, 6):
        with frozen(utc_now() + timedelta(days=days)):
            seed(actors)
            assert list_next_shifts(3)
        db.session.rollback()


def test_demo_has_a_shift_of_today_with_everybody_a_tutor_meets(database):
    actors = people()
    seed(actors)
    db.session.commit()
    desk = load_tutor_desk(actors[TUTOR].account_id)
    (today,) = desk.today
    coming = list_coming(get_presence_shift(today.id))
    assert len(coming) == 7
    assert [p.name for p in coming if p.has_left] == ["Amir P."]
    assert [(p.age, p.has_guardian) for p in coming if p.age] == [(16, True)]
    assert [p.name for p in coming if p.was_asked and not p.answer] == ["Zoe P."]
    assert 0 < desk.to_verify <= 10
    assert len(list_walk_ins(today.id)) == 1


def test_demo_has_programmes_with_rules_a_series_and_projects_without_shifts(database):
    actors = people()
    make_representative(
        db.session.get_one(User, actors[SPOKESPERSON].id), make_association(name="Insieme")
    )
    seed_programmes(actors, seed(actors))
    db.session.commit()
    rules = {programme.name: programme.rules for programme in list_programmes()}
    assert rules["R+ Più volontari, più Reggio"].fitness_from_age == 75
    assert rules["Giovani protagonisti"].oldest_age == 29
    found = list_projects_for_office(ProjectFilters(), page=1).rows
    assert found[0].state is ProjectState.PROPOSED
    assert {"flexible", "open_ended", "shifts"} == {row.time_kind for row in found}
    (weekly,) = (row for row in found if row.title == "Storie ad alta voce")
    assert 8 <= list_series(weekly.id)[0].to_come <= 13
    assert [row.applications for row in found if row.time_kind == "flexible"] == [1]
    (case,) = db.session.scalars(db.select(Case).where(Case.kind == "volunteering_project"))
    assert case.title == "L’officina delle biciclette"


def test_demo_asks_of_each_person_what_its_programmes_say(database):
    """The citizen takes open doors, and meets the register where a project follows R+."""
    actors = people()
    seed_programmes(actors, seed(actors))
    db.session.commit()
    telephone, murals = (
        find_application_standing(actors[CITIZEN], get_project_id(slug)).decision.refusal
        for slug in ("due-chiacchiere-al-telefono", "il-sottopasso-si-colora")
    )
    assert (telephone, murals) == ("not_enrolled", None)


def test_demo_has_points_of_the_youth_card(database):
    actors = people()
    seed_youth(actors, create_programmes(actors[CLERK]))
    db.session.commit()
    # In winter the hours are of two years.
    rows = [row for year in list_years_with_points() for row in list_points(year)]
    assert {row.person for row in rows} == set(HOURS)
    assert {row.programme for row in rows} == {"Giovani protagonisti"}
