"""Forms: shape and messages. A form never queries and does not know who is asking.

Every text field refuses characters no person types and, without a length of its own, more than
`LONGEST_LINE` or `LONGEST_TEXT` characters. What was typed is kept on the page (status 422).
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import Response, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import (
    Field,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectFieldBase
from wtforms.utils import unset_value
from wtforms.validators import DataRequired, Email, InputRequired, Length, ValidationError
from wtforms.widgets import FileInput

from portal.core.database import FORM_KEY_LENGTH
from portal.core.errors import RuleBrokenError
from portal.core.files import ANY_DOCUMENT, PICTURES, FileRefusedError, MediaType, check_upload
from portal.core.htmx import render_page
from portal.core.text import has_forbidden_characters, without_forbidden_characters

NOT_OFFERED = _l("Choose one of those offered.")
LONGEST_LINE = 200
LONGEST_TEXT = 5_000
LONGEST_VERSION = 9
"""Digits; the database keeps at most ten."""

required = DataRequired
"""`required(_l("Write the name."))`: says what to do, not that something is missing."""


def trimmed(value: object) -> object:
    """Field filter: without spaces at the ends."""
    return value.strip() if isinstance(value, str) else value


def one_line(value: object) -> object:
    """Field filter: all white space as single spaces."""
    return " ".join(value.split()) if isinstance(value, str) else value


class VersionField(HiddenField):
    """Which version of something was on the page, to see whether somebody saved since.

    `data` is its number; 0, which nothing ever has, where the field was tampered with: for the
    person that is a conflict like any other.
    """

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION
        self.data = int(text) if is_number else 0


class FormKeyField(HiddenField):
    """Which page a form was sent from, so that the same form sent twice makes one thing.

    `data` is its key, random; another one where it was not made by a page of ours.
    """

    def __init__(self, label: object = None, **kwargs: Any) -> None:  # noqa: ANN401 - WTForms' own arguments
        """Make a key for a page that is shown for the first time."""
        super().__init__(label, default=_new_form_key, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the key of the page."""
        key = str(valuelist[0]) if valuelist else ""
        is_ours = key.isascii() and key.isalnum() and len(key) == FORM_KEY_LENGTH
        self.data = key if is_ours else _new_form_key()


def _new_form_key() -> str:
    return uuid4().hex


UPLOAD_HELP = _l("PDF, JPEG or PNG, at most 10 MB.")
PICTURE_HELP = _l("JPEG or PNG, at most 10 MB.")
MOST_FILES = 5
"""At once in one field."""


class UploadField(Field):
    """One file; `data` is the `FileStorage` for `store_upload`, or None.

    Its form needs `enctype="multipart/form-data"`. What is wrong with the file stands beside the
    field; a browser does not send it again, so it has to be chosen anew (the macro says so).
    """

    widget = FileInput()
    most_files = 1
    data: Any

    def __init__(
        self,
        label: object = None,
        validators: Sequence[object] | None = None,
        *,
        allowed: frozenset[MediaType] = ANY_DOCUMENT,
        **kwargs: Any,  # noqa: ANN401 - WTForms' own arguments
    ) -> None:
        """Take files of the `allowed` types, and say so below the label."""
        kwargs.setdefault("description", PICTURE_HELP if allowed <= PICTURES else UPLOAD_HELP)
        kwargs.setdefault("render_kw", {"accept": ",".join(sorted(allowed))})
        super().__init__(label, validators, **kwargs)
        self.allowed = allowed

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ANN401 - WTForms' signature
        """Take what was uploaded: forms hold text alone (`PortalForm.Meta`)."""
        super().process(None, data, extra_filters)
        if formdata is not None:
            self.take([upload for upload in request.files.getlist(self.name) if upload.filename])

    def take(self, uploads: list[FileStorage]) -> None:
        """Keep what was chosen."""
        self.data = uploads[0] if uploads else None
        self.raw_data = self.chosen_names

    @property
    def uploads(self) -> list[FileStorage]:
        """Return the files chosen, one or several."""
        return [self.data] if isinstance(self.data, FileStorage) else list(self.data or ())

    @property
    def chosen_names(self) -> list[str]:
        """Return the names of what was chosen, as sent."""
        return [without_forbidden_characters(upload.filename or "") for upload in self.uploads]

    def pre_validate(self, form: FlaskForm) -> None:  # noqa: ARG002 - WTForms' signature
        """Refuse here what `store_upload` would refuse."""
        if len(self.uploads) > self.most_files:
            raise ValidationError(_l("At most %(count)s files at once.", count=self.most_files))
        for upload in self.uploads:
            try:
                check_upload(upload, allowed=self.allowed)
            except FileRefusedError as error:
                raise ValidationError(error.sentence) from error

    def populate_obj(self, obj: object, name: str) -> None:
        """Do nothing: a service keeps files."""


class UploadsField(UploadField):
    """Several files at once; `data` is their list."""

    widget = FileInput(multiple=True)
    most_files = MOST_FILES

    def take(self, uploads: list[FileStorage]) -> None:
        """Keep what was chosen."""
        self.data = uploads
        self.raw_data = self.chosen_names


class PortalForm(FlaskForm):
    """Base of all forms."""

    class Meta(FlaskForm.Meta):
        """What a form is filled in with."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:  # noqa: ANN401 - WTForms' signature
            """Take text alone: the library would put files and JSON in its place, unasked."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form if form.is_submitted() else None

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms' signature
        """Check each field and the characters and length of every text."""
        extra = {name: list(checks) for name, checks in (extra_validators or {}).items()}
        for field in self:
            if isinstance(field, SelectFieldBase) and field.invalid_choice_message is None:
                field.invalid_choice_message = NOT_OFFERED
            if isinstance(field, StringField):
                extra.setdefault(field.name, []).append(_check_text)
        is_valid = bool(super().validate(extra_validators=extra))
        for field in self:
            _clean_what_was_sent(field)
        return is_valid

    def keep_what_was_typed(self) -> None:
        """Make what was sent fit for a page that shows it again without having checked it."""
        for field in self:
            if isinstance(field, StringField) and isinstance(field.data, str):
                field.data = without_forbidden_characters(field.data)
            _clean_what_was_sent(field)

    def take_error(self, error: RuleBrokenError) -> None:
        """Show what the database refused beside its field, or above the form."""
        field = self._fields.get(error.field) if error.field else None
        if field is None:
            self.form_errors.append(error.sentence)
        else:
            field.errors = [*field.errors, error.sentence]

    @property
    def error_list(self) -> list[tuple[Field | None, str]]:
        """Every message with its field, in the order of the page, for the summary."""
        found: list[tuple[Field | None, str]] = [(None, str(e)) for e in self.form_errors]
        for field in self:
            found.extend((field, str(message)) for message in _flatten(field.errors))
        return found


def is_optional(field: Field) -> bool:
    """Say whether a field may stay empty, for its label.

    Where one thing is chosen and none of the choices is empty, something always is.
    """
    if field.flags.required:
        return False
    is_one_of_several = isinstance(field, SelectField) and not isinstance(
        field, SelectMultipleField
    )
    if not is_one_of_several or not field.validate_choice:
        return True
    return any(choice.value in ("", None) for choice in field.iter_choices())


def invalid_form(template: str, *, partial: str | None = None, **context: object) -> Response:
    """Return the page of a refused form: 422, with what was typed."""
    return render_page(template, partial=partial, status=422, **context)


def is_one_click() -> bool:
    """Say whether the request is the post by which a mail program ends mails (RFC 8058, 3.1).

    It comes without a session; our own page sends the same words by a hidden field.
    """
    return request.form.get("List-Unsubscribe") == "One-Click"


def _check_text(_form: FlaskForm, field: Field) -> None:
    text = field.data
    if not isinstance(text, str):
        return
    if has_forbidden_characters(text):
        # Shown again without them: a page that held them would not be valid HTML.
        field.data = without_forbidden_characters(text)
        raise ValidationError(
            _l("There are invisible characters here that we cannot keep: write the text again.")
        )
    own = next((v.max for v in field.validators if isinstance(v, Length) and v.max > 0), None)
    longest = own or (LONGEST_TEXT if isinstance(field, TextAreaField) else LONGEST_LINE)
    if own is None and len(text) > longest:
        raise ValidationError(
            _l("This text is too long: at most %(longest)s characters.", longest=longest)
        )


def _clean_what_was_sent(field: Field) -> None:
    """Dates and boxes show what was sent as it was: a page must be able to hold that too."""
    field.raw_data = [
        without_forbidden_characters(value) if isinstance(value, str) else value
        for value in field.raw_data or ()
    ]


def _flatten(errors: Sequence[object] | dict[str, object]) -> list[str]:
    if isinstance(errors, dict):
        return [m for inner in errors.values() for m in _flatten(inner)]  # type: ignore[arg-type]
    return [m for e in errors for m in (_flatten(e) if isinstance(e, list | dict) else [str(e)])]


__all__ = [
    "NOT_OFFERED",
    "DataRequired",
    "Email",
    "InputRequired",
    "Length",
    "PortalForm",
    "UploadField",
    "UploadsField",
    "ValidationError",
    "invalid_form",
    "is_optional",
    "one_line",
    "required",
    "trimmed",
]
