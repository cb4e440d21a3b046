"""Of which sort an error is: by its class and status, whatever it says."""

from __future__ import annotations

import pytest

from gtm_assets.batch.kinds import KINDS, error_kind
from gtm_assets.crm.fields import FieldMapError
from gtm_assets.research.asking import UnusableReplyError
from gtm_assets.writeback.failures import NoEffectError, WritingStoppedError
from resources.errors import AuthError, ChangedInBetweenError, MisdirectedError, PermanentError, TransientError
from resources.superoffice.errors import MaybeSentError, NotSentError

CRM = "SuperOffice"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AuthError(CRM, "no", status=401), "auth"),
        (PermanentError(CRM, "no", status=403), "rights"),
        (PermanentError(CRM, "no", status=400), "refused value"),
        (PermanentError("Gemini", "no key in GEMINI_API_KEY"), "configuration"),
        (TransientError(CRM, "no", status=503), "not reachable"),
        (TransientError(CRM, "no", status=429), "rate limit"),
        (TransientError("Gemini", "no answer"), "not reachable"),
        (MisdirectedError(CRM, "moved", status=421), "not reachable"),
        (MaybeSentError(CRM, "no answer"), "not reachable"),
        (NotSentError(CRM, "no connection"), "not reachable"),
        (UnusableReplyError("Gemini", "not readable"), "model reply"),
        (FieldMapError("moved"), "layout"),
        (NoEffectError(CRM, "200"), "no effect"),
        (WritingStoppedError(CRM, "moved others"), "writing stopped"),
        (ChangedInBetweenError(CRM, "412", status=412), "edited twice"),
        (KeyError("nobody foresaw it"), "defect"),
    ],
)
def test_an_error_s_kind_follows_from_its_class_and_status(error: Exception, kind: str) -> None:
    assert error_kind(error) == kind
    assert kind in KINDS


def test_kinds_are_few_and_fit_their_column() -> None:
    assert len(KINDS) == len(set(KINDS)) <= 24
    assert all(0 < len(kind) <= 40 for kind in KINDS)
