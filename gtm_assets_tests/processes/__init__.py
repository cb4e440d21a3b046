"""Tests over real processes: ``gtm once`` killed at the worst moments, ``gtm up`` with its daemon, definitions in a fresh interpreter."""
