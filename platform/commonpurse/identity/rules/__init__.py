"""Decisions of identity that need neither database nor web."""
