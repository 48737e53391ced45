"""Everything that can be asked of the portal, and the roles that may be given an answer.

A permission is named `resource:action`. Who holds it stands in `access_table.py`.
"""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in the portal; one account may hold several."""

    CITIZEN = "citizen"
    """Everybody with an account."""
    REPRESENTATIVE = "representative"
    """Acts for at least one association (follows from the registry, not granted by hand)."""
    STAFF = "staff"
    """Clerk of the municipality: moderates requests."""
    ARCHITECT = "architect"
    """Neighbourhood architect, for the districts listed with the role."""
    ADMINISTRATOR = "administrator"
    """Gives and takes roles."""


GRANTED_ROLES = (Role.STAFF, Role.ARCHITECT, Role.ADMINISTRATOR)
"""Given by an administrator; the others follow from having an account or from the registry."""


class Permission(StrEnum):
    """Everything that can be asked."""

    PORTAL_READ = "portal:read"
    """Read what is public."""
    OPERATIONS_READ = "operations:read"
    """Ask whether the process lives and is ready (balancers, monitoring)."""
    DEMO_READ = "demo:read"
    """Read the demo's mailbox; the address exists in demo mode only."""

    ACCOUNT_ENTER = "account:enter"
    """Register, sign in, recover an account."""
    ACCOUNT_LEAVE = "account:leave"
    """Sign out."""
    PERSONAL_AREA_READ = "personal_area:read"
    """See one's own area."""
    PERSONAL_AREA_EDIT = "personal_area:edit"
    """Change one's own name, language and password."""

    QUEUE_READ = "queue:read"
    """See the queue and its cases."""
    CASE_READ_CONTACT = "case:read_contact"
    """See the e-mail address of who asked."""
    CASE_TAKE = "case:take"
    """Take a case in charge."""
    CASE_RELEASE = "case:release"
    """Give a case that is in charge of somebody back to nobody."""
    CASE_DECIDE = "case:decide"
    """Decide a case with a reason."""
    CASE_READ_OWN = "case:read_own"
    """See the steps of one's own request."""
    CASE_ASSIGN = "case:assign"
    """Give a case to a colleague."""
    CASE_WRITE = "case:write"
    """Write to who asked, for the office."""
    CASE_NOTE = "case:note"
    """Read and write the office's notes to itself; never on one's own request."""
    CASE_ANSWER_OWN = "case:answer_own"
    """Write to the office about one's own request, complete it, send observations."""
    CASE_READ_DOCUMENT = "case:read_document"
    """Download a document that came with a case: who asked, and who may see the case."""
    PROCEDURE_READ = "procedure:read"
    """See the terms of the procedures."""
    PROCEDURE_SET = "procedure:set"
    """Set the terms of the procedures."""

    ASSOCIATION_REQUEST = "association:request"
    """Ask that an association be included in the registry."""
    ASSOCIATION_CLAIM = "association:claim"
    """Claim a listed association as its representative."""
    ASSOCIATION_EDIT = "association:edit"
    """Edit the profile of an association one represents."""
    REGISTRY_ADMINISTER = "registry:administer"
    """Look after the registry as a whole: figures, removals, merges, the council's export."""
    ASSOCIATION_CONFIRM = "association:confirm"
    """Confirm a profile by the signed link of a reminder, without signing in."""
    ASSOCIATION_MANAGE_PEOPLE = "association:manage_people"
    """Say who else represents an association whose manager one is."""
    ASSOCIATION_LEAVE = "association:leave"
    """No longer represent an association."""
    INVITATION_READ = "invitation:read"
    """Open the link of an invitation to represent an association."""
    INVITATION_ANSWER = "invitation:answer"
    """Accept or decline an invitation that came to one's own address."""
    REPRESENTATIVE_INTERVENE = "representative:intervene"
    """Change who represents an association, as the office and with a reason."""

    SHIFT_TAKE_PLACE = "shift:take_place"
    """Take a place in a shift."""
    SHIFT_LEAVE_PLACE = "shift:leave_place"
    """Leave one's place in a shift."""
    TUTOR_READ = "tutor:read"
    """Read who the tutor of a project is."""
    ENROLMENT_REQUEST = "enrolment:request"
    """Ask to be entered in the register of volunteers."""

    ASSOCIATION_IMPORT = "association:import"
    """Bring the registry up to date with a public list."""

    PROPOSAL_WRITE = "proposal:write"
    """Write a proposal in an open laboratory."""
    PROPOSAL_READ = "proposal:read"
    """Read a proposal: published ones everybody, others their author and staff."""
    PROPOSAL_EDIT = "proposal:edit"
    """Change, hand in or withdraw one's own proposal."""

    LETTER_READ = "letter:read"
    """Download a letter: who it was written to, and who may see its case."""
    LETTER_TEMPLATE_EDIT = "letter_template:edit"
    """Write the texts that letters are made from."""

    ROLE_GRANT = "role:grant"
    """Give and take roles."""
