"""Settings: each mistake is one clear line that names the variable."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from warp_hub.config import ConfigurationError, load_settings

SECRET = "a long secret for this test 0123456789"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"database_url": "mysql://x/y", "secret_key": SECRET}, "WARP_HUB_DATABASE_URL must begin with postgresql://"),
        ({"database_url": "postgresql://x/y"}, "WARP_HUB_SECRET_KEY must be set when WARP_HUB_DATABASE_URL is"),
        ({"secret_key": "short"}, "WARP_HUB_SECRET_KEY"),
        ({"secret_key": "a" * 64}, "WARP_HUB_SECRET_KEY is too simple"),
        ({"base_url": "hub.example"}, "WARP_HUB_BASE_URL must be an origin such as https://hub.example"),
        ({"base_url": "https://hub.example/portal"}, "WARP_HUB_BASE_URL must be an origin"),
        ({"data_dir": ""}, "WARP_HUB_DATA_DIR must name a folder"),
        ({"mail_folder": " "}, "WARP_HUB_MAIL_FOLDER must name a folder"),
        ({"port": 70000}, "WARP_HUB_PORT"),
        ({"idle_minutes": 0}, "WARP_HUB_IDLE_MINUTES"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(given: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings(**given)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_error_repeats_a_secret() -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings(secret_key="hunter2hunter2", database_url="mysql://user:topsecret@db/x")
    assert "hunter2" not in str(refused.value)
    assert "topsecret" not in str(refused.value)


def test_an_installation_with_no_settings_has_an_own_database_mail_folder_and_kept_secret(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "data")
    assert settings.embedded
    assert settings.mail_to_folder == tmp_path / "data" / "mail"
    assert settings.secret() == load_settings(data_dir=tmp_path / "data").secret()
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o077 == 0


def test_a_mail_server_takes_letters_unless_a_folder_is_named(tmp_path: Path) -> None:
    assert load_settings(data_dir=tmp_path, smtp_url="smtp://localhost").mail_to_folder is None
    named = load_settings(data_dir=tmp_path, smtp_url="smtp://localhost", mail_folder=tmp_path / "letters")
    assert named.mail_to_folder == tmp_path / "letters"


def test_a_secret_that_is_never_shown(tmp_path: Path) -> None:
    assert SECRET not in repr(load_settings(data_dir=tmp_path, secret_key=SECRET))


def test_everybody_who_asks_at_once_reads_the_same_whole_secret(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    with ThreadPoolExecutor(16) as pool:
        read = list(pool.map(lambda _: settings.secret(), range(64)))
    assert len(set(read)) == 1
    assert len(read[0]) == 64
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


def test_providers_of_identities_that_cannot_be_used_are_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = '{"slug": "%s", "name": "A", "issuer": "%s", "client_id": "hub", "client_secret": "a secret not told"}'
    wrong = (
        ("no list", "is no JSON list"),
        ("{}", "WARP_HUB_SIGN_IN_PROVIDERS"),
        (f"[{whole % ('one', 'http://provider.example')}]", "must begin with https://"),
        (f"[{whole % ('microsoft', 'https://provider.example')}]", "names two providers alike, or one microsoft"),
    )
    for given, said in wrong:
        monkeypatch.setenv("WARP_HUB_SIGN_IN_PROVIDERS", given)
        with pytest.raises(ConfigurationError, match=said) as raised:
            load_settings()
        assert "a secret not told" not in str(raised.value)
    monkeypatch.setenv("WARP_HUB_SIGN_IN_PROVIDERS", f"[{whole % ('one', 'https://provider.example')}]")
    assert [provider.slug for provider in load_settings().sign_in_providers] == ["one"]
    monkeypatch.setenv("WARP_HUB_MICROSOFT_CLIENT_ID", "alone")
    with pytest.raises(ConfigurationError, match="belong together"):
        load_settings()
