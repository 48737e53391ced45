"""Forms of an import: the list to upload, and what becomes of it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from portal.core.forms import PortalForm, UploadField, ValidationError, VersionField, required

LARGEST_LIST_BYTES = 20 * 1024 * 1024


class ListField(UploadField):
    """A list of associations; what it holds is read by a job."""

    def __init__(self, label: object = None, validators: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - WTForms' signature
        """Offer the formats that can be read."""
        super().__init__(
            label,
            validators,
            description=_l("CSV or XLSX, at most 20 MB."),
            render_kw={"accept": ".csv,.txt,.xlsx"},
            **kwargs,
        )

    def pre_validate(self, form: PortalForm) -> None:  # noqa: ARG002 - WTForms' signature
        """Refuse what is empty or too large."""
        for upload in self.uploads:
            size = _size_of(upload)
            if size == 0:
                raise ValidationError(_l("This file is empty: choose the one with the list."))
            if size > LARGEST_LIST_BYTES:
                raise ValidationError(
                    _l(
                        "This file is larger than 20 MB: a list of the whole nation is smaller."
                        " Choose the one that was downloaded."
                    )
                )


class UploadListForm(PortalForm):
    """A list to upload."""

    file = ListField(_l("The list"), [required(_l("Choose the file with the list."))])


class RunVersionForm(PortalForm):
    """Which version of an import somebody saw who decides about it."""

    version = VersionField()


def _size_of(upload: FileStorage) -> int:
    upload.stream.seek(0, 2)
    size = upload.stream.tell()
    upload.stream.seek(0)
    return size
