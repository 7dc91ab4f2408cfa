"""How a report's result came about, in plain words and in figures that can be checked."""
