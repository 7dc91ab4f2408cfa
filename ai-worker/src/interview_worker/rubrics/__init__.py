"""What competencies are judged by, as data: weights, and an anchor text for each band of scores."""
