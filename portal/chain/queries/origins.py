"""Where a project comes from, as volunteering asks it."""

from sqlalchemy import and_, select

from portal.chain.models import SheetProject
from portal.core.database import session
from portal.laboratories.models import Agreement, Laboratory, ProjectSheet
from portal.laboratories.states import PUBLIC_AGREEMENTS, PUBLIC_SHEETS
from portal.volunteering.origins import Origin, OriginKind, OriginLink


def find_origin(project_id: int) -> Origin | None:
    """Return the sheet and the agreement of a project, as far as everybody reads them."""
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
            .join(SheetProject, SheetProject.sheet_id == ProjectSheet.id)
            .join(Laboratory, Laboratory.id == ProjectSheet.laboratory_id)
            .outerjoin(
                Agreement,
                and_(
                    Agreement.id == ProjectSheet.agreement_id,
                    Agreement.state.in_(PUBLIC_AGREEMENTS),
                ),
            )
            .where(SheetProject.project_id == project_id, ProjectSheet.state.in_(PUBLIC_SHEETS))
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
