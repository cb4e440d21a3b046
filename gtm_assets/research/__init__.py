"""Company website to company profile, job title to persona."""
