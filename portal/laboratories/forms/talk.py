"""Forms of comments and reports."""

from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from portal.core.clock import utc_now
from portal.core.forms import FormKeyField, Length, PortalForm, VersionField, required, trimmed
from portal.core.signed_links import read, sign
from portal.laboratories.models.comments import LONGEST_COMMENT

LONGEST_REASON = 1_000
LONGEST_ANSWER = 2_000
STARTED = "report-started"
LONGEST_OPEN = timedelta(days=7)
"""Longer than that a page is not left open; it is then sent twice."""


class CommentForm(PortalForm):
    """What somebody says, and what it answers to."""

    text = TextAreaField(
        _l("Your comment"),
        filters=[trimmed],
        validators=[
            required(_l("Write your comment.")),
            Length(
                max=LONGEST_COMMENT,
                message=_l("Shorten your comment to 3000 characters: it is kept here."),
            ),
        ],
    )
    form_key = FormKeyField()
    parent_id = VersionField()
    """The comment it answers; 0 for none."""


class ReportForm(PortalForm):
    """What is wrong with something. `website` is for machines, `started` says since when."""

    reason = TextAreaField(
        _l("What is wrong with it?"),
        description=_l("Who wrote it does not read this: only the office does."),
        filters=[trimmed],
        validators=[
            required(_l("Say what is wrong with it.")),
            Length(max=LONGEST_REASON, message=_l("Shorten it to 1000 characters.")),
        ],
    )
    comment_id = VersionField()
    """The comment it is about; 0 for the proposal itself."""
    website = StringField(_l("Leave this empty"))
    started = HiddenField(default=lambda: sign(STARTED, utc_now().timestamp()))

    def validate(self, extra_validators: object = None) -> bool:
        """Refuse what was sent faster than a person writes."""
        is_valid = super().validate(extra_validators)
        if is_valid and self._seconds() < current_app.config["PORTAL_FASTEST_REGISTRATION_SECONDS"]:
            self.form_errors.append(
                _l("That was faster than a person writes. If you are one, press the button again.")
            )
            return False
        return is_valid

    def _seconds(self) -> float:
        """Return for how long the page was open; 0 for what this portal did not sign."""
        opened_at = read(STARTED, self.started.data or "", LONGEST_OPEN)
        return utc_now().timestamp() - float(opened_at) if opened_at is not None else 0.0

    @property
    def is_from_machine(self) -> bool:
        """Say whether the field that people do not see was filled in."""
        return bool(self.website.data)


class HiddenAnswerForm(PortalForm):
    """What the author says to the office that has hidden something, once."""

    text = TextAreaField(
        _l("Your answer"),
        description=_l("The office reads it. You can answer once."),
        filters=[trimmed],
        validators=[
            required(_l("Write your answer.")),
            Length(max=LONGEST_ANSWER, message=_l("Shorten it to 2000 characters.")),
        ],
    )
