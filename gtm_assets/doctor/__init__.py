"""What is wrong and what to do about it: ``gtm doctor``, and the probe that settles open questions about the tenant (``probe``).

A package beside the rooms, as the commands are: it may import from all of them, and none of them imports it. Looking changes nothing:
no record of the CRM or of Notion is written, no store is made or migrated, no token is kept. Only ``probe`` writes, on one record, when
told to.
"""
