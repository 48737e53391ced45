"""What each kind of case is: its decisions, its page, what a decision does (ADR 0013)."""

from collections.abc import Mapping

from portal.moderation.kinds import CaseKindSpec
from portal.moderation.states import CaseKind

CASE_TABLE: Mapping[CaseKind, CaseKindSpec] = {}
