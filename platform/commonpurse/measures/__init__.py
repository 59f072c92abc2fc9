"""Social value models, measures and unit values, versioned with dates and source."""
