"""What an agreement still lacks, and who may sign it: decisions on loaded facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.core.access import Actor
from portal.laboratories.policies.laboratories import (
    LaboratoryFacts,
    laboratory_is_of_own_district,
)
from portal.laboratories.states import (
    NAMED_PARTIES,
    PUBLIC_AGREEMENTS,
    AgreementState,
    AmendmentState,
    PartyKind,
    SignatureRefusal,
)


@dataclass(frozen=True)
class AgreementFacts:
    """What the predicates ask of an agreement."""

    state: AgreementState
    laboratory: LaboratoryFacts


def agreement_is_public(_actor: Actor, agreement: AgreementFacts) -> bool:
    """Say whether everybody reads it: from the moment it is shared."""
    return agreement.state in PUBLIC_AGREEMENTS


def agreement_is_of_own_district(actor: Actor, agreement: AgreementFacts) -> bool:
    """Say whether it is of a laboratory of the architect's districts."""
    return laboratory_is_of_own_district(actor, agreement.laboratory)


class AgreementGuard(StrEnum):
    """What is missing before an agreement can move on; the name stands in `data-reason`."""

    NO_DAYS = "no_days"
    NO_SHEETS = "no_sheets"
    SHEET_NOT_SHARED = "sheet_not_shared"
    NO_COMMITMENTS = "no_commitments"
    NO_MUNICIPAL_COMMITMENT = "no_municipal_commitment"
    """Behaviour 26: the municipality's own stand in the same list."""
    MUNICIPALITY_HAS_NOT_SIGNED = "municipality_has_not_signed"
    NOBODY_ELSE_HAS_SIGNED = "nobody_else_has_signed"
    SOMEBODY_HAS_SIGNED = "somebody_has_signed"
    NOTHING_CHANGES = "nothing_changes"
    """An amendment that says the same as the agreement."""
    NO_EVALUATION_MEETING_HELD = "no_evaluation_meeting_held"
    NO_ACCOUNT_WORDS = "no_account_words"
    RESULTS_MISSING = "results_missing"
    """An indicator whose number reached nobody wrote down."""
    SPENT_MISSING = "spent_missing"
    NOT_OVER = "not_over"
    ACCOUNT_NOT_PUBLISHED = "account_not_published"
    COMMITMENTS_OPEN = "commitments_open"
    CHANGE_ON_ITS_WAY = "change_on_its_way"
    """An amendment that nobody has finished or given up."""
    PAST_ACCOUNT_NOT_PUBLISHED = "past_account_not_published"
    """Of the agreement that this one renews."""
    PAST_COMMITMENTS_OPEN = "past_commitments_open"


@dataclass(frozen=True)
class TextFacts:
    """What approving asks of a draft."""

    has_days: bool
    sheets: int
    sheets_not_shared: int
    commitments: int
    municipal_commitments: int


def find_text_guards(facts: TextFacts) -> tuple[AgreementGuard, ...]:
    """Return what is missing before the text can be approved, in the order of the page."""
    checks = (
        (AgreementGuard.NO_DAYS, not facts.has_days),
        (AgreementGuard.NO_SHEETS, facts.sheets == 0),
        (AgreementGuard.SHEET_NOT_SHARED, facts.sheets_not_shared > 0),
        (AgreementGuard.NO_COMMITMENTS, facts.commitments == 0),
        (
            AgreementGuard.NO_MUNICIPAL_COMMITMENT,
            facts.commitments > 0 and facts.municipal_commitments == 0,
        ),
    )
    return tuple(guard for guard, is_missing in checks if is_missing)


def find_force_guards(signed: frozenset[PartyKind]) -> tuple[AgreementGuard, ...]:
    """Return what is missing before it enters into force; `signed`: kinds of who has signed."""
    checks = (
        (AgreementGuard.MUNICIPALITY_HAS_NOT_SIGNED, PartyKind.MUNICIPALITY not in signed),
        (AgreementGuard.NOBODY_ELSE_HAS_SIGNED, not signed - {PartyKind.MUNICIPALITY}),
    )
    return tuple(guard for guard, is_missing in checks if is_missing)


@dataclass(frozen=True)
class Party:
    """Somebody who signs or takes something on."""

    kind: PartyKind
    association_id: int | None = None
    user_id: int | None = None
    name: str = ""
    """Of a group, school or body, or of a person without an account."""

    def is_same(self, other: "Party") -> bool:
        """Say whether both are the same party, as far as one can know."""
        if self.kind is not other.kind:
            return False
        if self.kind is PartyKind.MUNICIPALITY:
            return True
        if self.kind is PartyKind.ASSOCIATION:
            return self.association_id == other.association_id
        if self.user_id is not None and self.user_id == other.user_id:
            return True
        return bool(self.name) and self.name.casefold() == other.name.casefold()


@dataclass(frozen=True)
class SigningFacts:
    """What signing asks of the newest version of an agreement."""

    state: AgreementState
    amendment: AmendmentState | None
    """Of the amendment whose text the version is; None: it is the agreement itself."""
    sign_until: date | None
    """Of the agreement, or of the amendment."""
    sha256: str
    signed: tuple[Party, ...] = ()
    """Who has signed this version."""
    expected: tuple[Party, ...] = ()
    """Who is to sign this version; of an amendment those it touches."""


@dataclass(frozen=True)
class SignatureWish:
    """As whom somebody wants to sign, and which text they read."""

    party: Party
    seen_sha256: str
    leads: bool = False
    """Whether the actor leads the laboratory: they sign for the municipality."""
    on_paper: bool = False
    """Staff records what was signed on paper: the paper says who represented whom."""


def decide_signature(
    actor: Actor, facts: SigningFacts, wish: SignatureWish, *, today: date
) -> SignatureRefusal | None:
    """Return why this signature cannot be given today, or None when it can (behaviours 24, 25)."""
    checks = (
        (SignatureRefusal.NOT_SIGNED_IN, not actor.is_signed_in),
        (SignatureRefusal.NOT_OPEN, not is_open_for_signature(facts)),
        (SignatureRefusal.DEADLINE_OVER, is_too_late(facts, today)),
        (SignatureRefusal.TEXT_CHANGED, wish.seen_sha256 != facts.sha256),
        (SignatureRefusal.NOT_REPRESENTATIVE, not _represents(actor, wish)),
        (SignatureRefusal.NOT_SPOKESPERSON, not _speaks(actor, facts, wish)),
        (SignatureRefusal.NOT_MUNICIPALITY, not _may_bind_municipality(wish)),
        (
            SignatureRefusal.NOT_TOUCHED,
            facts.amendment is not None and not _is_among(wish.party, facts.expected),
        ),
        (SignatureRefusal.ALREADY_SIGNED, _is_among(wish.party, facts.signed)),
    )
    return next((refusal for refusal, is_true in checks if is_true), None)


def is_open_for_signature(facts: SigningFacts) -> bool:
    """Say whether the version can be signed: one that is late may join until the last day."""
    if facts.state is AgreementState.IN_FORCE:
        if facts.amendment is None:
            return facts.sign_until is not None
        return facts.amendment is AmendmentState.OPEN
    return facts.state is AgreementState.OPEN


def is_too_late(facts: SigningFacts, today: date) -> bool:
    """Say whether the last day for signing is over."""
    return facts.sign_until is not None and today > facts.sign_until


def find_touched(
    entries: Sequence[Party], signed: Sequence[Party], *, changes_text: bool
) -> tuple[Party, ...]:
    """Return who has to sign an amendment, besides the municipality: whom it touches.

    Who takes something on anew or otherwise; of a text or a day that changes, everybody who
    `signed` the agreement.
    """
    touched: list[Party] = []
    for party in (*entries, *(signed if changes_text else ())):
        if party.kind is not PartyKind.MUNICIPALITY and not _is_among(party, tuple(touched)):
            touched.append(party)
    return tuple(touched)


def _represents(actor: Actor, wish: SignatureWish) -> bool:
    if wish.on_paper or wish.party.kind is not PartyKind.ASSOCIATION:
        return True
    return wish.party.association_id in actor.association_ids


def _speaks(actor: Actor, facts: SigningFacts, wish: SignatureWish) -> bool:
    """Say whether the actor was named for a party that no registry knows; else paper is the way.

    Otherwise whoever is signed in could sign for a school by writing its name.
    """
    if wish.on_paper or not is_known_by_name(wish.party.kind):
        return True
    return any(
        expected.kind is wish.party.kind
        and expected.name.casefold() == wish.party.name.casefold()
        and expected.user_id == actor.id
        for expected in facts.expected
    )


def _may_bind_municipality(wish: SignatureWish) -> bool:
    return wish.leads or wish.party.kind is not PartyKind.MUNICIPALITY


def _is_among(party: Party, parties: tuple[Party, ...]) -> bool:
    return any(party.is_same(other) for other in parties)


def signs_for_others(kind: PartyKind) -> bool:
    """Say whether who signs as `kind` has to say in which role."""
    return kind is not PartyKind.PERSON


def is_known_by_name(kind: PartyKind) -> bool:
    """Say whether a name alone stands for a party of `kind`."""
    return kind in NAMED_PARTIES
