"""Reads of identity, by subject; other features import them from here."""

from commonpurse.identity.queries.organisations import (
    OrganisationList,
    OrganisationPage,
    OrganisationRow,
    find_organisation,
    find_organisation_by_name,
    get_organisation,
    labels_of,
    list_organisations,
    list_public_bodies,
    list_suppliers,
    names_of,
    organisation_page,
)
from commonpurse.identity.queries.sign_ins import LiveSignIn, find_live_sign_in

__all__ = [
    "LiveSignIn",
    "OrganisationList",
    "OrganisationPage",
    "OrganisationRow",
    "find_live_sign_in",
    "find_organisation",
    "find_organisation_by_name",
    "get_organisation",
    "labels_of",
    "list_organisations",
    "list_public_bodies",
    "list_suppliers",
    "names_of",
    "organisation_page",
]
