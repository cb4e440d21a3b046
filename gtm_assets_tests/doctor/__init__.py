"""``gtm doctor`` and its probe: every check both ways, every open question in every position of its switch."""
