"""Prompts as data, one file per prompt and language, and their strict loader."""
