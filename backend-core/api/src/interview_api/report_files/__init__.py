"""A report to take away: as JSON and as a PDF."""
