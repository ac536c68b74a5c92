"""How it is decided: playbooks in YAML, the graph they make, the walk through it, the confidence."""
