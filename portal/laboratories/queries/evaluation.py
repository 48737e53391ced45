"""The questions about an agreement, who may answer them, and what was answered."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, union

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import session
from portal.laboratories.evaluation_questions import FIRST_QUESTIONS
from portal.laboratories.models import (
    Agreement,
    AgreementVersion,
    Commitment,
    Evaluation,
    EvaluationQuestion,
    EvaluationReply,
    Signature,
)
from portal.laboratories.policies.endings import average, can_show_answers, find_evaluation_refusal
from portal.laboratories.queries.people import accounts_of
from portal.laboratories.queries.windows import get_windows
from portal.laboratories.states import (
    MARKS,
    SIGNED_AGREEMENTS,
    Ability,
    Availability,
    EvaluationRefusal,
    QuestionKind,
    Window,
)
from portal.registry.models import Representative

MARK_LENGTH = 32
"""Of the mark of the questions that a form carries."""


@dataclass(frozen=True)
class QuestionRow:
    """A question, by its place among them."""

    position: int
    kind: QuestionKind
    words: str
    id: int | None = None
    """None: one of the five an evaluation begins with, not kept yet."""


@dataclass(frozen=True)
class AnswerFigures:
    """What was answered to one question; empty below the fewest that hide who answered."""

    question: QuestionRow
    marks: tuple[int, ...] = ()
    """How many gave each mark, from one to five."""
    texts: tuple[str, ...] = ()
    """For who leads the laboratory alone."""

    @property
    def given(self) -> list[tuple[int, int]]:
        """Return each mark that was given and how often, the highest first."""
        counted = zip(MARKS, self.marks, strict=False)
        return [(mark, count) for mark, count in reversed(list(counted)) if count]

    @property
    def average(self) -> float | None:
        """Return the mean of the marks, or None without any."""
        return average(self.marks)


@dataclass(frozen=True)
class EvaluationFigures:
    """What participants said of an agreement."""

    answers: int
    questions: tuple[AnswerFigures, ...]

    @property
    def can_be_read(self) -> bool:
        """Say whether there are enough answers to show them."""
        return can_show_answers(self.answers)


@dataclass(frozen=True)
class OwnEvaluation:
    """Whether somebody can answer today."""

    window: Window
    refusal: EvaluationRefusal | None
    questions: tuple[QuestionRow, ...]

    @property
    def seen(self) -> str:
        """Return the mark of these very questions."""
        return mark_questions(self.questions)


def list_questions(agreement_id: int) -> tuple[QuestionRow, ...]:
    """Return the questions of an agreement in their order; the first five where none are kept."""
    kept = session().scalars(
        select(EvaluationQuestion)
        .where(EvaluationQuestion.agreement_id == agreement_id)
        .order_by(EvaluationQuestion.position)
    )
    rows = tuple(QuestionRow(q.position, q.kind, q.words, q.id) for q in kept)
    return rows or tuple(
        QuestionRow(n, kind, words) for n, (kind, words) in enumerate(FIRST_QUESTIONS, start=1)
    )


def mark_questions(questions: Sequence[QuestionRow]) -> str:
    """Return a mark that is another one once a question is: forms carry what was read."""
    words = "\n".join(f"{q.position} {q.kind} {q.words}" for q in questions)
    return hashlib.sha256(words.encode()).hexdigest()[:MARK_LENGTH]


def find_evaluation_window(agreement: Agreement) -> Window:
    """Return whether questions about an agreement are answered today: its phase says so."""
    if agreement.state not in SIGNED_AGREEMENTS:
        return Window(Availability.NOT_OPEN_YET)
    return get_windows(agreement.laboratory.slug).window(Ability.EVALUATE)


def load_own_evaluation(actor: Actor, agreement: Agreement) -> OwnEvaluation:
    """Return whether `actor` can answer the questions about an agreement today, and which."""
    window = find_evaluation_window(agreement)
    refusal = find_evaluation_refusal(
        is_signed_in=actor.is_signed_in,
        window=window,
        has_answered=actor.is_signed_in
        and find_evaluation(agreement.id, actor.account_id) is not None,
        takes_part=actor.is_signed_in and took_part(agreement, actor.account_id),
    )
    return OwnEvaluation(window, refusal, list_questions(agreement.id))


def find_evaluation(agreement_id: int, user_id: int) -> Evaluation | None:
    """Return what somebody answered, or None."""
    return session().scalar(
        select(Evaluation).where(
            Evaluation.agreement_id == agreement_id, Evaluation.user_id == user_id
        )
    )


def count_answers(agreement_id: int) -> int:
    """Return how many have answered, on paper too."""
    statement = select(func.count()).where(Evaluation.agreement_id == agreement_id)
    return session().scalar(statement) or 0


def took_part(agreement: Agreement, user_id: int) -> bool:
    """Say whether somebody is one of those the questions are for."""
    people = _participants(agreement).subquery()
    found = select(people.c[0]).where(people.c[0] == user_id).limit(1)
    return session().scalar(found) is not None


def list_people_to_ask(agreement: Agreement) -> Sequence[User]:
    """Return who took part, has an account and has not answered."""
    people = _participants(agreement).subquery()
    answered = select(Evaluation.user_id).where(
        Evaluation.agreement_id == agreement.id, Evaluation.user_id.is_not(None)
    )
    statement = (
        select(User)
        .where(User.id.in_(select(people.c[0])), User.id.not_in(answered), User.active)
        .order_by(User.id)
    )
    return session().scalars(statement).all()


def count_participants(agreement: Agreement) -> int:
    """Return how many took part and have an account."""
    people = _participants(agreement).subquery()
    statement = select(func.count()).where(User.id.in_(select(people.c[0])), User.active)
    return session().scalar(statement) or 0


def list_signatory_people(agreement_id: int) -> Sequence[User]:
    """Return the people behind the signatures of an agreement, each once.

    Who signed, for themselves or for others, and who represents a signing association today.
    """
    statement = (
        select(User).where(User.id.in_(_signatories(agreement_id)), User.active).order_by(User.id)
    )
    return session().scalars(statement).all()


def summarise_answers(agreement_id: int, *, with_texts: bool = False) -> EvaluationFigures:
    """Return what was answered to each question; words only `with_texts`, in no order of people."""
    questions = list_questions(agreement_id)
    answers = count_answers(agreement_id)
    if not can_show_answers(answers):
        return EvaluationFigures(answers, tuple(AnswerFigures(q) for q in questions))
    marks: dict[int, dict[int, int]] = {}
    for question_id, mark, count in session().execute(_count_marks(agreement_id)):
        marks.setdefault(question_id, {})[mark] = count
    texts: dict[int, list[str]] = {}
    if with_texts:
        for question_id, text in session().execute(_texts(agreement_id)):
            texts.setdefault(question_id, []).append(text)
    return EvaluationFigures(
        answers,
        tuple(
            AnswerFigures(
                q,
                tuple(marks.get(q.id or 0, {}).get(mark, 0) for mark in MARKS)
                if q.kind is QuestionKind.MARK
                else (),
                tuple(texts.get(q.id or 0, ())),
            )
            for q in questions
        ),
    )


def _replies(agreement_id: int, *columns: Any) -> Select[Any]:  # noqa: ANN401 - any columns
    return (
        select(*columns)
        .join(Evaluation, Evaluation.id == EvaluationReply.evaluation_id)
        .where(Evaluation.agreement_id == agreement_id)
    )


def _count_marks(agreement_id: int) -> Select[Any]:
    by = (EvaluationReply.question_id, EvaluationReply.mark)
    counted = _replies(agreement_id, *by, func.count())
    return counted.where(EvaluationReply.mark.is_not(None)).group_by(*by)


def _texts(agreement_id: int) -> Select[Any]:
    # By the words, not by when they were sent: two lists cannot be matched to one person.
    return (
        _replies(agreement_id, EvaluationReply.question_id, EvaluationReply.text)
        .where(EvaluationReply.text.is_not(None))
        .order_by(EvaluationReply.question_id, EvaluationReply.text, EvaluationReply.id)
    )


def _signatories(agreement_id: int) -> Any:  # noqa: ANN401 - a statement of one column
    signed = (
        select(Signature)
        .join(AgreementVersion, AgreementVersion.id == Signature.version_id)
        .where(AgreementVersion.agreement_id == agreement_id)
    )
    return union(
        signed.with_only_columns(Signature.user_id).where(Signature.user_id.is_not(None)),
        signed.with_only_columns(Representative.user_id)
        .join(Representative, Representative.association_id == Signature.association_id)
        .where(Representative.until_on.is_(None)),
    )


def _participants(agreement: Agreement) -> Any:  # noqa: ANN401 - a statement of one column
    of_it = Commitment.agreement_id == agreement.id
    return union(
        accounts_of(agreement.laboratory_id),
        _signatories(agreement.id),
        select(Commitment.user_id).where(of_it, Commitment.user_id.is_not(None)),
        select(Representative.user_id)
        .join(Commitment, Commitment.association_id == Representative.association_id)
        .where(of_it, Representative.until_on.is_(None)),
    )
