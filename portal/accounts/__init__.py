"""People, sign-in, roles, personal area."""
