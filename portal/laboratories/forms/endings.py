"""Forms of the end of an agreement: its account, ending early, what a renewal carries over."""

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from portal.core.fields import CheckboxesField, MoneyField, NumberField, at_most
from portal.core.forms import PortalForm, required, trimmed
from portal.laboratories.forms.agreements import LONGEST_PART, StepForm, day_field
from portal.laboratories.models import LARGEST_INDICATOR
from portal.laboratories.queries.endings import AccountDetail
from portal.laboratories.services.final_accounts import AccountContent
from portal.laboratories.services.renewals import CarryContent
from portal.laboratories.states import LARGEST_BUDGET_CENTS


class AccountForm(StepForm):
    """How it went; `for_account` adds a field for each indicator and each line of money."""

    words = TextAreaField(
        _l("How it went, in your own words"),
        description=_l("What the neighbourhood has of it, what did not work and why."),
        filters=[trimmed],
        validators=[at_most(LONGEST_PART)],
    )
    indicator_ids: tuple[int, ...] = ()
    line_ids: tuple[int, ...] = ()

    @classmethod
    def for_account(cls, account: AccountDetail) -> type["AccountForm"]:
        """Return the form of an agreement's account."""
        results = [row for sheet in account.sheets for row in sheet.results]
        money = [row for sheet in account.sheets for row in sheet.money]
        fields: dict[str, object] = {
            "indicator_ids": tuple(row.id for row in results),
            "line_ids": tuple(row.id for row in money),
        }
        for row in results:
            label = _l("%(what)s, reached (%(unit)s)", what=row.name, unit=row.unit)
            fields[f"reached_{row.id}"] = NumberField(label, validators=[_is_counted])
        for line in money:
            label = _l("%(what)s, spent (euro)", what=line.words)
            fields[f"spent_{line.id}"] = MoneyField(label, validators=[_is_paid])
        return cast("type[AccountForm]", type("AccountForm", (cls,), fields))

    @staticmethod
    def written(account: AccountDetail, version: int) -> dict[str, object]:
        """Return what the fields hold of the account as it is."""
        data: dict[str, object] = {"words": account.words or "", "version": version}
        for sheet in account.sheets:
            data |= {f"reached_{row.id}": row.reached for row in sheet.results}
            data |= {f"spent_{row.id}": row.spent_cents for row in sheet.money}
        return data

    def reached(self, indicator_id: int) -> Any:  # noqa: ANN401 - any field
        """Return the field of an indicator."""
        return self[f"reached_{indicator_id}"]

    def spent(self, line_id: int) -> Any:  # noqa: ANN401 - any field
        """Return the field of a line of money."""
        return self[f"spent_{line_id}"]

    @property
    def content(self) -> AccountContent:
        """What was written."""
        return AccountContent(
            words=self.words.data or "",
            reached={n: self.reached(n).data for n in self.indicator_ids},
            spent={n: self.spent(n).data for n in self.line_ids},
        )


class EarlyEndForm(PortalForm):
    """Why the agreement ends before its day."""

    reason = TextAreaField(
        _l("Why does it end before its day?"),
        description=_l("Everybody reads it on the page of the agreement; who signed is told."),
        filters=[trimmed],
        validators=[required(_l("Say why it ends: everybody reads it.")), at_most(LONGEST_PART)],
    )


class CarryForm(StepForm):
    """What of the agreement before goes on."""

    has_texts = BooleanField(
        _l("Its texts, where nothing is written yet"),
        description=_l("Premises, context, needs, objectives and key project."),
    )
    # What was carried over meanwhile is no longer offered; that is no mistake of who chose it.
    sheets = CheckboxesField(_l("Project sheets"), coerce=int, validate_choice=False)
    commitments = CheckboxesField(_l("Commitments"), coerce=int, validate_choice=False)
    due_on = day_field(
        _l("New last day of commitments whose day is over by then"),
        description=_l("Leave it empty for the last day of the new agreement."),
    )

    def offer(
        self, *, sheets: Sequence[tuple[int, str]], commitments: Sequence[tuple[int, str]]
    ) -> None:
        """Let the person choose among these, each an id and its words."""
        self.sheets.choices = [SelectChoice(n, words) for n, words in sheets]
        self.commitments.choices = [SelectChoice(n, words) for n, words in commitments]

    @property
    def content(self) -> CarryContent:
        """What was chosen."""
        return CarryContent(
            sheet_ids=self.sheets.data or (),
            commitment_ids=self.commitments.data or (),
            has_texts=bool(self.has_texts.data),
            due_on=self.due_on.data,
        )


def _is_counted(_form: PortalForm, field: Field) -> None:
    if field.data is not None and not 0 <= field.data <= LARGEST_INDICATOR:
        raise ValidationError(_l("Write a number from 0 to 1,000,000,000."))


def _is_paid(_form: PortalForm, field: Field) -> None:
    if field.data is not None and not 0 <= field.data <= LARGEST_BUDGET_CENTS:
        raise ValidationError(_l("Write an amount from 0 to 10 million euro."))
