"""Invented things that hang on proposals, made by the services."""

from datetime import timedelta
from itertools import count

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import db
from portal.core.signed_links import sign
from portal.laboratories.emails.coauthors import COAUTHOR_LINK
from portal.laboratories.models import (
    Laboratory,
    ListedProject,
    Proposal,
    ProposalCoauthor,
    ProposalFile,
)
from portal.laboratories.services import (
    ProposalContent,
    RecordedPerson,
    add_attachment,
    invite_person,
    list_project,
    record_proposal,
)
from portal.laboratories.states import Origin
from tests.factories.files import PDF, upload
from tests.factories.people import actor_of

_numbers = count(1)


def make_recorded(
    laboratory: Laboratory, clerk: User, *, title: str = "Una fontanella",
    text: str = "Chi gioca non ha da bere.", name: str = "Bruno Carta",
    contact: str | None = "0522 111 222", account: str | None = None,
    origin: Origin = Origin.PHONE,
) -> Proposal:  # fmt: skip
    """Store what somebody told the clerk, handed in at once."""
    proposal = record_proposal(
        actor=actor_of(clerk),
        laboratory_id=laboratory.id,
        form_key=f"{next(_numbers):032x}",
        author=RecordedPerson(origin, name, contact, account),
        content=ProposalContent(title=title, text=text),
    )
    db.session.commit()
    return proposal


def make_listed(
    laboratory: Laboratory, clerk: User, *, title: str = "Il chiosco del parco",
    text: str = "Il chiosco è vuoto.", ends_in: int = 10,
) -> ListedProject:  # fmt: skip
    """Store a project to adopt, until `ends_in` days from now."""
    project = list_project(
        actor=actor_of(clerk),
        laboratory_id=laboratory.id,
        form_key=f"{next(_numbers):032x}",
        title=title,
        text=text,
        adopt_until=local_today() + timedelta(days=max(ends_in, 0)),
    )
    project.adopt_until = local_today() + timedelta(days=ends_in)
    db.session.commit()
    return project


def make_attached(
    proposal: Proposal, author: User, *, title: str = "La pianta", content: bytes = PDF
) -> ProposalFile:
    """Store a document of a draft."""
    attached = add_attachment(
        actor=actor_of(author), proposal_id=proposal.id, title=title, upload=upload(content)
    )
    db.session.commit()
    return attached


def make_asked(
    proposal: Proposal, author: User, *, email: str = "invitata@example.org"
) -> ProposalCoauthor:
    """Store the invitation of a person to stand beside the author."""
    asked = invite_person(actor=actor_of(author), proposal_id=proposal.id, email=email)
    db.session.commit()
    return asked


def link_of(asked: ProposalCoauthor) -> str:
    """Return the token of the link that the invitation's mail carries."""
    return sign(COAUTHOR_LINK, asked.id)
