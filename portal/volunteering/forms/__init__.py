"""Forms of R+: shape and messages, by what they are about."""
