"""Ready questions as data, one file per type, filled with a candidate's own facts."""
