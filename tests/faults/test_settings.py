"""Each setting wrong in turn: `serve` ends at once with exit code 1 and one line that names it and shows no secret."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.installation import ROOT, Installation, Said
from tests.mail.servers import free_port
from warp_hub.config import Settings

pytestmark = pytest.mark.xdist_group("settings")

KEY = "a secret for the tests alone 0123456789"
HIDDEN = "Hunter2-Hunter2"
NOWHERE = f"postgresql://hub:{HIDDEN}@127.0.0.1:1/hub"

# The variable that is named, what is set, a word of what is said.
WRONG: list[tuple[str, dict[str, str], str]] = [
    ("DATABASE_URL", {"database_url": f"mysql://hub:{HIDDEN}@db/hub"}, "must begin with postgresql://"),
    ("DATABASE_URL", {"database_url": NOWHERE.replace(":1/", ":port/"), "secret_key": KEY}, "cannot be read"),
    ("DATABASE_URL", {"database_url": "", "secret_key": KEY}, "is empty"),
    ("SECRET_KEY", {"database_url": NOWHERE}, "must be set"),
    ("SECRET_KEY", {"work_database_url": NOWHERE}, "must be set"),
    ("WEB_DATABASE_URL", {"web_database_url": HIDDEN, "secret_key": KEY}, "must begin with postgresql://"),
    ("WORK_DATABASE_URL", {"work_database_url": HIDDEN, "secret_key": KEY}, "must begin with postgresql://"),
    ("CUSTODY_DATABASE_URL", {"custody_database_url": HIDDEN, "secret_key": KEY}, "must begin with postgresql://"),
    ("SECRET_KEY", {"secret_key": HIDDEN[:7] * 6}, "is too simple"),
    ("SECRET_KEY", {"secret_key": HIDDEN + "-abc"}, "at least 32 characters"),
    ("BASE_URL", {"base_url": "hub.example"}, "must be an origin"),
    ("BASE_URL", {"base_url": f"https://hub:{HIDDEN}@hub.example"}, "must be an origin"),
    ("BASE_URL", {"base_url": "https://hub.example:https"}, "must be an origin"),
    ("DATA_DIR", {"data_dir": ""}, "must name a folder"),
    ("SMTP_URL", {"smtp_url": f"mail.example:{HIDDEN}"}, "must begin with smtps://"),
    ("SMTP_URL", {"smtp_url": f"smtp://hub:{HIDDEN}@mail.example"}, "in the clear"),
    ("SMTP_URL", {"smtp_url": f"smtps://hub:{HIDDEN}@mail.example:smtp"}, "must begin with smtps://"),
    ("MAIL_FOLDER", {"mail_folder": "/proc/mail"}, "cannot be written"),
    ("MAIL_FROM", {"mail_from": "nobody"}, "must be an address"),
    ("MAIL_AUTHSERV_ID", {"mail_authserv_id": "mx.hub.example; dmarc=pass"}, "must be one word"),
    ("MAIL_FROM", {"mail_from": "hub@hub.example\nBcc: all@hub.example"}, "must be an address"),
    ("HOST", {"host": "nowhere.invalid"}, "is not an address of this machine"),
    ("PORT", {"port": "http"}, "valid integer"),
    ("PORT", {"port": "70000"}, "65535"),
    ("TRUSTED_PROXIES", {"trusted_proxies": "-1"}, "greater than or equal to 0"),
    ("THREADS", {"threads": "0"}, "greater than or equal to 1"),
    ("IDLE_MINUTES", {"idle_minutes": "1"}, "greater than or equal to 5"),
    ("SESSION_HOURS", {"session_hours": "soon"}, "valid integer"),
    ("DEMO", {"demo": "perhaps"}, "valid boolean"),
    ("DEMO", {"demo": "1", "base_url": "https://hub.example"}, "only for http://localhost"),
    ("DEMO", {"demo": "1", "host": "0.0.0.0"}, "only for http://localhost"),
    ("MICROSOFT_CLIENT_ID", {"microsoft_client_id": ""}, "is empty"),
    ("MICROSOFT_CLIENT_ID", {"microsoft_client_id": "only-this"}, "belong together"),
    ("MICROSOFT_CLIENT_SECRET", {"microsoft_client_secret": " "}, "is empty"),
    ("MICROSOFT_AUTHORITY", {"microsoft_authority": "login.microsoftonline.com"}, "must be an origin"),
    ("SIGN_IN_PROVIDERS", {"sign_in_providers": "[{"}, "is no JSON list"),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[Said]:
    """Return what `serve` said to each."""
    hub = Installation(tmp_path_factory.mktemp("hub"))
    environments = [hub.environment(**{"port": str(free_port())} | given) for _, given, _ in WRONG]
    command = [sys.executable, "-m", "tests.faults.forked_commands"]
    asked = json.dumps([["serve"], environments])
    done = subprocess.run(command, cwd=ROOT, input=asked, stdout=subprocess.PIPE, text=True, timeout=120, check=True)
    return [Said(*each) for each in json.loads(done.stdout)]


@pytest.mark.parametrize("place", range(len(WRONG)), ids=[f"{name}-{says}" for name, _, says in WRONG])
def test_a_wrong_setting_is_one_line(answers: list[Said], place: int) -> None:
    name, _, says = WRONG[place]
    line = answers[place].line
    assert line.startswith(f"warp-hub: WARP_HUB_{name} ")
    assert says in line
    assert HIDDEN[:7] not in line
    assert answers[place].out == ""


def test_every_setting_is_tried() -> None:
    assert {name for name, _, _ in WRONG} == {name.upper() for name in Settings.model_fields}


def test_a_database_that_is_not_there_is_one_line_without_its_password(tmp_path: Path) -> None:
    said = Installation(tmp_path).run("serve", port=str(free_port()), database_url=NOWHERE, secret_key=KEY)
    assert said.line.startswith("warp-hub: The database does not answer: ")
    assert HIDDEN not in said.line


@pytest.mark.parametrize("folder", ["/proc/hub", __file__, f"{__file__}/hub"])
def test_a_data_folder_that_cannot_be_is_one_line(tmp_path: Path, folder: str) -> None:
    said = Installation(Path(folder)).run("serve", port=str(free_port()))
    assert said.line.startswith(f"warp-hub: The data folder {folder} ")


def test_a_name_that_is_nearly_a_setting_is_pointed_out(quick: Installation) -> None:
    said = quick.run("doctor", smpt_url="smtps://mail.example")
    assert "BAD  WARP_HUB_SMPT_URL is no setting: is WARP_HUB_SMTP_URL meant?" in said.out
