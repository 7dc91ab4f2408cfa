"""What language models took: a user's own, and everybody's for operators."""
