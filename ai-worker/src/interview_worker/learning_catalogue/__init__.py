"""What may be learned, with links as data."""
