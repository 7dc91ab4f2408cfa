"""What changed from one interview to another."""
