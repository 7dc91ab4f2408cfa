"""What came of an interview."""
