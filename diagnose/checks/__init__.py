"""What is odd: pure functions from evidence and parameters to findings."""
