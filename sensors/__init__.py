"""Sensors and the schedule: they only wake the graph, they write nothing to an outside system."""
