"""Faults by name: what a tenant, its network and its people do to a client on a bad day, switched on while the sandbox runs.

``kinds`` says what there is, ``catalogue`` what can be chosen, ``board`` what is in force; ``arranging`` starts and ends faults,
``traffic`` says what a request meets on its way. What a fault does inside the CRM stands where it happens (``sandbox.superoffice``).
"""
