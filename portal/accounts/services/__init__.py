"""What can be done with an account."""

from portal.accounts.services.registration import create_account
from portal.accounts.services.roles import grant_role
from portal.accounts.services.signing_in import sign_in_with_password

__all__ = ["create_account", "grant_role", "sign_in_with_password"]
