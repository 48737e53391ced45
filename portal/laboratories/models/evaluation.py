"""How participants judge an agreement when its time is over (behaviour 27)."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import User
from portal.core.database import Base, Id, Timestamped, enum_type
from portal.core.errors import register_constraints
from portal.laboratories.models.agreements import Agreement
from portal.laboratories.states import QuestionKind

MOST_QUESTIONS = 20


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
    words: Mapped[str] = mapped_column(String(300))


class Evaluation(Timestamped, Base):
    """One person's answers, once."""

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("agreement_id", "user_id"),)

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey(Agreement.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)


class EvaluationReply(Base):
    """The answer to one question."""

    __tablename__ = "evaluation_reply"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "question_id"),
        CheckConstraint("num_nonnulls(mark, text) = 1", name="is_mark_or_text"),
        CheckConstraint("mark BETWEEN 1 AND 5", name="mark_is_from_1_to_5"),
    )

    id: Mapped[Id]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey(Evaluation.id, ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey(EvaluationQuestion.id), index=True)
    mark: Mapped[int | None]
    text: Mapped[str | None] = mapped_column(Text)


register_constraints(
    {
        "ck_evaluation_question_has_words": (_l("Write the question."), "words"),
        "uq_evaluation_agreement_id_user_id": (_l("You have answered already: thank you."), None),
    }
)
