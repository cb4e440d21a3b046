"""Sample imprints: made-up companies in the forms that German, Austrian and Swiss websites really use, as data.

The tests that read them: ``test_imprint``.
"""

from gtm_assets_tests.resources.imprint_samples.abroad import ABROAD
from gtm_assets_tests.resources.imprint_samples.german import GERMAN
from gtm_assets_tests.resources.imprint_samples.sample import Sample, sample

__all__ = ["SAMPLES", "Sample"]

#: Texts that hold no address at all.
WITHOUT_ADDRESS = (
    sample("only a VAT number", "Umsatzsteuer-ID: DE123456704", vat="DE123456704", country="DE"),
    sample("nothing of the kind", "Willkommen! Seit 1990 12345 zufriedene Kunden und 2000 Projekte."),
    sample("empty", ""),
)
SAMPLES = (*GERMAN, *ABROAD, *WITHOUT_ADDRESS)
