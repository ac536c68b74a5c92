"""Which service uses which: lists that people keep, and traces."""
