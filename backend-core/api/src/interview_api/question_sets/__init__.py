"""Questions about a résumé without an interview."""
