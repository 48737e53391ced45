"""The final account of an agreement on paper: the same facts as its page, as PDF/UA."""

from datetime import date, datetime
from decimal import Decimal

from babel.numbers import format_decimal

from portal.core.amounts import format_money
from portal.core.clock import utc_now
from portal.core.documents import render_pdf
from portal.core.mail import absolute_url
from portal.core.templating import format_day
from portal.laboratories.agreement_words import SOURCES
from portal.laboratories.queries.agreements import AgreementDetail
from portal.laboratories.queries.commitment_boards import BoardCounts
from portal.laboratories.queries.endings import AccountDetail, SheetAccount
from portal.laboratories.queries.evaluation import EvaluationFigures
from portal.laboratories.queries.sheet_details import BudgetRow, IndicatorRow
from portal.laboratories.states import QuestionKind

TEMPLATE = "final_account.typ"


def account_paper(
    agreement: AgreementDetail,
    account: AccountDetail,
    counts: BoardCounts,
    figures: EvaluationFigures,
) -> bytes:
    """Return the published account of an agreement, in Italian whoever asks."""
    texts = agreement.texts
    sheet = {
        "title": agreement.title,
        "days": f"In vigore dal {_day(texts.starts_on)} al {_day(texts.ends_on)}.",
        "published": f"Rendiconto pubblicato il {_day(account.published_at)}.",
        "words": account.words or "",
        "commitments": [
            [words, str(number)]
            for words, number in (
                ("Mantenuti", counts.done),
                ("In corso", counts.going),
                ("In ritardo", counts.late),
                ("Continuano nel nuovo accordo", counts.carried),
                ("Rimasti aperti", counts.left),
                ("Lasciati", counts.dropped),
            )
            if number
        ],
        "sheets": [_sheet(row) for row in account.sheets],
        "planned": format_money(account.planned_cents),
        "spent": format_money(account.spent_cents),
        "answers": str(figures.answers) if figures.can_be_read else "",
        "marks": [
            [row.question.words, _number(Decimal(str(round(row.average, 1))))]
            for row in figures.questions
            if row.question.kind is QuestionKind.MARK and row.average is not None
        ],
        "address": absolute_url("laboratories.show_final_account", slug=agreement.slug),
    }
    return render_pdf(TEMPLATE, sheet, made_at=utc_now())


def _sheet(sheet: SheetAccount) -> dict[str, object]:
    return {
        "title": sheet.title,
        "results": [_result(row) for row in sheet.results],
        "money": [_line(row) for row in sheet.money],
    }


def _result(row: IndicatorRow) -> list[str]:
    reached = "–" if row.reached is None else f"{_number(row.reached)} {row.unit}"
    return [row.name, f"{_number(row.target)} {row.unit}", reached]


def _line(row: BudgetRow) -> list[str]:
    spent = "–" if row.spent_cents is None else format_money(row.spent_cents)
    return [row.words, SOURCES[row.source], format_money(row.planned_cents), spent]


def _number(value: Decimal) -> str:
    return str(format_decimal(value, locale="it"))


def _day(value: date | datetime | None) -> str:
    return "–" if value is None else str(format_day(value))
