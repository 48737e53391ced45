"""Municipalities of the province, districts of the city, neighbourhoods."""
