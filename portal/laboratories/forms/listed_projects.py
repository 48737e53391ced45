"""A project listed for adoption."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from portal.core.fields import DayField
from portal.core.forms import FormKeyField, Length, PortalForm, one_line, required, trimmed
from portal.laboratories.forms.proposals import LONGEST_TEXT
from portal.laboratories.models import LONGEST_TITLE


class ListedProjectForm(PortalForm):
    """What it is about, and until when somebody can put themselves forward."""

    title = StringField(
        _l("Name of the project"),
        filters=[one_line],
        validators=[
            required(_l("Write a title.")),
            Length(max=LONGEST_TITLE, message=_l("Shorten the title to 150 characters.")),
        ],
    )
    text = TextAreaField(
        _l("What it is about"),
        description=_l("What there is already, what the municipality puts in, who is sought."),
        filters=[trimmed],
        validators=[
            required(_l("Tell what the project is about.")),
            Length(max=LONGEST_TEXT, message=_l("Shorten the text to 5000 characters.")),
        ],
    )
    adopt_until = DayField(
        _l("Until when can it be adopted?"),
        validators=[required(_l("Choose the last day."))],
    )
    form_key = FormKeyField()
