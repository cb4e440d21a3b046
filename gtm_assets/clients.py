"""From settings to clients: the store, the outside systems and the analytical engine, each made when it is first needed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from gtm_assets.settings import Settings
from resources.analytics.engine import Analytics
from resources.gemini.client import GeminiClient
from resources.notion.client import NotionClient
from resources.store.rate import SharedRateLimiter
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.credentials import Credentials, RefreshTokenCredentials, SystemUserCredentials
from resources.superoffice.limits import RateLimiter
from resources.website.client import WebsiteClient

#: What the vendor's checklist allows a custom app (its custom-app checklist); shared by every process of the tenant.
SUPEROFFICE_CALLS_PER_SECOND = 10.0
#: What an integration may send to Notion on average (Notion's request limits); shared by every process, too.
NOTION_CALLS_PER_SECOND = 3.0


def open_store(settings: Settings) -> Store:
    """The store; its schema is brought up to date. The state directory holds names and addresses: nobody else may look into it."""
    settings.gtm_state_dir.mkdir(parents=True, exist_ok=True)
    settings.gtm_state_dir.chmod(0o700)
    return Store(settings.database_url)


def open_analytics(settings: Settings) -> Analytics:
    """DuckDB over the store."""
    return Analytics(settings.database_url)


def open_superoffice(
    settings: Settings, store: Store, *, limiter: RateLimiter | None = None, timeout: float = 30.0
) -> SuperOfficeClient:
    """The tenant's client, limited together with every other process that uses the store (or by ``limiter``).

    Raises:
        ConfigurationError: A variable is missing.
    """
    limit = limiter or superoffice_limiter(settings, store)
    return _superoffice(settings, settings.gtm_state_dir / "tokens", limit, timeout)


def open_fresh_superoffice(
    settings: Settings, limiter: RateLimiter, timeout: float, sleep: Callable[[float], None] = time.sleep
) -> SuperOfficeClient:
    """A client that signs in anew and asks for the tenant's state anew: what a cache holds proves nothing about today."""
    return _superoffice(settings, None, limiter, timeout, sleep)


def superoffice_limiter(settings: Settings, store: Store) -> SharedRateLimiter:
    """The limit that all processes of the tenant share."""
    return SharedRateLimiter(store, f"superoffice:{settings.superoffice_tenant}", SUPEROFFICE_CALLS_PER_SECOND)


def _superoffice(
    settings: Settings,
    cache_dir: Path | None,
    limiter: RateLimiter,
    timeout: float = 30.0,
    sleep: Callable[[float], None] = time.sleep,
) -> SuperOfficeClient:
    settings.require("SuperOffice")
    return SuperOfficeClient(
        login_url=settings.login_url,
        tenant=str(settings.superoffice_tenant),
        credentials=_credentials(settings),
        cache_dir=cache_dir,
        limiter=limiter,
        timeout=timeout,
        sleep=sleep,
    )


def open_notion(settings: Settings, store: Store | None = None) -> NotionClient:
    """Notion's client, limited together with every other process that uses the store; without one, within this process.

    Raises:
        ConfigurationError: A variable is missing.
    """
    settings.require("Notion")
    assert settings.notion_token is not None
    limiter = SharedRateLimiter(store, "notion", NOTION_CALLS_PER_SECOND) if store is not None else None
    token = settings.notion_token.get_secret_value()
    return NotionClient(token=token, base_url=settings.notion_base_url, limiter=limiter)


def open_gemini(settings: Settings, *, timeout: float = 60.0) -> GeminiClient:
    """Gemini's client.

    Raises:
        ConfigurationError: A variable is missing.
    """
    settings.require("Gemini")
    assert settings.gemini_api_key is not None
    return GeminiClient(
        api_key=settings.gemini_api_key.get_secret_value(),
        base_url=settings.google_gemini_base_url,
        model=settings.gemini_model,
        timeout=timeout,
    )


def open_website(settings: Settings) -> WebsiteClient:
    """The visitor of company websites."""
    return WebsiteClient(allow_private_hosts=settings.gtm_allow_private_hosts)


def _credentials(settings: Settings) -> Credentials:
    client_id = str(settings.superoffice_client_id)
    assert settings.superoffice_client_secret is not None
    secret = settings.superoffice_client_secret.get_secret_value()
    pem = settings.private_key_pem
    if settings.superoffice_system_token is not None and pem is not None:
        return SystemUserCredentials(client_id, secret, settings.superoffice_system_token.get_secret_value(), pem)
    assert settings.superoffice_refresh_token is not None
    return RefreshTokenCredentials(client_id, secret, settings.superoffice_refresh_token.get_secret_value())
