"""The questions about an agreement: written at the desk, answered by who took part."""

from collections.abc import Sequence
from typing import Any, Self, cast

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.core.fields import at_most
from portal.core.forms import FormKeyField, PortalForm, one_line, trimmed
from portal.laboratories.models import (
    LONGEST_QUESTION,
    LONGEST_REPLY,
    MOST_QUESTIONS,
)
from portal.laboratories.queries.evaluation import MARK_LENGTH, QuestionRow
from portal.laboratories.states import MARKS, QuestionKind

MARK_WORDS = (
    _l("1: not at all"),
    _l("2: little"),
    _l("3: fairly"),
    _l("4: much"),
    _l("5: very much"),
)
KINDS = (
    SelectChoice(str(QuestionKind.MARK), _l("A mark from 1 to 5")),
    SelectChoice(str(QuestionKind.TEXT), _l("Free words")),
)
BLANK_QUESTIONS = 3
"""How many empty lines the page offers after the last question."""


class QuestionsForm(PortalForm):
    """Up to twenty questions in their order; an empty one is left out."""

    seen = HiddenField(validators=[at_most(MARK_LENGTH)])

    @classmethod
    def filled(cls, questions: Sequence[QuestionRow], seen: str) -> Self:
        """Return the form with the questions as they are."""
        data: dict[str, object] = {"seen": seen}
        for n, question in enumerate(questions, start=1):
            data |= {f"words_{n}": question.words, f"kind_{n}": str(question.kind)}
        return cls(formdata=None, data=data)

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """The fields of each question to show: those written, and a few empty ones."""
        written = [n for n in range(1, MOST_QUESTIONS + 1) if self[f"words_{n}"].data]
        last = min(max(written, default=0) + BLANK_QUESTIONS, MOST_QUESTIONS)
        return [(self[f"words_{n}"], self[f"kind_{n}"]) for n in range(1, last + 1)]

    @property
    def questions(self) -> list[tuple[QuestionKind, str]]:
        """The questions that were written, in their order."""
        return [
            (QuestionKind(self[f"kind_{n}"].data), self[f"words_{n}"].data)
            for n in range(1, MOST_QUESTIONS + 1)
            if self[f"words_{n}"].data
        ]


for _n in range(1, MOST_QUESTIONS + 1):
    setattr(
        QuestionsForm,
        f"words_{_n}",
        StringField(
            _l("Question %(number)s", number=_n),
            filters=[one_line],
            validators=[at_most(LONGEST_QUESTION)],
        ),
    )
    setattr(
        QuestionsForm,
        f"kind_{_n}",
        SelectField(
            _l("How question %(number)s is answered", number=_n),
            # Lines that the page did not show are not sent.
            filters=[lambda kind: str(QuestionKind.MARK) if kind is None else kind],
            choices=KINDS,
        ),
    )


class AnswersForm(PortalForm):
    """One field for each question; `for_questions` makes the form of an agreement."""

    seen = HiddenField(validators=[at_most(MARK_LENGTH)])
    form_key = FormKeyField()
    positions: tuple[int, ...] = ()

    @classmethod
    def for_questions(cls, questions: Sequence[QuestionRow]) -> type["AnswersForm"]:
        """Return the form that asks these questions."""
        fields: dict[str, object] = {f"answer_{q.position}": _field(q) for q in questions}
        fields["positions"] = tuple(q.position for q in questions)
        return cast("type[AnswersForm]", type("AnswersForm", (cls,), fields))

    @property
    def asked(self) -> list[Any]:
        """The fields of the questions, in their order."""
        return [self[f"answer_{position}"] for position in self.positions]

    @property
    def replies(self) -> dict[int, int | str]:
        """What was answered, by the position of its question."""
        return {
            position: int(field.data) if isinstance(field, RadioField) else field.data
            for position, field in zip(self.positions, self.asked, strict=True)
            if field.data
        }


def _field(question: QuestionRow) -> object:
    if question.kind is QuestionKind.MARK:
        marks = [
            SelectChoice(str(mark), words) for mark, words in zip(MARKS, MARK_WORDS, strict=True)
        ]
        return RadioField(question.words, choices=marks, validators=[Optional()])
    return TextAreaField(question.words, filters=[trimmed], validators=[at_most(LONGEST_REPLY)])
