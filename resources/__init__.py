"""One small typed client per outside system, the store and the analytical engine. No business rules, nothing of Dagster."""
