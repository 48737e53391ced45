"""Demo data and the demo's mailbox; nobody but the command line and the app imports it."""
