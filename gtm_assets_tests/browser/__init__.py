"""Dagster's pages as people see them, in the Chromium that is installed: what they say, what a click does, what they look like.

The README's pictures are taken here (``make screenshots``). What belongs elsewhere: the same things asked by GraphQL (``processes``).
"""
