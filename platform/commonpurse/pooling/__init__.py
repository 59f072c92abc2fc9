"""Needs, budgets and spending of several bodies put beside each other."""
