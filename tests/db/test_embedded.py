"""The embedded server: made, shared, stopped, and whole after every kind of kill."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.database import connect
from tests.db.conftest import is_running, kill_server, leave, server_pid
from warp_hub.config import load_settings
from warp_hub.db.embedded import DatabaseUnavailable, EmbeddedPostgres, available

Command = Callable[..., subprocess.Popen[str]]


def say(server: EmbeddedPostgres, query: str) -> object:
    with connect(server.url("owner")) as connection:
        return connection.execute(query).fetchone()[0]


def test_the_first_command_makes_the_database_and_the_last_one_out_stops_it(place: Path) -> None:
    server = EmbeddedPostgres(place / "hub")
    with server:
        assert say(server, "SELECT current_database()") == "warp_hub"
        assert is_running(place / "hub" / "postgres")
    assert not (place / "hub" / "postgres" / "postmaster.pid").exists()


def test_what_was_written_is_there_the_next_time(place: Path) -> None:
    with EmbeddedPostgres(place / "hub") as server, connect(server.url("owner")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'a report' AS title")
    with EmbeddedPostgres(place / "hub") as server:
        assert say(server, "SELECT title FROM kept") == "a report"


def test_the_database_is_utf8_with_checksums_and_c_utf8(server: EmbeddedPostgres) -> None:
    query = "SELECT pg_encoding_to_char(encoding) || ' ' || datlocale FROM pg_database WHERE datname = 'warp_hub'"
    assert say(server, query) == "UTF8 C.UTF-8"
    assert say(server, "SELECT current_setting('data_checksums')") == "on"


def test_data_are_written_through_to_the_disk_unless_told_otherwise(place: Path) -> None:
    with EmbeddedPostgres(place / "hub") as server:
        assert say(server, "SHOW fsync") == "on"
        assert say(server, "SHOW synchronous_commit") == "on"
    with EmbeddedPostgres(place / "hub", durable=False) as server:
        assert say(server, "SHOW fsync") == "off"


def test_it_listens_on_a_private_socket_and_on_no_port(server: EmbeddedPostgres) -> None:
    assert say(server, "SHOW listen_addresses") == ""
    folder = Path(str(say(server, "SHOW unix_socket_directories")))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.stat().st_uid == (server.data_dir / "postgres").stat().st_uid


def test_each_role_has_its_own_login_in_its_url(server: EmbeddedPostgres) -> None:
    assert server.url("owner").startswith("postgresql+psycopg://warp_hub@/warp_hub?host=")
    assert server.url("work").startswith("postgresql+psycopg://warp_hub_work@/warp_hub?host=")


def test_an_address_is_asked_for_before_there_is_one(place: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="has not been started"):
        EmbeddedPostgres(place / "hub").url("owner")


def test_a_second_command_shares_the_server_and_may_stay_longer(place: Path, command: Command) -> None:
    first, second = command(place / "hub"), command(place / "hub")
    assert first.stdout.readline() == second.stdout.readline()
    leave(first)
    assert is_running(place / "hub" / "postgres")
    leave(second)
    assert not is_running(place / "hub" / "postgres")


def test_commands_that_start_at_once_on_a_new_folder_share_one_server(place: Path, command: Command) -> None:
    crowd = [command(place / "hub") for _ in range(5)]
    assert len({process.stdout.readline() for process in crowd}) == 1
    assert [leave(process)[1:] for process in crowd] == [("", 0)] * 5
    assert not is_running(place / "hub" / "postgres")


def test_a_killed_command_leaves_the_server_to_the_next_one_which_stops_it(place: Path, command: Command) -> None:
    killed = command(place / "hub")
    since = killed.stdout.readline()
    killed.kill()
    killed.wait()
    assert is_running(place / "hub" / "postgres")
    following = command(place / "hub")
    assert following.stdout.readline() == since
    leave(following)
    assert not is_running(place / "hub" / "postgres")


def test_a_child_that_was_forked_from_a_command_keeps_the_server(place: Path) -> None:
    server = EmbeddedPostgres(place / "hub", durable=False)
    server.start()
    child = subprocess.Popen(["sleep", "60"], pass_fds=[server._using])  # what a forked worker holds
    assert server.stop() is False
    assert is_running(place / "hub" / "postgres")
    child.kill()
    child.wait()
    assert EmbeddedPostgres(place / "hub", durable=False).stop() is False
    with EmbeddedPostgres(place / "hub", durable=False):
        pass
    assert not is_running(place / "hub" / "postgres")


def test_a_killed_server_is_started_again_with_all_that_was_committed(place: Path) -> None:
    with EmbeddedPostgres(place / "hub") as server:
        with connect(server.url("owner")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        kill_server(place / "hub" / "postgres")
        assert server.revive() is True
        assert say(server, "SELECT one FROM kept") == 1
        assert server.revive() is False


def test_a_command_after_a_killed_server_finds_it_whole(place: Path, command: Command) -> None:
    killed = command(place / "hub")
    killed.stdout.readline()
    kill_server(place / "hub" / "postgres")
    killed.kill()
    killed.wait()
    assert leave(command(place / "hub"))[1:] == ("", 0)


def test_the_number_of_a_dead_server_may_belong_to_another_process(place: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"], user=None)
    with EmbeddedPostgres(place / "hub") as server:
        kill_server(place / "hub" / "postgres")
        mark = place / "hub" / "postgres" / "postmaster.pid"
        lines = mark.read_text().splitlines()
        mark.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        assert server.revive() is True
        assert say(server, "SELECT 1") == 1
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_server_whose_own_number_went_to_a_stranger_leaves_the_stranger_alone(place: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    server = EmbeddedPostgres(place / "hub")
    server.start()
    kill_server(place / "hub" / "postgres")
    (place / "hub" / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n")
    assert server.stop() is True
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_an_attempt_that_was_killed_half_way_is_cleared(place: Path) -> None:
    half = place / "hub" / "postgres.unfinished"
    half.mkdir(parents=True)
    place.joinpath("hub").chmod(0o711)
    (half / "PG_VERSION").write_text("18")
    with EmbeddedPostgres(place / "hub") as server:
        assert say(server, "SELECT 1") == 1
    assert not half.exists()


def test_a_command_killed_while_it_makes_the_database_does_no_harm(place: Path, command: Command) -> None:
    killed = command(place / "hub")
    unfinished = place / "hub" / "postgres.unfinished"
    while not unfinished.exists() and killed.poll() is None:
        time.sleep(0.005)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert leave(command(place / "hub"))[1:] == ("", 0)


def test_a_socket_that_was_swept_away_comes_back(server: EmbeddedPostgres) -> None:
    folder = server.data_dir / "socket"
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    assert server.revive() is True
    assert say(server, "SELECT 1") == 1


def test_a_long_path_has_its_socket_in_a_short_one(place: Path) -> None:
    folder = place / ("long" * 30)
    with EmbeddedPostgres(folder, durable=False) as server:
        assert say(server, "SELECT 1") == 1
        socket = Path(str(say(server, "SHOW unix_socket_directories")))
        assert len(str(socket)) < 60
        assert socket.stat().st_mode & 0o777 == 0o700
    assert not socket.exists()


def test_a_path_may_hold_any_character(place: Path) -> None:
    with EmbeddedPostgres(place / 'O\'Neill, 100% "Gwynedd" ŵ', durable=False) as server:
        assert say(server, "SELECT 1") == 1


def test_a_socket_folder_of_somebody_else_is_not_used(place: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    with EmbeddedPostgres(place / ("long" * 30), durable=False) as server:
        taken = Path(str(say(server, "SHOW unix_socket_directories")))
    taken.mkdir(mode=0o700)
    os.chown(taken, 4711, 4711)
    with EmbeddedPostgres(place / ("long" * 30), durable=False) as server:
        assert Path(str(say(server, "SHOW unix_socket_directories"))) != taken
    taken.rmdir()


def test_no_value_of_a_row_reaches_the_log(server: EmbeddedPostgres) -> None:
    with connect(server.url("owner")) as connection:
        connection.execute("CREATE TABLE person (email text PRIMARY KEY, CHECK (email <> 'canary-checked@example'))")
        connection.execute("INSERT INTO person VALUES ('canary-twice@example')")
        for address in ("canary-twice@example", "canary-checked@example"):
            with pytest.raises(psycopg.IntegrityError):
                connection.execute(f"INSERT INTO person VALUES ('{address}')")
    log = (server.data_dir / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "canary" not in log


def test_a_folder_of_another_version_is_refused_in_one_line(place: Path) -> None:
    with EmbeddedPostgres(place / "hub", durable=False):
        pass
    (place / "hub" / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(DatabaseUnavailable, match="made by PostgreSQL 14 and this WARP Hub brings 18") as refusal:
        EmbeddedPostgres(place / "hub").start()
    assert "\n" not in str(refusal.value)


def test_a_file_where_the_folder_should_be_is_refused_in_one_line(place: Path) -> None:
    (place / "hub").write_text("")
    with pytest.raises(DatabaseUnavailable, match="is not a folder"):
        EmbeddedPostgres(place / "hub").start()


def test_damaged_data_are_reported_in_one_line(place: Path) -> None:
    with EmbeddedPostgres(place / "hub", durable=False):
        pass
    (place / "hub" / "postgres" / "global" / "pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(DatabaseUnavailable, match="did not start") as refusal:
        EmbeddedPostgres(place / "hub").start()
    assert "\n" not in str(refusal.value)


def test_settings_without_a_database_url_bring_the_server(place: Path) -> None:
    settings = load_settings(data_dir=place / "hub")
    with available(settings):
        assert server_pid(place / "hub" / "postgres")
    assert not is_running(place / "hub" / "postgres")
