"""Measurements of the portal against a bare page, as ratios taken in one run (`make bench`)."""
