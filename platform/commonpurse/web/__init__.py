"""Flask glue that features share: forms, access, the live channel, filters."""
