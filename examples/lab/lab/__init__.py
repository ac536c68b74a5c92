"""The incident lab: run a small service under load and a real Prometheus, break it, keep the evidence.

A *case* (`cases/*.yaml`) names a service, a seed and timed steps; `record.py` is the story of one recording.
"""
