"""Feasibility reviews and the official answer to a proposal (behaviour 21)."""

from enum import StrEnum


class ReviewState(StrEnum):
    """Where the opinion of a municipal office is."""

    ASKED = "asked"
    GIVEN = "given"
    DROPPED = "dropped"
    """The question is no longer put: asked by mistake, or to another office."""


class Verdict(StrEnum):
    """What an office thinks of a proposal."""

    FEASIBLE = "feasible"
    WITH_CONDITIONS = "with_conditions"
    NOT_FEASIBLE = "not_feasible"


class AnswerOutcome(StrEnum):
    """What the municipality answers."""

    ACCEPTED = "accepted"
    MERGED = "merged"
    NOT_FEASIBLE = "not_feasible"


class AnswerRefusal(StrEnum):
    """Why an answer cannot be published as it stands."""

    NOT_PUBLISHED = "not_published"
    TARGET_IS_ITSELF = "target_is_itself"
    TARGET_NOT_PUBLIC = "target_not_public"
    TARGET_IS_MERGED = "target_is_merged"
    TARGET_ELSEWHERE = "target_elsewhere"
