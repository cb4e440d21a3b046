"""What must be fast, measured. Results are kept in RESULTS.md with date, machine and command."""
