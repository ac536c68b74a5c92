"""What is known of an incident: plain data on one window, no input or output."""
