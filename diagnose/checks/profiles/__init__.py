"""What is odd in the profiles."""
