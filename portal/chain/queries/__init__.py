"""Reading what ties sheets and projects."""
