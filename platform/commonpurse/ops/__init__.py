"""Running the service: health, jobs, the demonstration, log verification."""
