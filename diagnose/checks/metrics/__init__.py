"""What is odd in the metrics."""
