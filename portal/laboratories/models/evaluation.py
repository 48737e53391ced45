"""How participants judge an agreement when its time is over (behaviour 27).

Who answered is known so that nobody answers twice; no page ever says who answered what.
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import User
from portal.core.database import Base, FormKey, Id, Timestamped, enum_type
from portal.core.errors import register_constraints
from portal.laboratories.models.agreements import Agreement
from portal.laboratories.states import QuestionKind

MOST_QUESTIONS = 20
LONGEST_QUESTION = 300
LONGEST_REPLY = 2_000


class EvaluationQuestion(Timestamped, Base):
    """A question to all who took part; each agreement has its own copy, which can be changed."""

    __tablename__ = "evaluation_question"
    __table_args__ = (
        UniqueConstraint("agreement_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("length(trim(words)) > 0", name="has_words"),
        CheckConstraint(f"position BETWEEN 1 AND {MOST_QUESTIONS}", name="questions_are_few"),
    )

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey(Agreement.id))
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(enum_type(QuestionKind))
    words: Mapped[str] = mapped_column(String(LONGEST_QUESTION))


class Evaluation(Timestamped, Base):
    """The answers of one person, given once; of who answered on paper only who wrote them down."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("agreement_id", "user_id"),
        UniqueConstraint("recorded_by_id", "form_key"),
        CheckConstraint("num_nonnulls(user_id, recorded_by_id) = 1", name="is_own_or_recorded"),
        CheckConstraint(
            "(recorded_by_id IS NULL) = (form_key IS NULL)", name="recorded_has_form_key"
        ),
    )

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey(Agreement.id))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    """Who wrote down what somebody answered on paper."""
    form_key: Mapped[FormKey | None]
    """The same sheet of paper sent twice is one."""


class EvaluationReply(Base):
    """The answer to one question."""

    __tablename__ = "evaluation_reply"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "question_id"),
        CheckConstraint("num_nonnulls(mark, text) = 1", name="is_mark_or_text"),
        CheckConstraint("mark BETWEEN 1 AND 5", name="mark_is_from_1_to_5"),
        CheckConstraint("text IS NULL OR length(trim(text)) > 0", name="text_says_something"),
    )

    id: Mapped[Id]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey(Evaluation.id, ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey(EvaluationQuestion.id), index=True)
    mark: Mapped[int | None]
    text: Mapped[str | None] = mapped_column(Text)


register_constraints(
    {
        "ck_evaluation_question_has_words": (_l("Write the question."), "words"),
        "uq_evaluation_recorded_by_id_form_key": (_l("This has been written down already."), None),
        "uq_evaluation_agreement_id_user_id": (_l("You have answered already: thank you."), None),
    }
)
