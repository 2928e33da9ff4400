"""Serves the assistant to browsers."""
