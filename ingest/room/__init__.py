"""The editors' room: documents dropped, seen as read, checked and published, without a command line."""

from .application import open_room

__all__ = ["open_room"]
