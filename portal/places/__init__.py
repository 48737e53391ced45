"""Social centres and neighbourhood houses."""
