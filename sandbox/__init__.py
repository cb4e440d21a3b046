"""Stand-ins of the outside systems that speak the vendors' HTTP, shipped to users: try everything without an account."""
