"""Organisations, people, memberships, sign-in and second factor."""
