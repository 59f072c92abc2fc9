"""Bodies form a consortium, agree how it decides, and move it through its stages."""
