"""One queue for whatever is submitted."""
