"""Accounts: registering, signing in and out, passwords and tokens."""
