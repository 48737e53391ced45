"""Parties of agreements: finding them, and who is written to for them."""

from sqlalchemy import func, or_, select

from portal.accounts.models import User
from portal.core.database import session
from portal.laboratories.models import Agreement, Commitment, Laboratory
from portal.laboratories.states import PartyKind
from portal.registry.models import Association
from portal.registry.queries import list_representatives
from portal.registry.states import AssociationState


def list_party_people(commitment: Commitment) -> list[User]:
    """Return the people who speak for the party of a commitment; none where nobody is known.

    Of an association its representatives, of the municipality who leads the laboratory, of
    others the person named.
    """
    if commitment.party_kind is PartyKind.ASSOCIATION and commitment.association_id:
        ids = [row.user_id for row in list_representatives(commitment.association_id)]
    elif commitment.party_kind is PartyKind.MUNICIPALITY:
        leader = find_leader(commitment.agreement_id)
        return [leader] if leader else []
    else:
        ids = [commitment.user_id] if commitment.user_id else []
    statement = select(User).where(User.id.in_(ids), User.active).order_by(User.id)
    return list(session().scalars(statement))


def find_leader(agreement_id: int) -> User | None:
    """Return who leads the laboratory of an agreement; None where nobody is named."""
    return session().scalar(
        select(User)
        .join(Laboratory, Laboratory.architect_id == User.id)
        .join(Agreement, Agreement.laboratory_id == Laboratory.id)
        .where(Agreement.id == agreement_id, User.active)
    )


def find_listed_association(words: str) -> int | None:
    """Return the listed association with this tax code or this very name, or None."""
    typed = " ".join(words.split())
    if not typed:
        return None
    return session().scalar(
        select(Association.id)
        .where(
            or_(
                Association.tax_code == typed.upper(),
                func.f_unaccent(func.lower(Association.name)) == func.f_unaccent(typed.lower()),
            ),
            Association.state != AssociationState.REMOVED,
        )
        .order_by(Association.id)
        .limit(1)
    )


def find_party_email(user_id: int | None) -> str | None:
    """Return the address of who speaks for a party, or None."""
    return session().scalar(select(User.email).where(User.id == user_id)) if user_id else None
