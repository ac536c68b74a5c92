"""Which of several entities is at fault: what logs and metrics hold against each of them."""
