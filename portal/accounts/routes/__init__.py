"""Addresses of the accounts: sign-in, registration, recovery, one's own data, people."""

from portal.accounts.routes import entering, erasure, my_data, people, recovery, registration
from portal.accounts.routes.blueprint import accounts

__all__ = ["accounts", "entering", "erasure", "my_data", "people", "recovery", "registration"]
