"""What works right now: health, readiness, status."""
