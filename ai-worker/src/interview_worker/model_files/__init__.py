"""Model files: which are known, under which licence, how one is had and checked."""
