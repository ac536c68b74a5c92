"""What is odd in the logs."""
