"""The questions about an agreement: asked at the desk, answered by who took part, counted."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories.forms.evaluation import AnswersForm, QuestionsForm
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries import evaluation as queries
from portal.laboratories.queries.agreements import AgreementDetail
from portal.laboratories.queries.evaluation import OwnEvaluation, mark_questions
from portal.laboratories.routes.agreement_desk import DESK, signed_agreement_of
from portal.laboratories.routes.agreements import read_agreement
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import CONFLICT, INVALID, led_laboratory
from portal.laboratories.routes.endings import to_ending_desk
from portal.laboratories.services import evaluation as services
from portal.laboratories.services.evaluation import (
    EvaluationRefusedError,
    QuestionsAnsweredError,
    QuestionsChangedError,
)
from portal.laboratories.states import SIGNED_AGREEMENTS
from portal.permissions import Permission

ADDRESS = "/accordi/<slug>/valutazione"


@laboratories.get(ADDRESS)
@requires(Permission.PORTAL_READ)
def show_evaluation(slug: str) -> Response:
    """Show the questions to who may answer them, and what was answered so far as numbers."""
    agreement = _signed(slug)
    own = queries.load_own_evaluation(current_actor(), agreement.texts)
    form = AnswersForm.for_questions(own.questions)(formdata=None, seen=own.seen)
    return _page(agreement, own, form)


@laboratories.post(ADDRESS)
@requires(Permission.EVALUATION_ANSWER)
@writes
def answer_evaluation(slug: str) -> BaseResponse:
    """Keep somebody's answers."""
    agreement = _signed(slug)
    own = queries.load_own_evaluation(current_actor(), agreement.texts)
    form = AnswersForm.for_questions(own.questions)()
    if not form.validate():
        return _page(agreement, own, form, status=INVALID)
    try:
        services.answer_evaluation(
            actor=current_actor(),
            agreement_id=agreement.id,
            seen=form.seen.data,
            replies=form.replies,
        )
    except (EvaluationRefusedError, QuestionsChangedError) as error:
        form.seen.data = own.seen
        return _page(agreement, own, form, status=CONFLICT, error=error)
    except RuleBrokenError as error:
        form.take_error(error)
        return _page(agreement, own, form, status=INVALID)
    flash(_("Thank you: your answers count, and nobody reads whose they are."), "yes")
    return redirect_after_post(url_for("laboratories.show_evaluation", slug=slug))


@laboratories.get(f"{DESK}/domande")
@requires(Permission.LABORATORY_LEAD)
def show_questions_form(slug: str) -> Response:
    """Show the questions to be written."""
    laboratory = led_laboratory(slug)
    agreement = signed_agreement_of(laboratory)
    questions = queries.list_questions(agreement.id)
    form = QuestionsForm.filled(questions, mark_questions(questions))
    return _questions_page(laboratory, agreement, form)


@laboratories.post(f"{DESK}/domande")
@requires(Permission.LABORATORY_LEAD)
@writes
def save_questions(slug: str) -> BaseResponse:
    """Keep the questions."""
    laboratory = led_laboratory(slug)
    agreement = signed_agreement_of(laboratory)
    form = QuestionsForm()
    if not form.validate():
        return _questions_page(laboratory, agreement, form, status=INVALID)
    try:
        services.save_questions(
            actor=current_actor(),
            agreement_id=agreement.id,
            seen=form.seen.data,
            questions=form.questions,
        )
    except (QuestionsAnsweredError, QuestionsChangedError) as error:
        form.seen.data = mark_questions(queries.list_questions(agreement.id))
        return _questions_page(laboratory, agreement, form, status=CONFLICT, error=error)
    except RuleBrokenError as error:
        form.take_error(error)
        return _questions_page(laboratory, agreement, form, status=INVALID)
    flash(_("Saved."), "yes")
    return to_ending_desk(slug)


@laboratories.post(f"{DESK}/domande/invita")
@requires(Permission.LABORATORY_LEAD)
@writes
def ask_participants(slug: str) -> BaseResponse:
    """Write to everybody who took part."""
    agreement = signed_agreement_of(led_laboratory(slug))
    services.ask_participants(actor=current_actor(), agreement_id=agreement.id)
    flash(_("We are writing to everybody who took part and has not answered."), "yes")
    return to_ending_desk(slug)


@laboratories.get(f"{DESK}/risposte")
@requires(Permission.LABORATORY_LEAD)
def show_answers(slug: str) -> Response:
    """Show what was answered, words too, never by whom."""
    laboratory = led_laboratory(slug)
    agreement = signed_agreement_of(laboratory)
    return render_page(
        "laboratories/evaluation_answers.html",
        laboratory=laboratory,
        agreement=agreement,
        figures=queries.summarise_answers(agreement.id, with_texts=True),
    )


@laboratories.get(f"{DESK}/risposte/carta")
@requires(Permission.LABORATORY_LEAD)
def show_paper_answer(slug: str) -> Response:
    """Show the questions for what somebody answered on paper."""
    laboratory = led_laboratory(slug)
    agreement = signed_agreement_of(laboratory)
    questions = queries.list_questions(agreement.id)
    form = AnswersForm.for_questions(questions)(formdata=None, seen=mark_questions(questions))
    return _paper_page(laboratory, agreement, form)


@laboratories.post(f"{DESK}/risposte/carta")
@requires(Permission.LABORATORY_LEAD)
@writes
def record_paper_answer(slug: str) -> BaseResponse:
    """Write down what somebody answered on paper."""
    laboratory = led_laboratory(slug)
    agreement = signed_agreement_of(laboratory)
    questions = queries.list_questions(agreement.id)
    form = AnswersForm.for_questions(questions)()
    if not form.validate():
        return _paper_page(laboratory, agreement, form, status=INVALID)
    try:
        services.record_paper_answer(
            actor=current_actor(),
            agreement_id=agreement.id,
            form_key=form.form_key.data,
            seen=form.seen.data,
            replies=form.replies,
        )
    except (EvaluationRefusedError, QuestionsChangedError) as error:
        form.seen.data = mark_questions(questions)
        return _paper_page(laboratory, agreement, form, status=CONFLICT, error=error)
    except RuleBrokenError as error:
        form.take_error(error)
        return _paper_page(laboratory, agreement, form, status=INVALID)
    flash(_("Written down. Here is the form for the next sheet of paper."), "yes")
    return redirect_after_post(url_for("laboratories.show_paper_answer", slug=slug))


def _signed(slug: str) -> AgreementDetail:
    agreement = read_agreement(slug)
    if agreement.state not in SIGNED_AGREEMENTS:
        raise NotFoundError
    return agreement


def _page(
    agreement: AgreementDetail,
    own: OwnEvaluation,
    form: AnswersForm,
    *,
    status: int = 200,
    error: ForbiddenStepError | None = None,
) -> Response:
    return render_page(
        "laboratories/evaluation_form.html",
        status=status,
        agreement=agreement,
        own=own,
        form=form,
        error=error,
        figures=queries.summarise_answers(agreement.id),
    )


def _questions_page(
    laboratory: LaboratoryDetail,
    agreement: AgreementDetail,
    form: QuestionsForm,
    *,
    status: int = 200,
    error: ForbiddenStepError | None = None,
) -> Response:
    return render_page(
        "laboratories/evaluation_questions.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        form=form,
        error=error,
        answers=queries.count_answers(agreement.id),
    )


def _paper_page(
    laboratory: LaboratoryDetail,
    agreement: AgreementDetail,
    form: AnswersForm,
    *,
    status: int = 200,
    error: ForbiddenStepError | None = None,
) -> Response:
    return render_page(
        "laboratories/evaluation_paper.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        form=form,
        error=error,
        window=queries.find_evaluation_window(agreement.texts),
    )
