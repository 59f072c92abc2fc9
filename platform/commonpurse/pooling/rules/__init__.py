"""Pure decisions of pooling: what a published payment, a supplier, a need and a budget line are."""
