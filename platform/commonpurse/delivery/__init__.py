"""Award, commitments, delivered outcomes with evidence, and their verification."""
