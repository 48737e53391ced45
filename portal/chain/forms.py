"""Forms of openings: what is written from a sheet, what is tied, the button of untying."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.chain.queries.desk import FreeChoice
from portal.core.forms import FormKeyField, PortalForm, required
from portal.laboratories.openings import OpeningKind
from portal.places.forms import InitiativeForm
from portal.places.models.initiatives import LONGEST_DETAIL
from portal.places.queries import PlaceChoice
from portal.places.queries.initiatives import OrganiserChoice
from portal.volunteering.forms.projects import ProjectWordsForm

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_DESCRIPTION, LONGEST_TASKS = 150, 300, 5_000, 2_000
"""Of a project; a sheet may say more."""
LONGEST_PLACE = 150
KIND_NAMES = {
    OpeningKind.PROJECT: _l("Volunteering projects"),
    OpeningKind.INITIATIVE: _l("Initiatives of places"),
}


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
        self, places: Sequence[PlaceChoice], partners: Sequence[OrganiserChoice]
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


class OpenInitiativeForm(InitiativeForm):
    """An initiative of a place, written from a sheet."""

    place_id = SelectField(
        _l("In which place"),
        description=_l("Who runs the place reads the draft, says when, and publishes it."),
        validators=[required(_l("Choose the place."))],
    )

    def offer_of_sheet(
        self, places: Sequence[PlaceChoice], partners: Sequence[OrganiserChoice]
    ) -> None:
        """Take the places of the city and the associations of the sheet."""
        self.place_id.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(str(place.id), place.name) for place in places),
        ]
        self.offer_organisers(partners)

    @property
    def chosen_place(self) -> int:
        """The place, once the form is valid."""
        return int(self.place_id.data)


class TieForm(PortalForm):
    """Which project or initiative is tied to a sheet."""

    opening = SelectField(
        _l("Which one?"),
        coerce=str,
        validators=[required(_l("Choose what is tied to the sheet."))],
    )

    def offer(self, choices: Sequence[FreeChoice]) -> None:
        """Take what comes from no sheet."""
        self.opening.choices = [
            SelectChoice("", _l("Choose")),
            *(
                SelectChoice(f"{one.kind}-{one.id}", one.title, optgroup=KIND_NAMES[one.kind])
                for one in choices
            ),
        ]

    @property
    def chosen(self) -> tuple[OpeningKind, int]:
        """What kind of thing was chosen, and its id, once the form is valid."""
        kind, _, number = self.opening.data.partition("-")
        return OpeningKind(kind), int(number)


class StepForm(PortalForm):
    """A button and nothing else."""


def written_of_sheet(
    title: str, texts: Mapping[str, str], start: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the form of a new project begins with: the words of the sheet, cut to fit."""
    return _told(title, texts) | {
        "tasks": texts["actions"].strip()[:LONGEST_TASKS],
        "place_name": (start["place_name"] or "")[:LONGEST_PLACE],
        "address": start["address"],
        "place_id": str(start["place_id"] or ""),
        "district_id": str(start["district_id"] or ""),
        "partner_id": str(start["partner_id"] or ""),
    }


def written_initiative_of_sheet(
    title: str,
    texts: Mapping[str, str],
    start: Mapping[str, Any],
    partners: Sequence[OrganiserChoice],
) -> dict[str, Any]:
    """Return what the form of a new initiative begins with."""
    partner = next((one for one in partners if one.id == start["partner_id"]), None)
    return _told(title, texts) | {
        "place_id": str(start["place_id"] or ""),
        "organiser_name": partner.name[:LONGEST_DETAIL] if partner else "",
        "organiser_association_id": str(partner.id) if partner else "",
    }


def _told(title: str, texts: Mapping[str, str]) -> dict[str, Any]:
    contents, aims = texts["contents"].strip(), texts["aims"].strip()
    return {
        "title": title[:LONGEST_TITLE],
        "summary": first_sentence(contents, LONGEST_SUMMARY),
        "description": "\n\n".join(part for part in (contents, aims) if part)[:LONGEST_DESCRIPTION],
    }


def first_sentence(text: str, longest: int) -> str:
    """Return the beginning of a text: its first sentence, or as many whole words as fit."""
    line = " ".join(text.split())
    end = line.find(". ")
    sentence = line if end < 0 else line[: end + 1]
    if len(sentence) <= longest:
        return sentence
    return sentence[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
