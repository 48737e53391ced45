"""What each feature knows of people's commitments: decisions of all refuse what overlaps."""

from portal.accounts.commitments import CommitmentSource
from portal.laboratories.queries import registrations
from portal.volunteering.queries import commitments

COMMITMENT_TABLE: tuple[CommitmentSource, ...] = (
    CommitmentSource(commitments.OWN_KINDS, commitments.list_commitments),
    CommitmentSource(registrations.OWN_KINDS, registrations.list_commitments),
)
