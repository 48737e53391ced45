"""What the registry does by itself."""
