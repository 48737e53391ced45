"""The evaluation of an agreement: its questions, asking who took part, keeping what they answer."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.core.jobs import defer
from portal.laboratories.emails import endings as emails
from portal.laboratories.models import (
    MOST_QUESTIONS,
    Agreement,
    Evaluation,
    EvaluationQuestion,
    EvaluationReply,
)
from portal.laboratories.policies.endings import find_window_refusal
from portal.laboratories.queries import evaluation as queries
from portal.laboratories.queries.evaluation import QuestionRow, mark_questions
from portal.laboratories.services.agreements import HISTORY, lock_agreement
from portal.laboratories.states import EvaluationRefusal, QuestionKind

Replies = Mapping[int, int | str]
"""Position of a question → a mark from one to five, or words."""


class QuestionsChangedError(ForbiddenStepError):
    """Somebody changed the questions since the page was opened."""

    sentence = _l("The questions have changed in the meantime: read them again.")


class QuestionsAnsweredError(ForbiddenStepError):
    """Somebody has answered: other questions would make of it answers to them."""

    sentence = _l("Somebody has answered already: the questions stay as they are.")


class EvaluationRefusedError(ForbiddenStepError):
    """The questions cannot be answered; `refusal` says why."""

    sentence = _l("These questions cannot be answered now.")

    def __init__(self, refusal: EvaluationRefusal) -> None:
        """Keep the named reason."""
        super().__init__()
        self.refusal = refusal


def save_questions(
    *, actor: Actor, agreement_id: int, seen: str, questions: Sequence[tuple[QuestionKind, str]]
) -> None:
    """Replace the questions of an agreement, in this order; `seen` marks those on the page.

    Raises `QuestionsAnsweredError` once somebody has answered, `QuestionsChangedError` when a
    colleague changed them, `RuleBrokenError` for none or more than twenty.
    """
    lock_agreement(agreement_id)
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise RuleBrokenError(_l("Ask from 1 to %(most)s questions.", most=MOST_QUESTIONS))
    if queries.count_answers(agreement_id):
        raise QuestionsAnsweredError
    if mark_questions(queries.list_questions(agreement_id)) != seen:
        raise QuestionsChangedError
    session().execute(
        delete(EvaluationQuestion).where(EvaluationQuestion.agreement_id == agreement_id)
    )
    _store(agreement_id, questions)
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=agreement_id, action="write_questions"
    )


def ask_participants(*, actor: Actor, agreement_id: int) -> None:
    """Write to everybody who took part that the questions can be answered, each once.

    Raises `EvaluationRefusedError` while the phase does not allow answers. Asked again, it
    reaches those who came since.
    """
    agreement = lock_agreement(agreement_id)
    _check_window(agreement)
    defer(
        "ask_participants",
        queueing_lock=f"ask_participants:{agreement.id}",
        agreement_id=agreement.id,
    )
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=agreement.id, action="ask_participants"
    )


def mail_questions(*, agreement_id: int) -> int:
    """Queue the mails that ask who took part and has not answered; return how many people.

    For the job: a person is written to once for an agreement, however often it runs.
    """
    agreement = session().get(Agreement, agreement_id)
    if agreement is None:
        return 0
    window = queries.find_evaluation_window(agreement)
    if not window.is_open:
        return 0
    people = queries.list_people_to_ask(agreement)
    for person in people:
        emails.mail_questions(person=person, agreement=agreement, until=window.day)
    return len(people)


def answer_evaluation(
    *, actor: Actor, agreement_id: int, seen: str, replies: Replies
) -> Evaluation:
    """Keep what somebody who took part answers, once: the same tap again changes nothing.

    Raises `EvaluationRefusedError`, `QuestionsChangedError`, `RuleBrokenError` for no reply.
    """
    agreement = lock_agreement(agreement_id)
    known = queries.find_evaluation(agreement.id, actor.account_id)
    if known is not None:
        return known
    refusal = queries.load_own_evaluation(actor, agreement).refusal
    if refusal is not None:
        raise EvaluationRefusedError(refusal)
    return _keep(Evaluation(agreement_id=agreement.id, user_id=actor.account_id), seen, replies)


def record_paper_answer(
    *, actor: Actor, agreement_id: int, form_key: str, seen: str, replies: Replies
) -> Evaluation:
    """Write down what somebody answered on paper; the same form (`form_key`) is kept once.

    No name is kept. Raises as `answer_evaluation`.
    """
    agreement = lock_agreement(agreement_id)
    known = session().scalar(
        select(Evaluation).where(
            Evaluation.recorded_by_id == actor.account_id, Evaluation.form_key == form_key
        )
    )
    if known is not None:
        return known
    _check_window(agreement)
    evaluation = Evaluation(
        agreement_id=agreement.id, recorded_by_id=actor.account_id, form_key=form_key
    )
    return _keep(evaluation, seen, replies)


def _keep(evaluation: Evaluation, seen: str, replies: Replies) -> Evaluation:
    questions = queries.list_questions(evaluation.agreement_id)
    if mark_questions(questions) != seen:
        raise QuestionsChangedError
    given = {q.position: _reply(q, replies[q.position]) for q in questions if q.position in replies}
    if not given:
        raise RuleBrokenError(_l("Answer at least one question."))
    if any(q.id is None for q in questions):
        _store(evaluation.agreement_id, [(q.kind, q.words) for q in questions])
        questions = queries.list_questions(evaluation.agreement_id)
    session().add(evaluation)
    session().flush()
    for question in questions:
        if question.position in given:
            reply = given[question.position]
            reply.evaluation_id, reply.question_id = evaluation.id, question.id or 0
            session().add(reply)
    session().flush()
    return evaluation


def _reply(question: QuestionRow, value: int | str) -> EvaluationReply:
    is_mark = question.kind is QuestionKind.MARK
    if is_mark != isinstance(value, int):
        raise NotFoundError
    return EvaluationReply(mark=value) if is_mark else EvaluationReply(text=value)


def _store(agreement_id: int, questions: Sequence[tuple[QuestionKind, str]]) -> None:
    session().add_all(
        EvaluationQuestion(agreement_id=agreement_id, position=n, kind=kind, words=words)
        for n, (kind, words) in enumerate(questions, start=1)
    )
    session().flush()


def _check_window(agreement: Agreement) -> None:
    refusal = find_window_refusal(queries.find_evaluation_window(agreement))
    if refusal is not None:
        raise EvaluationRefusedError(refusal)
