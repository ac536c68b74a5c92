"""Metrics from a Prometheus API, OpenMetrics text or CSV."""
