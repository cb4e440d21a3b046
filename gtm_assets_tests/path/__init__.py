"""The whole path over real HTTP: what must stand in the CRM after a change in Notion or in the CRM, and what it cost.

What belongs elsewhere: processes that are killed, the daemon, single stages.
"""
