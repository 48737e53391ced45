"""The queue of the staff, and what applicants see of their requests."""

from flask import Blueprint

moderation = Blueprint("moderation", __name__)

# A number no id can have is no address of ours (404, not a refusal of the database).
CASE_ID = "<int:case_id>"
CASE = f"/gestione/coda/{CASE_ID}"
OWN_CASE = f"/area-personale/richieste/{CASE_ID}"

from portal.moderation.routes import conversation, letters, own, queue, terms  # noqa: E402 - the pages need the blueprint above

__all__ = [
    "CASE",
    "CASE_ID",
    "OWN_CASE",
    "conversation",
    "letters",
    "moderation",
    "own",
    "queue",
    "terms",
]
