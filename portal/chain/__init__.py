"""From agreement to hands: what project sheets open, and what comes back to them (ADR 29).

The one feature that knows both laboratories and volunteering.
"""
