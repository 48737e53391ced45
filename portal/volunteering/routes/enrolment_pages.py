"""The steps of an enrolment, for the person and for the clerk at the counter alike."""

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor
from portal.core.clock import local_today
from portal.core.errors import RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.volunteering import queries, services
from portal.volunteering.forms.enrolments import (
    NO,
    YES,
    CounterGuardianForm,
    EnrolmentPersonForm,
    EnrolmentSendForm,
    EnrolmentTimesForm,
    EnrolmentWishesForm,
    GuardianForm,
)
from portal.volunteering.policies import (
    EnrolmentStep,
    Rules,
    find_next_step,
    list_steps,
    needs_guardian,
    step_can_be_changed,
)
from portal.volunteering.queries import EnrolmentRow
from portal.volunteering.services import EnrolmentPerson, EnrolmentTimes, Guardian
from portal.volunteering.states import (
    EDITABLE_ENROLMENTS,
    Citizenship,
    DayPart,
    Residence,
    Skill,
    TimePreference,
    Weekday,
)

UNPROCESSABLE = 422
PARTS = ",".join(f'"{step}"' for step in EnrolmentStep if step is not EnrolmentStep.SUMMARY)
"""What may stand for the step in an address."""
TEMPLATES = {
    EnrolmentStep.PERSON: "volunteering/enrolment_person_form.html",
    EnrolmentStep.GUARDIAN: "volunteering/enrolment_guardian_form.html",
    EnrolmentStep.TIMES: "volunteering/enrolment_times_form.html",
    EnrolmentStep.WISHES: "volunteering/enrolment_wishes_form.html",
}
LATER = "dopo"
"""The button that keeps what is there and leads out."""
KEPT_IN_DRAFT = {
    EnrolmentStep.PERSON: tuple(EnrolmentPerson.__dataclass_fields__),
    EnrolmentStep.TIMES: tuple(EnrolmentTimes.__dataclass_fields__),
    EnrolmentStep.WISHES: ("skills",),
}
"""Fields of the enrolment that a step which is not whole yet may keep."""


@dataclass(frozen=True)
class EnrolmentPages:
    """Whose enrolment is filled in, and where its pages are."""

    owner_id: int
    owner_name: str
    is_counter: bool = False

    @property
    def user_id(self) -> int | None:
        """For services: None where the actor is the person."""
        return self.owner_id if self.is_counter else None

    @property
    def home(self) -> str:
        """Where one comes from, and goes to afterwards."""
        if self.is_counter:
            return url_for("volunteering.show_counter_person", user_id=self.owner_id)
        return url_for("volunteering.show_enrolment")

    def step(self, step: str) -> str:
        """Return the address of a step, the summary included."""
        if step == EnrolmentStep.SUMMARY:
            if self.is_counter:
                return url_for("volunteering.show_counter_summary", user_id=self.owner_id)
            return url_for("volunteering.show_enrolment_summary")
        if self.is_counter:
            return url_for("volunteering.edit_counter_step", user_id=self.owner_id, part=str(step))
        return url_for("volunteering.edit_enrolment_step", part=str(step))


def show_step(pages: EnrolmentPages, step: EnrolmentStep) -> BaseResponse:
    """Ask what a step asks, or lead back where it cannot be changed."""
    enrolment = queries.find_enrolment_of(pages.owner_id)
    rules = queries.find_register_rules()
    if not _is_open(step, enrolment, rules):
        return redirect_after_post(pages.home)
    return _render(pages, step, make_form(pages, step, enrolment), enrolment, rules)


def save_step(pages: EnrolmentPages, step: EnrolmentStep) -> BaseResponse:
    """Keep what a step asks, and go on to the next."""
    enrolment = queries.find_enrolment_of(pages.owner_id)
    form = make_form(pages, step, enrolment)
    is_valid = form.validate()
    if is_valid or _may_leave_gaps(step, enrolment):
        try:
            if is_valid:
                _save(pages, step, form)
            else:
                _keep(pages, step, form)
        except RuleBrokenError as error:
            form.take_error(error)
        else:
            return _go_on(pages, step)
    return _render(pages, step, form, enrolment, queries.find_register_rules())


def show_summary(pages: EnrolmentPages, form: EnrolmentSendForm | None = None) -> BaseResponse:
    """Show everything on one screen before it is sent, or lead to what is missing."""
    enrolment, rules = queries.find_enrolment_of(pages.owner_id), queries.find_register_rules()
    step = next_step(enrolment, rules)
    if enrolment is None or step is not EnrolmentStep.SUMMARY:
        return redirect_after_post(pages.step(step) if step else pages.home)
    return render_page(
        "volunteering/enrolment_summary.html",
        status=UNPROCESSABLE if form else 200,
        form=form or EnrolmentSendForm(formdata=None),
        **_context(pages, EnrolmentStep.SUMMARY, enrolment, rules),
    )


def send(pages: EnrolmentPages) -> BaseResponse:
    """Hand the request in."""
    enrolment, rules = queries.find_enrolment_of(pages.owner_id), queries.find_register_rules()
    if next_step(enrolment, rules) is not EnrolmentStep.SUMMARY:
        return show_summary(pages)
    form = EnrolmentSendForm()
    if not form.validate():
        return show_summary(pages, form)
    try:
        services.submit_enrolment(actor=current_actor(), user_id=pages.user_id)
    except RuleBrokenError as error:
        form.form_errors.append(error.sentence)
        return show_summary(pages, form)
    if pages.is_counter:
        flash(_("Handed in: print the receipt and give it to the person."), "yes")
    else:
        flash(_("Your request has been sent: we have also written to you by mail."), "yes")
    return redirect_after_post(pages.home)


def next_step(enrolment: EnrolmentRow | None, rules: Rules) -> EnrolmentStep | None:
    """Return what is still to be filled in, or sent; None once it is sent."""
    if enrolment is not None and enrolment.state not in EDITABLE_ENROLMENTS:
        return None
    born_on = enrolment.born_on if enrolment else None
    has_to_name = needs_guardian(rules, born_on, local_today())
    has_named = enrolment is not None and enrolment.has_named_guardian
    return find_next_step(enrolment, lacks_guardian=has_to_name and not has_named)


def _is_open(step: EnrolmentStep, enrolment: EnrolmentRow | None, rules: Rules) -> bool:
    if step is not EnrolmentStep.PERSON and enrolment is None:
        return False
    if step is EnrolmentStep.GUARDIAN:
        born_on = enrolment.born_on if enrolment else None
        if not needs_guardian(rules, born_on, local_today()):
            return False
    return step_can_be_changed(step, enrolment.state if enrolment else None)


def make_form(
    pages: EnrolmentPages, step: EnrolmentStep, enrolment: EnrolmentRow | None
) -> PortalForm:
    """Return the form of a step, with what is known."""
    if step is EnrolmentStep.GUARDIAN:
        guardian = enrolment.guardian if enrolment else None
        return (CounterGuardianForm if pages.is_counter else GuardianForm)(obj=guardian)
    known: dict[str, Any] = dict(vars(enrolment)) if enrolment else {}
    if step is EnrolmentStep.PERSON:
        known["full_name"] = known.get("full_name") or pages.owner_name
        works = known.get("works_for_municipality")
        known["works"] = None if works is None else (YES if works else NO)
        return EnrolmentPersonForm(data=known)
    if step is EnrolmentStep.TIMES:
        known["can_start_on"] = known.get("can_start_on") or local_today()
        return EnrolmentTimesForm(data=known)
    return EnrolmentWishesForm(data=known)


def _save(pages: EnrolmentPages, step: EnrolmentStep, form: Any) -> None:  # noqa: ANN401 - the step's form
    actor, user_id = current_actor(), pages.user_id
    if step is EnrolmentStep.PERSON:
        services.save_enrolment_person(actor=actor, person=_person_of(form), user_id=user_id)
    elif step is EnrolmentStep.GUARDIAN:
        _save_guardian(pages, form)
    elif step is EnrolmentStep.TIMES:
        times = EnrolmentTimes(
            availability=form.availability.data,
            can_start_on=form.can_start_on.data,
            time_preference=TimePreference(form.time_preference.data),
        )
        services.save_enrolment_times(actor=actor, times=times, user_id=user_id)
    else:
        services.save_enrolment_wishes(
            actor=actor,
            user_id=user_id,
            skills=[Skill(skill) for skill in form.skills.data or ()],
            motivation=form.motivation.data or "",
        )


def _may_leave_gaps(step: EnrolmentStep, enrolment: EnrolmentRow | None) -> bool:
    """Say whether the button keeps what is there; half a guardian cannot be written to."""
    is_draft = enrolment is None or enrolment.state in EDITABLE_ENROLMENTS
    return is_draft and step is not EnrolmentStep.GUARDIAN and request.form.get("poi") == LATER


def _keep(pages: EnrolmentPages, step: EnrolmentStep, form: PortalForm) -> None:
    """Keep what is right in a step that is not whole; what is not is left as it was."""
    right = {field.name: field.data for field in form if not field.errors and field.data}
    if "works" in right:
        right["works_for_municipality"] = right["works"] == YES
    services.keep_unfinished_step(
        actor=current_actor(),
        step=step,
        values={name: right[name] for name in KEPT_IN_DRAFT[step] if name in right},
        user_id=pages.user_id,
    )


def _save_guardian(pages: EnrolmentPages, form: Any) -> None:  # noqa: ANN401 - the step's form
    guardian = Guardian(form.full_name.data, form.email.data or None, form.phone.data or None)
    enrolment = queries.find_enrolment_of(pages.owner_id)
    if pages.is_counter and form.has_paper.data and enrolment is not None:
        services.record_paper_authorisation(
            actor=current_actor(), enrolment_id=enrolment.id, guardian=guardian
        )
    else:
        services.name_guardian(actor=current_actor(), guardian=guardian, user_id=pages.user_id)


def _person_of(form: EnrolmentPersonForm) -> EnrolmentPerson:
    has_code = bool(form.tax_code.data)
    return EnrolmentPerson(
        full_name=form.full_name.data,
        born_on=form.born_on.data,  # type: ignore[arg-type] # the form asks for it
        tax_code=form.tax_code.data or None,
        # Only one of the two is needed, so only one is kept.
        birth_place=None if has_code else form.birth_place.data,
        residence=Residence(form.residence.data),
        address=form.address.data,
        citizenship=Citizenship(form.citizenship.data),
        works_for_municipality=form.works.data == YES,
        phone=form.phone.data,
    )


def _go_on(pages: EnrolmentPages, step: EnrolmentStep) -> BaseResponse:
    enrolment = queries.find_enrolment_of(pages.owner_id)
    if enrolment is None or enrolment.state not in EDITABLE_ENROLMENTS:
        flash(_("Saved."), "yes")
        return redirect_after_post(pages.home)
    if request.form.get("poi") == LATER:
        flash(_("Saved: go on whenever you like."), "yes")
        return redirect_after_post(pages.home)
    if request.args.get("poi") == EnrolmentStep.SUMMARY:
        return redirect_after_post(pages.step(EnrolmentStep.SUMMARY))
    steps = list_steps(queries.find_register_rules(), enrolment.born_on, local_today())
    return redirect_after_post(pages.step(steps[steps.index(step) + 1]))


def _render(
    pages: EnrolmentPages,
    step: EnrolmentStep,
    form: PortalForm,
    enrolment: EnrolmentRow | None,
    rules: Rules,
) -> Response:
    return render_page(
        TEMPLATES[step],
        status=UNPROCESSABLE if form.error_list else 200,
        form=form,
        weekdays=list(Weekday),
        day_parts=list(DayPart),
        **_context(pages, step, enrolment, rules),
    )


def _context(
    pages: EnrolmentPages, step: EnrolmentStep, enrolment: EnrolmentRow | None, rules: Rules
) -> dict[str, Any]:
    steps = list_steps(rules, enrolment.born_on if enrolment else None, local_today())
    if step not in steps:
        steps = list(EnrolmentStep)
    place = steps.index(step)
    return {
        "pages": pages,
        "enrolment": enrolment,
        "rules": rules,
        "steps": steps,
        "step": step,
        "address": _address_of_form(pages, step),
        "previous": pages.step(steps[place - 1]) if place else None,
        "is_change": enrolment is not None and enrolment.state not in EDITABLE_ENROLMENTS,
    }


def _address_of_form(pages: EnrolmentPages, step: EnrolmentStep) -> str:
    """Return where a step's form goes; who came from the summary goes back there."""
    address = pages.step(step)
    if request.args.get("poi") == EnrolmentStep.SUMMARY:
        return f"{address}?poi={EnrolmentStep.SUMMARY}"
    return address
