"""Part of the sandbox."""
