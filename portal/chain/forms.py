"""Forms of openings: a project written from a sheet, one that is tied, the button of untying."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.chain.queries.desk import PartnerChoice, ProjectChoice
from portal.core.forms import FormKeyField, PortalForm, required
from portal.places.queries import PlaceChoice
from portal.volunteering.forms.projects import ProjectWordsForm

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_DESCRIPTION, LONGEST_TASKS = 150, 300, 5_000, 2_000
"""Of a project; a sheet may say more."""
LONGEST_PLACE = 150


class OpenProjectForm(ProjectWordsForm):
    """A project written from a sheet."""

    place_id = SelectField(
        _l("One of the places of the portal"),
        description=_l("The pages of the place and of the project then lead to each other."),
        validators=[Optional()],
    )
    partner_id = SelectField(
        _l("Done with an association of the sheet"),
        validators=[Optional()],
    )
    form_key = FormKeyField()

    def offer_of_sheet(
        self, places: Sequence[PlaceChoice], partners: Sequence[PartnerChoice]
    ) -> None:
        """Take the choices that come with the sheet."""
        self.place_id.choices = [
            SelectChoice("", _l("None of them")),
            *(SelectChoice(str(place.id), place.name) for place in places),
        ]
        self.partner_id.choices = [
            SelectChoice("", _l("With none of them")),
            *(SelectChoice(str(partner.id), partner.name) for partner in partners),
        ]

    def words(self) -> dict[str, Any]:
        """What was written, by name of the content."""
        chosen = self.partner_id.data
        names = {choice.value: str(choice.label) for choice in self.partner_id.choices}
        return super().words() | {
            "place_id": int(self.place_id.data) if self.place_id.data else None,
            "partner_association_id": int(chosen) if chosen else None,
            "partner_name": names[chosen][:200] if chosen else None,
        }


class TieForm(PortalForm):
    """Which project is tied to a sheet."""

    project_id = SelectField(
        _l("Which project?"),
        coerce=str,
        validators=[required(_l("Choose the project."))],
    )

    def offer(self, projects: Sequence[ProjectChoice]) -> None:
        """Take the projects that come from no sheet."""
        self.project_id.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(str(project.id), project.title) for project in projects),
        ]


class StepForm(PortalForm):
    """A button and nothing else."""


def written_of_sheet(
    title: str, texts: Mapping[str, str], start: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the form of a new project begins with: the words of the sheet, cut to fit."""
    contents = texts["contents"].strip()
    aims = texts["aims"].strip()
    return {
        "title": title[:LONGEST_TITLE],
        "summary": first_sentence(contents, LONGEST_SUMMARY),
        "description": "\n\n".join(part for part in (contents, aims) if part)[:LONGEST_DESCRIPTION],
        "tasks": texts["actions"].strip()[:LONGEST_TASKS],
        "place_name": (start["place_name"] or "")[:LONGEST_PLACE],
        "address": start["address"],
        "place_id": str(start["place_id"] or ""),
        "district_id": str(start["district_id"] or ""),
        "partner_id": str(start["partner_id"] or ""),
    }


def first_sentence(text: str, longest: int) -> str:
    """Return the beginning of a text: its first sentence, or as many whole words as fit."""
    line = " ".join(text.split())
    end = line.find(". ")
    sentence = line if end < 0 else line[: end + 1]
    if len(sentence) <= longest:
        return sentence
    return sentence[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
