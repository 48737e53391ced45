"""States of an agreement, of who signs it, and of what each party takes on."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class AgreementState(StrEnum):
    """Where an agreement is."""

    DRAFTING = "drafting"
    SHARED = "shared"
    APPROVED = "approved"
    """The city government has approved it: number and date are known, the text is frozen."""
    OPEN = "open"
    """Open for signature."""
    IN_FORCE = "in_force"
    CLOSED = "closed"
    RENEWED = "renewed"
    ENDED_EARLY = "ended_early"


class AgreementAction(StrEnum):
    """What can be done with an agreement."""

    DRAFT = "draft"
    SHARE = "share"
    UNSHARE = "unshare"
    APPROVE = "approve"
    TAKE_BACK = "take_back"
    """Before anybody signed, to correct the text: the next approval freezes another version."""
    OPEN_FOR_SIGNATURE = "open_for_signature"
    ENTER_INTO_FORCE = "enter_into_force"
    AMEND = "amend"
    CLOSE = "close"
    RENEW = "renew"
    END_EARLY = "end_early"


_S, _A = AgreementState, AgreementAction
AGREEMENT_TRANSITIONS: Transitions[AgreementState, AgreementAction] = Transitions(
    {
        (_S.DRAFTING, _A.SHARE): _S.SHARED,
        (_S.SHARED, _A.UNSHARE): _S.DRAFTING,
        (_S.SHARED, _A.APPROVE): _S.APPROVED,
        (_S.APPROVED, _A.TAKE_BACK): _S.SHARED,
        (_S.APPROVED, _A.OPEN_FOR_SIGNATURE): _S.OPEN,
        (_S.OPEN, _A.TAKE_BACK): _S.SHARED,
        (_S.OPEN, _A.ENTER_INTO_FORCE): _S.IN_FORCE,
        (_S.IN_FORCE, _A.AMEND): _S.IN_FORCE,
        (_S.IN_FORCE, _A.CLOSE): _S.CLOSED,
        (_S.IN_FORCE, _A.RENEW): _S.RENEWED,
        (_S.IN_FORCE, _A.END_EARLY): _S.ENDED_EARLY,
    }
)

EDITABLE_AGREEMENTS = frozenset({AgreementState.DRAFTING, AgreementState.SHARED})
FROZEN_AGREEMENTS = frozenset(AgreementState) - EDITABLE_AGREEMENTS
SIGNED_AGREEMENTS = frozenset(
    {
        AgreementState.IN_FORCE,
        AgreementState.CLOSED,
        AgreementState.RENEWED,
        AgreementState.ENDED_EARLY,
    }
)
ENDED_AGREEMENTS = SIGNED_AGREEMENTS - {AgreementState.IN_FORCE}
ACCOUNTED_AGREEMENTS = frozenset({AgreementState.IN_FORCE, AgreementState.ENDED_EARLY})
"""Their final account can be written; once closed or renewed it stays."""
PUBLIC_AGREEMENTS = frozenset(AgreementState) - {AgreementState.DRAFTING}


class AmendmentState(StrEnum):
    """Where a change of an agreement in force is."""

    DRAFTING = "drafting"
    OPEN = "open"
    """Frozen: those it touches can sign it."""
    IN_FORCE = "in_force"
    """All of them have signed: it is part of the agreement."""
    WITHDRAWN = "withdrawn"


class AmendmentAction(StrEnum):
    """What can be done with a change of an agreement."""

    DRAFT = "draft"
    OPEN_FOR_SIGNATURE = "open_for_signature"
    ENTER_INTO_FORCE = "enter_into_force"
    WITHDRAW = "withdraw"


_M, _E = AmendmentState, AmendmentAction
AMENDMENT_TRANSITIONS: Transitions[AmendmentState, AmendmentAction] = Transitions(
    {
        (_M.DRAFTING, _E.OPEN_FOR_SIGNATURE): _M.OPEN,
        (_M.OPEN, _E.ENTER_INTO_FORCE): _M.IN_FORCE,
        (_M.DRAFTING, _E.WITHDRAW): _M.WITHDRAWN,
        (_M.OPEN, _E.WITHDRAW): _M.WITHDRAWN,
    }
)

PENDING_AMENDMENTS = frozenset({AmendmentState.DRAFTING, AmendmentState.OPEN})


class PartyKind(StrEnum):
    """Who takes part in an agreement, a commitment or a project sheet (behaviour 25)."""

    MUNICIPALITY = "municipality"
    ASSOCIATION = "association"
    SCHOOL = "school"
    BODY = "body"
    """A parish, a co-operative, a company, a public body."""
    GROUP = "group"
    """An informal group of people."""
    PERSON = "person"


NAMED_PARTIES = frozenset({PartyKind.SCHOOL, PartyKind.BODY, PartyKind.GROUP})
"""Known by a name alone: neither the registry nor an account stands for them."""


class SignatureMode(StrEnum):
    """How somebody signed."""

    ONLINE = "online"
    PAPER = "paper"


class SignatureRefusal(StrEnum):
    """Why somebody cannot sign; the name stands in `data-reason`."""

    NOT_OPEN = "not_open"
    DEADLINE_OVER = "deadline_over"
    NOT_SIGNED_IN = "not_signed_in"
    TEXT_CHANGED = "text_changed"
    ALREADY_SIGNED = "already_signed"
    NOT_REPRESENTATIVE = "not_representative"
    NOT_SPOKESPERSON = "not_spokesperson"
    """Nobody named this account as speaking for the group, school or body."""
    NOT_MUNICIPALITY = "not_municipality"
    NOT_TOUCHED = "not_touched"
    """An amendment is signed by those it touches."""


class CommitmentState(StrEnum):
    """Where a commitment is; *late* is computed from its day."""

    TO_DO = "to_do"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    DROPPED = "dropped"


class CommitmentAction(StrEnum):
    """What can be done with a commitment."""

    PROMISE = "promise"
    START = "start"
    FINISH = "finish"
    TAKE_UP_AGAIN = "take_up_again"
    DROP = "drop"
    THANK = "thank"
    """Who leads thanked the party; the state stays."""


_C, _D = CommitmentState, CommitmentAction
COMMITMENT_TRANSITIONS: Transitions[CommitmentState, CommitmentAction] = Transitions(
    {
        (_C.TO_DO, _D.START): _C.IN_PROGRESS,
        (_C.TO_DO, _D.FINISH): _C.DONE,
        (_C.TO_DO, _D.DROP): _C.DROPPED,
        (_C.IN_PROGRESS, _D.FINISH): _C.DONE,
        (_C.IN_PROGRESS, _D.DROP): _C.DROPPED,
        (_C.DONE, _D.TAKE_UP_AGAIN): _C.IN_PROGRESS,
        (_C.DROPPED, _D.TAKE_UP_AGAIN): _C.IN_PROGRESS,
    }
)

OPEN_COMMITMENTS = frozenset({CommitmentState.TO_DO, CommitmentState.IN_PROGRESS})


class ProgressState(StrEnum):
    """Whether the architect has confirmed what a party reports."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class QuestionKind(StrEnum):
    """How a question of the evaluation is answered."""

    MARK = "mark"
    """One to five."""
    TEXT = "text"


MARKS = range(1, 6)


class EvaluationRefusal(StrEnum):
    """Why somebody cannot answer the evaluation; the name stands in `data-reason`."""

    NOT_SIGNED_IN = "not_signed_in"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    TOOK_NO_PART = "took_no_part"
    ALREADY_ANSWERED = "already_answered"
