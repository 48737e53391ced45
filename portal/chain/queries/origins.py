"""Where a project or an initiative comes from, as their pages ask it."""

from sqlalchemy import ColumnElement, and_, select

from portal.chain.models import SheetInitiative, SheetProject
from portal.core.database import session
from portal.core.origins import Origin, OriginKind, OriginLink
from portal.laboratories.models import Agreement, Laboratory, ProjectSheet
from portal.laboratories.states import PUBLIC_AGREEMENTS, PUBLIC_SHEETS


def find_origin_of_project(project_id: int) -> Origin | None:
    """Return the sheet and the agreement of a project, as far as everybody reads them."""
    return _find(SheetProject, SheetProject.project_id == project_id)


def find_origin_of_initiative(initiative_id: int) -> Origin | None:
    """Return the sheet and the agreement of an initiative, as far as everybody reads them."""
    return _find(SheetInitiative, SheetInitiative.initiative_id == initiative_id)


def _find(
    link: type[SheetProject] | type[SheetInitiative], is_wanted: ColumnElement[bool]
) -> Origin | None:
    row = (
        session()
        .execute(
            select(
                ProjectSheet.id,
                ProjectSheet.title,
                Laboratory.slug,
                Agreement.slug.label("agreement_slug"),
                Agreement.title.label("agreement_title"),
            )
            .join(link, link.sheet_id == ProjectSheet.id)
            .join(Laboratory, Laboratory.id == ProjectSheet.laboratory_id)
            .outerjoin(
                Agreement,
                and_(
                    Agreement.id == ProjectSheet.agreement_id,
                    Agreement.state.in_(PUBLIC_AGREEMENTS),
                ),
            )
            .where(is_wanted, ProjectSheet.state.in_(PUBLIC_SHEETS))
        )
        .one_or_none()
    )
    if row is None:
        return None
    sheet = OriginLink("laboratories.show_sheet", {"slug": row.slug, "sheet_id": row.id}, row.title)
    agreement = row.agreement_slug and OriginLink(
        "laboratories.show_agreement", {"slug": row.agreement_slug}, row.agreement_title
    )
    return Origin(OriginKind.SHEET, sheet, agreement or None)
