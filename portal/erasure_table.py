"""What each feature does when a person erases their account (ADR 26, GDPR article 17)."""

from portal.accounts.erasure import ErasureDuty, no_hindrances
from portal.accounts.services import erasure as accounts
from portal.chain.services import erasure as chain
from portal.laboratories.services import erasure as laboratories
from portal.moderation.services import erasure as moderation
from portal.places.services import erasure as places
from portal.registry.services import erasure as registry
from portal.volunteering.services import erasure as volunteering

ERASURE_TABLE: tuple[ErasureDuty, ...] = (
    ErasureDuty(
        list_hindrances=no_hindrances,
        forget=chain.forget_opener,
        forgotten=chain.FORGOTTEN,
        kept=chain.KEPT,
    ),
    ErasureDuty(
        list_hindrances=laboratories.list_led,
        forget=laboratories.forget_in_laboratories,
        forgotten=laboratories.FORGOTTEN,
        kept=laboratories.KEPT,
    ),
    ErasureDuty(
        list_hindrances=volunteering.list_only_tutored,
        forget=volunteering.forget_volunteer,
        forgotten=volunteering.FORGOTTEN,
        kept=volunteering.KEPT,
    ),
    ErasureDuty(
        list_hindrances=no_hindrances,
        forget=places.forget_writer,
        forgotten=places.FORGOTTEN,
        kept=places.KEPT,
    ),
    ErasureDuty(
        list_hindrances=registry.list_only_managed,
        forget=registry.forget_in_registry,
        forgotten=registry.FORGOTTEN,
        kept=registry.KEPT,
    ),
    ErasureDuty(
        list_hindrances=no_hindrances,
        forget=moderation.forget_in_cases,
        forgotten=moderation.FORGOTTEN,
        kept=moderation.KEPT,
    ),
    ErasureDuty(
        list_hindrances=accounts.list_own_hindrances,
        forget=accounts.forget_own,
        forgotten=accounts.FORGOTTEN,
        kept=accounts.KEPT,
    ),
)
"""From the highest feature to the lowest: each withdraws its cases before the queue forgets them,
and the mails that all of this queues go last."""
