"""Marketing matrix and company openers: prompts, rules, composition and reviews."""
