"""Stand-ins of the outside systems that speak the vendors' HTTP, shipped to users.

Try everything without an account.
"""
