"""Health checks outside an incident: once, on a schedule, behind a webhook."""
