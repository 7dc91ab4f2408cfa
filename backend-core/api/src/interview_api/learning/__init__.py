"""What a candidate may learn next."""
