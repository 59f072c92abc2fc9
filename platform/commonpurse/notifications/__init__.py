"""Home page, what waits for whom, and the mail that leaves."""
