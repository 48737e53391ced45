"""What the worker does for laboratories."""
