"""What can be done with an account."""

from portal.accounts.services.calendar_keys import drop_calendar_key, renew_calendar_key
from portal.accounts.services.counter import (
    add_person_without_email,
    give_person_email,
)
from portal.accounts.services.erasure import StillNeededError, erase_account, finish_erasure
from portal.accounts.services.my_data import update_my_data
from portal.accounts.services.passwords import change_password, request_recovery, reset_password
from portal.accounts.services.registration import (
    confirm_account,
    create_account,
    register_account,
)
from portal.accounts.services.roles import grant_role, revoke_role
from portal.accounts.services.sessions import end_session
from portal.accounts.services.signing_in import (
    request_code,
    sign_in_with_code,
    sign_in_with_password,
)
from portal.accounts.services.staff import create_staff

__all__ = [
    "StillNeededError",
    "add_person_without_email",
    "change_password",
    "confirm_account",
    "create_account",
    "create_staff",
    "drop_calendar_key",
    "end_session",
    "erase_account",
    "finish_erasure",
    "give_person_email",
    "grant_role",
    "register_account",
    "renew_calendar_key",
    "request_code",
    "request_recovery",
    "reset_password",
    "revoke_role",
    "sign_in_with_code",
    "sign_in_with_password",
    "update_my_data",
]
