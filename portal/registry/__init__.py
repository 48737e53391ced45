"""The registry of associations."""
