"""One store, one tenant: what was read from one CRM must never be taken for another's.

The first pass binds the store to its tenant. Cursors, snapshots and the proof that a PATCH is harmless all belong to that tenant.
"""

from __future__ import annotations

from gtm_assets.settings import ConfigurationError, Settings
from resources.store.store import Store, get_cursor, set_cursor

BOUND_TO = "tenant"
_SANDBOX = "the sandbox"


def tenant_name(settings: Settings) -> str:
    """What a store is bound to. The sandbox is one tenant wherever it answers; its port may change."""
    host = settings.login_url
    if host.startswith(("http://127.0.0.1", "http://localhost")):
        return f"{settings.superoffice_tenant} of {_SANDBOX}"
    return f"{settings.superoffice_tenant} at {host}"


def bind_store(store: Store, settings: Settings) -> None:
    """Bind the store to the tenant, or check that it is.

    Raises:
        ConfigurationError: The store belongs to another tenant.
    """
    name = tenant_name(settings)
    with store.write() as connection:
        bound = get_cursor(connection, BOUND_TO)
        if bound is None:
            set_cursor(connection, BOUND_TO, name)
        elif bound != name:
            raise ConfigurationError(
                f"This state belongs to {bound}, the settings name {name}. Give each tenant a state of its own: set GTM_STATE_DIR "
                "(and GTM_DATABASE_URL, if you use it) to another place."
            )
