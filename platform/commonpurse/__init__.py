"""Commonpurse: public bodies buy together and share exactly what comes of it."""

__version__ = "0.1.0"
