"""Reference data of the field: areas by GSS code and CPV categories."""
