"""The operations of `calc` from the command line and over HTTP: no database, no sign-in."""
