"""What is told: one view of a diagnosis, rendered as Markdown, HTML and JSON."""
