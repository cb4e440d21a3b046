"""SuperOffice CRM Online, REST WebAPI v1. Inside this folder the vendor's names rule.

``client`` is the door: one typed client per tenant. Behind it ``api`` sends authorised calls and repeats those that
may be repeated, ``auth``, ``tickets`` and ``private_files`` keep the credentials, ``tenant`` knows the host,
``archive`` writes queries and ``values`` the encoding of fields. Which field means what, and what may be written, is
not decided here (``gtm_assets.crm``, ``gtm_assets.writeback``).
"""
