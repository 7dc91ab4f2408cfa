"""Ready questions as data, by type and by role, filled with a candidate's own facts."""
