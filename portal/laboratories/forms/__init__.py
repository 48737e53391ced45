"""Forms of laboratories: shape and messages, by what they are about."""
