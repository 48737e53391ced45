"""Mails of laboratories, by what they are about."""
