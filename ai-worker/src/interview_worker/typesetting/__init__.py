"""How a report looks on paper: the template, its fixed words in both languages, and its fonts."""
