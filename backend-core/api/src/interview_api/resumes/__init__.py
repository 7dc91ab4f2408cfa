"""Résumés: upload, progress, original, deletion."""
