"""What the register asks of people: the rules of all programmes and projects together."""

from typing import Any

from sqlalchemy import Select, and_, func, select

from portal.core.database import session
from portal.volunteering.models import Programme, VolunteeringProject
from portal.volunteering.policies import NO_RULES, Rules
from portal.volunteering.queries.facts import RULE_OF
from portal.volunteering.states import ProjectState, ResidenceRule

_Project = VolunteeringProject


def find_register_rules() -> Rules:
    """Return the rules of whoever wants to enrol: of all that ask for the register together.

    Whoever meets the rules of one programme or published project may enrol: so the lowest of the
    youngest ages, the highest of the oldest, and what refuses people only where all refuse them.
    What has to be shown is asked where one asks it. Where nothing asks for the register, no rule.
    """
    row = session().execute(_RULES).one()
    if row.youngest_age is None:
        return NO_RULES
    values: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - the public name of SQLAlchemy's own accessor
    takes_anybody, takes_domiciled = values.pop("takes_anybody"), values.pop("takes_domiciled")
    if values.pop("has_no_oldest"):
        values["oldest_age"] = None
    if takes_anybody:
        values["residence_rule"] = ResidenceRule.ANYWHERE
    else:
        values["residence_rule"] = (
            ResidenceRule.LIVING_HERE if takes_domiciled else ResidenceRule.RESIDENT
        )
    return Rules(requires_enrolment=True, **values)


def _statement() -> Select[*tuple[Any, ...]]:
    rule = RULE_OF
    return (
        select(
            func.min(rule["youngest_age"]).label("youngest_age"),
            func.max(rule["oldest_age"]).label("oldest_age"),
            func.bool_or(rule["oldest_age"].is_(None)).label("has_no_oldest"),
            func.bool_or(rule["requires_guardian"]).label("requires_guardian"),
            func.min(rule["fitness_from_age"]).label("fitness_from_age"),
            func.bool_or(rule["requires_permit"]).label("requires_permit"),
            func.bool_or(rule["requires_interview"]).label("requires_interview"),
            func.bool_and(rule["refuses_employees"]).label("refuses_employees"),
            func.bool_or(rule["residence_rule"] == ResidenceRule.ANYWHERE).label("takes_anybody"),
            func.bool_or(rule["residence_rule"] != ResidenceRule.RESIDENT).label("takes_domiciled"),
        )
        .select_from(Programme)
        .outerjoin(
            _Project,
            and_(
                _Project.programme_id == Programme.id,
                _Project.state == ProjectState.PUBLISHED,
            ),
        )
        .where(rule["requires_enrolment"])
    )


_RULES = _statement()
