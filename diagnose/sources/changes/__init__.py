"""Changes of the world: lists of deploys, Kubernetes objects and events, commits of a repository."""
