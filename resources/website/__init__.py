"""Company websites: one polite visit, main text and imprint."""
