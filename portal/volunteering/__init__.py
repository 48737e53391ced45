"""R+: citizens give time to the city's projects."""
