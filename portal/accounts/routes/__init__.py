"""Addresses of the accounts: sign-in, registration, recovery, one's own data, people."""

from portal.accounts.routes import entering, my_data, people, recovery, registration
from portal.accounts.routes.blueprint import accounts

__all__ = ["accounts", "entering", "my_data", "people", "recovery", "registration"]
