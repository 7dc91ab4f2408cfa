"""A person looks at a report because its candidate asked for it."""
