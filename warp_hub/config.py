"""Settings: environment variables that begin with WARP_HUB_, each listed in the README."""

import contextlib
import os
import re
import secrets
import tempfile
from difflib import get_close_matches
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_SECRET = 32
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ConfigurationError(Exception):
    """A setting is missing or wrong; the text is one line that says which and what to do."""


def default_data_dir() -> Path:
    """Return the folder for the embedded database and the mail folder when none is set."""
    if os.geteuid() == 0:
        return Path("/var/lib/warp-hub")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "warp-hub"


class Provider(BaseModel):
    """Somebody else who says who a person is (OpenID Connect); `second_factor_acr` are its words for two factors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    name: str = Field(min_length=1, max_length=60)
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: SecretStr
    second_factor_acr: frozenset[str] = frozenset()

    @field_validator("issuer")
    @classmethod
    def _issuer_is_guarded(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("must begin with https://")
        return value


class Settings(BaseSettings):
    """All that an installation may set; every default is the safe one."""

    model_config = SettingsConfigDict(env_prefix="WARP_HUB_", extra="ignore", frozen=True)

    database_url: str | None = None
    web_database_url: str | None = None
    work_database_url: str | None = None
    custody_database_url: str | None = None
    secret_key: SecretStr | None = None
    base_url: str = "http://localhost:8000"
    data_dir: Path = Field(default_factory=default_data_dir)
    smtp_url: str | None = None
    mail_folder: Path | None = None
    mail_from: str = "WARP Hub <no-reply@localhost>"
    mail_authserv_id: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    threads: int = Field(default=8, ge=1, le=64)
    idle_minutes: int = Field(default=60, ge=5, le=720)
    session_hours: int = Field(default=12, ge=1, le=24)
    demo: bool = False
    microsoft_client_id: str | None = None
    microsoft_client_secret: SecretStr | None = None
    microsoft_authority: str = "https://login.microsoftonline.com"
    sign_in_providers: tuple[Provider, ...] = ()

    @field_validator("*", mode="before")
    @classmethod
    def _something_is_given(cls, value: object) -> object:
        if isinstance(value, str) and not value.strip():
            raise ValueError("is empty: give it a value or unset it")
        return value

    @field_validator("data_dir", "mail_folder", mode="before")
    @classmethod
    def _folder_is_named(cls, value: object) -> object:
        # An empty name would mean wherever the command happens to run.
        if isinstance(value, str) and not value.strip():
            raise ValueError("must name a folder")
        return value

    @field_validator("mail_authserv_id")
    @classmethod
    def _server_has_one_name(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[\w.:-]+", value):
            raise ValueError("must be one word, as your mail server writes it, such as mx.hub.example")
        return value

    @field_validator("base_url", "microsoft_authority")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        if not _is_origin(value):
            raise ValueError("must be an origin such as https://hub.example")
        return value.rstrip("/")

    @field_validator("database_url", "web_database_url", "work_database_url", "custody_database_url")
    @classmethod
    def _postgresql_only(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("postgresql://", "postgresql+psycopg://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        scheme, _, rest = value.partition("://")
        url = value if scheme == "postgresql+psycopg" else f"postgresql+psycopg://{rest}"
        try:
            make_url(url)
        except (ArgumentError, ValueError):
            raise ValueError("cannot be read: postgresql://USER:PASSWORD@HOST:PORT/DATABASE is the form") from None
        return url

    @field_validator("secret_key")
    @classmethod
    def _secret_is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(set(value.get_secret_value())) < 8:
            raise ValueError("is too simple")
        if value is not None and len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"must have at least {SHORTEST_SECRET} characters")
        return value

    @model_validator(mode="after")
    def _own_database_needs_own_secret(self) -> Self:
        if not self.embedded and self.secret_key is None:
            raise ValueError("WARP_HUB_SECRET_KEY must be set when WARP_HUB_DATABASE_URL is")
        return self

    @model_validator(mode="after")
    def _demonstration_stays_here(self) -> Self:
        if self.demo and not {self.host, urlsplit(self.base_url).hostname} <= LOOPBACK:
            raise ValueError("WARP_HUB_DEMO is only for http://localhost: its sign-in asks for no password")
        return self

    @model_validator(mode="after")
    def _providers_are_whole(self) -> Self:
        if (self.microsoft_client_id is None) != (self.microsoft_client_secret is None):
            raise ValueError("WARP_HUB_MICROSOFT_CLIENT_ID and WARP_HUB_MICROSOFT_CLIENT_SECRET belong together")
        slugs = ["microsoft", *(provider.slug for provider in self.sign_in_providers)]
        if len(set(slugs)) < len(slugs):
            raise ValueError("WARP_HUB_SIGN_IN_PROVIDERS names two providers alike, or one microsoft")
        return self

    @property
    def embedded(self) -> bool:
        """Say whether this installation runs its own PostgreSQL."""
        return not (self.database_url or self.web_database_url or self.work_database_url)

    @property
    def is_https(self) -> bool:
        """Say whether people reach the hub over https, so that cookies may be Secure."""
        return self.base_url.startswith("https://")

    @property
    def mail_to_folder(self) -> Path | None:
        """Return the folder letters are written to, or None where a mail server takes them."""
        if self.mail_folder is not None:
            return self.mail_folder
        return None if self.smtp_url else self.data_dir / "mail"

    def secret(self) -> str:
        """Return the installation's secret; the embedded one is made once and kept in its data folder."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        return _kept_secret(self.data_dir / "secret.key")


def load_settings(**overrides: object) -> Settings:
    """Read the environment, overridden by what is given; raise ConfigurationError with one clear line."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise ConfigurationError("; ".join(_sentences(error))) from None
    except SettingsError:  # of all settings one alone is a list
        raise ConfigurationError("WARP_HUB_SIGN_IN_PROVIDERS is no JSON list: the README shows one") from None


def mistyped() -> list[str]:
    """Return a sentence for each variable that is nearly the name of a setting, and so is silently none."""
    names = {f"WARP_HUB_{name.upper()}" for name in Settings.model_fields}
    others = {name for name in os.environ if name.startswith("WARP_HUB_") and not name.startswith("WARP_HUB_TEST_")}
    near = {name: get_close_matches(name, names, 1, 0.85) for name in sorted(others) if name.upper() not in names}
    return [f"{name} is no setting: is {found[0]} meant?" for name, found in near.items() if found]


def use(settings: Settings) -> Settings:
    """Make these the settings of this process; the process's edge calls it once."""
    _current[:] = [settings]
    return settings


def current() -> Settings:
    """Return the settings of this process; raise ConfigurationError before any are in use."""
    if not _current:
        raise ConfigurationError("no settings are in use yet")
    return _current[0]


_current: list[Settings] = []


def _sentences(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        name = "WARP_HUB_" + "_".join(str(part) for part in problem["loc"]).upper() if problem["loc"] else ""
        message = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name} {message}".strip())
    return lines


def _is_origin(value: str) -> bool:
    try:
        parts = urlsplit(value)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return named and not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)


def _kept_secret(path: Path) -> str:
    """Return the secret kept in a file; the first to ask makes it, whole and at once."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _link_into_place(path, secrets.token_hex(32))
        return path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(f"WARP_HUB_DATA_DIR cannot be used: {path}: {error.strerror}") from None


def _link_into_place(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret") as file:
        file.write(text)
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
