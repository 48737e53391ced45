"""Whether a person may ask to join a project without shifts, and why not."""

from dataclasses import dataclass
from datetime import date

from portal.volunteering.policies.rules import NO_RULES, Rules, find_unmet_rule
from portal.volunteering.policies.sign_ups import PersonFacts
from portal.volunteering.states import ApplicationState, ProjectState, SignUpRefusal

LIVE_APPLICATIONS = (ApplicationState.SUBMITTED, ApplicationState.ACCEPTED)
"""An application that stands: one of each person and project."""


@dataclass(frozen=True)
class ApplicationFacts:
    """What the decision asks of a project."""

    state: ProjectState
    ends_on: date | None
    people_wanted: int | None
    """None: whoever comes."""
    accepted_count: int
    starts_on: date | None = None
    rules: Rules = NO_RULES

    @property
    def is_complete(self) -> bool:
        """Say whether it has the people it looked for."""
        return self.people_wanted is not None and self.accepted_count >= self.people_wanted


@dataclass(frozen=True)
class ApplicationDecision:
    """Whether a person can ask to join now, or the one reason why not."""

    refusal: SignUpRefusal | None = None

    @property
    def is_allowed(self) -> bool:
        """Say whether the form can be shown."""
        return self.refusal is None


def decide_application(
    project: ApplicationFacts, person: PersonFacts, held: ApplicationState | None, today: date
) -> ApplicationDecision:
    """Say whether `person`, who has `held` in the project, can ask to join it.

    The rules are those of the first day on which they could begin. Training and a
    criminal-record check are no obstacle: they come with the tutor, after the answer.
    """
    if held in LIVE_APPLICATIONS:
        return ApplicationDecision(SignUpRefusal.ALREADY_SIGNED_UP)
    if project.state is not ProjectState.PUBLISHED:
        return ApplicationDecision(SignUpRefusal.PROJECT_CLOSED)
    if project.ends_on is not None and project.ends_on < today:
        return ApplicationDecision(SignUpRefusal.IN_THE_PAST)
    if project.is_complete:
        return ApplicationDecision(SignUpRefusal.FULL_WAITING_LIST_FULL)
    if not person.is_signed_in:
        return ApplicationDecision(SignUpRefusal.NOT_SIGNED_IN)
    first = max(today, project.starts_on or today)
    return ApplicationDecision(find_unmet_rule(project.rules, person.volunteer, first, first))
