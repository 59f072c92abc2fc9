"""What the public reads of a consortium."""
