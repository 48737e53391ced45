"""A document of a proposal."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from portal.core.forms import Length, PortalForm, UploadField, one_line, required
from portal.laboratories.models import LONGEST_TITLE


class AttachmentForm(PortalForm):
    """What it shows, and the file."""

    title = StringField(
        _l("What does it show?"),
        description=_l("A plan of the courtyard, a photo of the stop: people read it as the link."),
        filters=[one_line],
        validators=[
            required(_l("Say what the document shows.")),
            Length(max=LONGEST_TITLE, message=_l("Shorten the title to 150 characters.")),
        ],
    )
    upload = UploadField(_l("Document"), validators=[InputRequired(_l("Choose a file."))])
