"""Checks the fiches of the référentiel against its tables."""
