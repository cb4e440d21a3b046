"""Company websites: one polite visit, main text and imprint."""

from resources.website.client import WebsiteClient
from resources.website.imprint import Imprint, read_imprint
from resources.website.visits import Outcome, SiteVisit

__all__ = ["Imprint", "Outcome", "SiteVisit", "WebsiteClient", "read_imprint"]
