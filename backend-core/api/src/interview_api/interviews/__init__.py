"""Interviews: start, answers, consents, live events."""
