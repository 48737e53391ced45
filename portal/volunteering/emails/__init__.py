"""Mails of R+, by what they are about."""
