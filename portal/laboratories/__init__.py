"""QUA: neighbourhood laboratories and their proposals."""
