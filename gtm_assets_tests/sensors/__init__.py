"""Tests of the sensors: called directly, with a store and a CRM in memory and a real, passing Dagster instance."""
