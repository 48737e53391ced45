"""Front page, search across, service and legal pages."""
