"""Configuration: environment variables and ``.env``, validated once, with errors that name the variable.

Nothing is read at import; :func:`load_settings` reads when a run, a sensor tick or a command needs it. ``.env.example`` documents
every variable. What belongs elsewhere: which of them the sandbox sets (``sandbox.environment``), and clients (``resources``).
"""

from __future__ import annotations

import math
import os
import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, field_validator

PROJECT_ROOT = Path(__file__).resolve().parent.parent
#: A variable of one of these families decides between the sandbox and the real systems (`gtm up`).
VENDOR_PREFIXES = ("SUPEROFFICE_", "NOTION_", "GEMINI_")

#: How often Notion is read, unless ``GTM_NOTION_CRON`` says otherwise.
NOTION_CRON = "*/5 * * * *"
#: The model, unless ``GEMINI_MODEL`` says otherwise; the 2.5 models end on 2026-12-01.
DEFAULT_MODEL = "gemini-3.8-flash"
#: How often one field of a record is written within an hour at most, unless ``SUPEROFFICE_WRITES_PER_HOUR`` says otherwise.
WRITES_PER_HOUR = 6
#: Requests to the model at once, unless ``GTM_MODEL_CONCURRENCY`` says otherwise.
MODEL_CONCURRENCY = 8

SuperOfficeEnvironment = Literal["sod", "qaonline", "online"]
BlockKind = Literal["cell", "opener"]
ReviewMode = Literal["manual", "auto"]
Language = Literal["en", "de"]


class UserError(Exception):
    """Somebody can put it right: the message says what is wrong and what to do. The command line prints it, without a trace."""


class ConfigurationError(UserError):
    """One or more variables are missing or wrong; the message names each and what it expects."""


def _default_policy() -> dict[BlockKind, ReviewMode]:
    return {"cell": "manual", "opener": "auto"}


def _blank_to_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _amount(value: object) -> object:
    """A number of money, from 0 on; None for an empty text."""
    found = _blank_to_none(value)
    if not isinstance(found, str):
        return found
    try:
        amount = float(found)
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and amount >= 0):
        raise ValueError(
            "expects an amount from 0 on, such as 5.00, in the currency of the price table; empty for no budget"
        )
    return amount


def _whole_number(value: object, default: int, least: int, most: int) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ValueError(f"expects a whole number from {least} to {most}")
    return int(text)


Text = Annotated[str | None, BeforeValidator(_blank_to_none)]
Amount = Annotated[float | None, BeforeValidator(_amount)]
Secret = Annotated[SecretStr | None, BeforeValidator(_blank_to_none)]


class Settings(BaseModel):
    """Every variable, by its own name in lower case. Secrets never appear in ``repr`` or errors."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    superoffice_environment: Annotated[SuperOfficeEnvironment | None, BeforeValidator(_blank_to_none)] = None
    superoffice_tenant: Text = Field(None, description="the tenant's id, such as Cust12345")
    superoffice_client_id: Text = None
    superoffice_client_secret: Secret = None
    superoffice_refresh_token: Secret = None
    superoffice_system_token: Secret = None
    superoffice_private_key: Secret = None
    superoffice_login_url: Text = None
    superoffice_allow_live_write: bool = False
    superoffice_write_position: bool = False
    superoffice_writes_per_hour: int = WRITES_PER_HOUR
    superoffice_field_subject: Text = None
    superoffice_field_intro: Text = None
    superoffice_field_social_proof: Text = None
    superoffice_field_unsubscribe: Text = None
    superoffice_field_campaign: Text = None
    superoffice_field_vertical: Text = None
    superoffice_field_summary: Text = None
    superoffice_field_last_update: Text = None
    superoffice_field_opener: Text = None
    superoffice_field_opener_secondary: Text = None
    notion_token: Secret = None
    notion_base_url: Text = None
    notion_verticals_database_id: Text = None
    notion_personas_database_id: Text = None
    notion_campaigns_database_id: Text = None
    notion_reviews_database_id: Text = None
    gemini_api_key: Secret = None
    google_gemini_base_url: Text = None
    gemini_model: str = DEFAULT_MODEL
    gtm_model_prices: Text = None
    gtm_model_budget_per_run: Amount = None
    gtm_model_budget_per_day: Amount = None
    gtm_model_concurrency: int = MODEL_CONCURRENCY
    gtm_database_url: Secret = None
    gtm_review_policy: dict[BlockKind, ReviewMode] = Field(default_factory=_default_policy)
    gtm_public_url: Text = None
    gtm_secret_key: Secret = None
    gtm_allow_private_hosts: bool = False
    gtm_state_dir: Path = PROJECT_ROOT / ".state"
    gtm_notion_cron: str = NOTION_CRON
    gtm_notion_columns: dict[str, str] = Field(default_factory=dict)
    gtm_language: Language = "en"

    @field_validator(
        "superoffice_allow_live_write", "superoffice_write_position", "gtm_allow_private_hosts", mode="before"
    )
    @classmethod
    def _blank_is_false(cls, value: object) -> object:
        return False if isinstance(value, str) and not value.strip() else value

    @field_validator("gemini_model", mode="before")
    @classmethod
    def _blank_is_default_model(cls, value: object) -> object:
        return value if not isinstance(value, str) or value.strip() else DEFAULT_MODEL

    @field_validator("gtm_model_concurrency", mode="before")
    @classmethod
    def _at_once(cls, value: object) -> object:
        return _whole_number(value, MODEL_CONCURRENCY, 1, 64)

    @field_validator("superoffice_writes_per_hour", mode="before")
    @classmethod
    def _per_hour(cls, value: object) -> object:
        return _whole_number(value, WRITES_PER_HOUR, 2, 60)

    @field_validator("gtm_language", mode="before")
    @classmethod
    def _blank_is_english(cls, value: object) -> object:
        return (value.strip().casefold() or "en") if isinstance(value, str) else value

    @field_validator("gtm_notion_cron", mode="before")
    @classmethod
    def _cron(cls, value: object) -> object:
        if not isinstance(value, str) or not value.strip():
            return NOTION_CRON
        if not re.fullmatch(r"[\d*/,-]+( [\d*/,-]+){4}", value.strip()):
            raise ValueError("expects five cron fields, such as */5 * * * *")
        return value.strip()

    @field_validator("gtm_state_dir", mode="before")
    @classmethod
    def _state_dir(cls, value: object) -> object:
        if isinstance(value, str):
            path = Path(value).expanduser() if value.strip() else PROJECT_ROOT / ".state"
            return path if path.is_absolute() else Path.cwd() / path
        return value

    @field_validator("superoffice_login_url", "notion_base_url", "google_gemini_base_url", "gtm_public_url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/:]+(:\d+)?(/\S*)?", value):
            raise ValueError("expects an address such as https://example.com")
        return value

    @field_validator("gtm_database_url")
    @classmethod
    def _is_database_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.match(r"(sqlite|postgres(ql)?(\+psycopg)?)://", value.get_secret_value()):
            raise ValueError("expects sqlite:///<path> or postgresql://<user>:<password>@<host>/<database>")
        return value

    @field_validator("gtm_review_policy", mode="before")
    @classmethod
    def _review_policy(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        policy: dict[BlockKind, str] = dict(_default_policy())
        text = value.strip()
        if not text:
            return policy
        if text in {"manual", "auto"}:
            return dict.fromkeys(policy, text)
        for part in text.split(","):
            kind, _, mode = (piece.strip() for piece in part.partition("="))
            if kind not in policy or mode not in {"manual", "auto"}:
                raise ValueError("expects manual, auto, or a list such as cell=manual,opener=auto")
            policy[kind] = mode
        return policy

    @field_validator("gtm_notion_columns", mode="before")
    @classmethod
    def _notion_columns(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        columns: dict[str, str] = {}
        for part in value.split(",") if value.strip() else ():
            ours, separator, theirs = part.partition("=")
            if not separator or "." not in ours or not theirs.strip():
                raise ValueError("expects a list such as verticals.Pains=Schmerzpunkte,personas.Job Titles=Jobtitel")
            columns[ours.strip().casefold()] = theirs.strip()
        return columns

    @property
    def login_url(self) -> str:
        """Login host of SuperOffice; the un-numbered sub-domain of the environment unless overridden."""
        return (self.superoffice_login_url or f"https://{self.environment}.superoffice.com").rstrip("/")

    @property
    def environment(self) -> SuperOfficeEnvironment:
        """The environment; an empty one means ``sod`` (refused while writing is on, see :func:`parse_settings`)."""
        return self.superoffice_environment or "sod"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the store."""
        if self.gtm_database_url is not None:
            return self.gtm_database_url.get_secret_value()
        return f"sqlite:///{self.gtm_state_dir / 'store.sqlite'}"

    @property
    def private_key_pem(self) -> str | None:
        """The system user's private key as PEM text, whether the variable holds the text or a path."""
        if self.superoffice_private_key is None:
            return None
        value = self.superoffice_private_key.get_secret_value()
        if "-----BEGIN" in value:
            return value.replace("\\n", "\n")
        path = Path(value).expanduser()
        if not path.is_file():
            raise ConfigurationError("SUPEROFFICE_PRIVATE_KEY: expects PEM text or the path of a readable PEM file.")
        return path.read_text(encoding="ascii")

    @property
    def configured_fields(self) -> dict[str, str | None]:
        """Role to what ``SUPEROFFICE_FIELD_<ROLE>`` says: a ProgId, a label, or None where it is left to label and default."""
        prefix = "superoffice_field_"
        names = [name for name in type(self).model_fields if name.startswith(prefix)]
        return {name.removeprefix(prefix): getattr(self, name) for name in names}

    def missing(self) -> dict[str, list[str]]:
        """Names of the variables each outside system still needs, by system; empty lists are left out."""
        needed: dict[str, list[str]] = {"SuperOffice": [], "Notion": [], "Gemini": []}
        for name in ("superoffice_tenant", "superoffice_client_id", "superoffice_client_secret"):
            if getattr(self, name) is None:
                needed["SuperOffice"].append(name.upper())
        system_user = self.superoffice_system_token is not None, self.superoffice_private_key is not None
        if self.superoffice_refresh_token is None and not all(system_user):
            if system_user[0]:
                needed["SuperOffice"].append("SUPEROFFICE_PRIVATE_KEY")
            elif system_user[1]:
                needed["SuperOffice"].append("SUPEROFFICE_SYSTEM_TOKEN")
            else:
                needed["SuperOffice"].append(
                    "SUPEROFFICE_REFRESH_TOKEN (or SUPEROFFICE_SYSTEM_TOKEN and SUPEROFFICE_PRIVATE_KEY)"
                )
        for name in ("token", "verticals_database_id", "personas_database_id", "campaigns_database_id"):
            if getattr(self, f"notion_{name}") is None:
                needed["Notion"].append(f"NOTION_{name.upper()}")
        if self.gemini_api_key is None:
            needed["Gemini"].append("GEMINI_API_KEY")
        return {system: names for system, names in needed.items() if names}

    def require(self, *systems: Literal["SuperOffice", "Notion", "Gemini"]) -> None:
        """Refuse to go on where a system's variables are missing.

        Raises:
            ConfigurationError: It names the missing variables and where they are explained.
        """
        missing = [
            f"{name} ({system})" for system, names in self.missing().items() if system in systems for name in names
        ]
        if missing:
            raise ConfigurationError(
                f"Missing: {', '.join(missing)}. Set them in the environment or in .env (see .env.example), "
                "or run `gtm sandbox` to try everything without an account."
            )


def vendor_variables(environ: Mapping[str, str]) -> list[str]:
    """Names of the set, non-empty variables that belong to an outside system."""
    return sorted(
        name
        for name, value in environ.items()
        if value.strip() and (name.startswith(VENDOR_PREFIXES) or name == "GOOGLE_GEMINI_BASE_URL")
    )


def read_env_file(env_file: Path | None = None) -> dict[str, str]:
    """The variables of ``.env``, by default the project's; none where there is no such file."""
    from dotenv import dotenv_values

    path = env_file if env_file is not None else PROJECT_ROOT / ".env"
    return {name: value for name, value in dotenv_values(path).items() if value is not None} if path.is_file() else {}


def read_environment(environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> dict[str, str]:
    """The variables that count: the project's ``.env``, overridden by the environment itself."""
    return {**read_env_file(env_file), **(os.environ if environ is None else environ)}


def wrong_values(values: Mapping[str, str]) -> dict[str, str]:
    """Variables whose value is not accepted, each with what it expects; how they go together is :func:`parse_settings`'s question."""
    try:
        Settings(**_known(values))
    except ValidationError as error:
        return {str(e["loc"][0]).upper(): _expectation(e) for e in error.errors()}
    return {}


def _known(values: Mapping[str, str]) -> dict[str, Any]:
    return {name: values[name.upper()] for name in Settings.model_fields if name.upper() in values}


def parse_settings(values: Mapping[str, str]) -> Settings:
    """Validate variables.

    Args:
        values: Variable names in upper case to their text; unknown names are ignored.

    Raises:
        ConfigurationError: Every wrong variable with what it expects.
    """
    if wrong := wrong_values(values):
        lines = [f"{name}: {expectation}" for name, expectation in wrong.items()]
        raise ConfigurationError("Configuration is wrong. " + " ".join(lines) + " See .env.example.") from None
    settings = Settings(**_known(values))
    if settings.superoffice_environment is None:
        if settings.superoffice_allow_live_write:
            raise ConfigurationError(
                "SUPEROFFICE_ENVIRONMENT is empty while SUPEROFFICE_ALLOW_LIVE_WRITE is true: expects sod, qaonline or "
                "online. Nothing is written to a tenant whose environment nobody named."
            )
        if settings.superoffice_tenant is not None:
            warnings.warn("SUPEROFFICE_ENVIRONMENT is empty: using sod, the development environment.", stacklevel=2)
    if settings.gtm_public_url is not None and settings.gtm_secret_key is None:
        raise ConfigurationError(
            "GTM_SECRET_KEY is empty while GTM_PUBLIC_URL is set: expects a long random text; unsubscribe links are signed with it."
        )
    return settings


def _expectation(error: Any) -> str:
    kind = error["type"]
    if kind == "literal_error":
        return f"expects {error['ctx']['expected']}."
    if kind.startswith("bool"):
        return "expects true or false."
    return str(error["msg"]).removeprefix("Value error, ").rstrip(".") + "."


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings of this process, read from ``.env`` and the environment once."""
    return parse_settings(read_environment())
