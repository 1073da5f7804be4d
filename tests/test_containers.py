"""The Dockerfile and compose.yaml, as far as they can be tried without containers: what they name exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from bot.commands import app
from bot.roles import Role
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
INSTRUCTIONS = {
    "FROM",
    "WORKDIR",
    "RUN",
    "COPY",
    "ENV",
    "USER",
    "VOLUME",
    "EXPOSE",
    "HEALTHCHECK",
    "ENTRYPOINT",
    "CMD",
}
SECRETS = re.compile(r"TOKEN|PASSWORD|SECRET|SMTP|KEYS")


def _dockerfile() -> list[tuple[str, str]]:
    """Return instructions and what they are given."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert not any(line.endswith("\\") or line.startswith(" ") for line in lines), (
        "an instruction is one line here"
    )
    return [(name, given) for name, _, given in (line.partition(" ") for line in lines)]


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


OURS = {name: service for name, service in _compose()["services"].items() if "build" in service}


def test_every_line_of_the_dockerfile_is_an_instruction() -> None:
    given = _dockerfile()
    assert {name for name, _ in given} <= INSTRUCTIONS
    assert given[0][0] == "FROM"
    assert all(value for _, value in given)


def test_the_dockerfile_copies_what_exists_and_dockerignore_lets_it_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    stages = {given.split(" AS ")[1] for name, given in _dockerfile() if name == "FROM" and " AS " in given}
    copied = [shlex.split(given) for name, given in _dockerfile() if name == "COPY"]
    for *sources, _ in (words for words in copied if not words[0].startswith("--from")):
        for source in sources:
            assert (ROOT / source).exists(), source
            assert source in let_through, f"{source} is not in .dockerignore"
    assert {words[0].partition("=")[2] for words in copied if words[0].startswith("--from")} <= stages


def test_the_image_has_every_package_of_ours() -> None:
    wanted = re.search(
        r"^packages = \[(.*)\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert wanted is not None
    packages = set(re.findall(r"\w+", wanted[1]))
    assert packages <= {given.split()[0] for name, given in _dockerfile() if name == "COPY"}


def test_the_image_runs_as_nobody_special_and_says_how_it_is() -> None:
    given = _dockerfile()
    names = [name for name, _ in given]
    user = dict(given)["USER"]
    assert user not in {"root", "0"}
    assert any(name == "RUN" and f" {user} " in value and "useradd" in value for name, value in given)
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert dict(given)["ENTRYPOINT"] == '["hotlead"]'
    listens = re.search(r"HOTLEAD_LISTEN=0\.0\.0\.0:(\d+)", dict(given)["ENV"])
    assert listens is not None
    assert f":{listens[1]}/health'" in dict(given)["HEALTHCHECK"]
    compile(dict(given)["HEALTHCHECK"].split('"')[-2], "the health check", "exec")


def test_nothing_secret_is_in_the_image_or_in_compose() -> None:
    assert not [given for name, given in _dockerfile() if name in {"ENV", "ARG"} and SECRETS.search(given)]
    for service in _compose()["services"].values():
        for name, value in service["environment"].items():
            assert not SECRETS.search(name) or value.startswith("${"), name
    addresses = [service["environment"]["HOTLEAD_DATABASE"] for service in OURS.values()]
    assert all(
        re.fullmatch(r"postgresql://hotlead:\$\{\w+:\?[\w. ]+\}@postgres/hotlead", each) for each in addresses
    )


def test_every_setting_that_they_name_exists() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("Dockerfile", "compose.yaml")]
    named = {name for text in texts for name in re.findall(r"HOTLEAD_\w+", text)}
    assert named
    assert named <= {f"HOTLEAD_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_compose_is_one_of_ours(name: str) -> None:
    command, *words = shlex.split(OURS[name]["command"])
    group = typer.main.get_group(app)
    with group.make_context("hotlead", [command, *words], resilient_parsing=False) as context:
        found = group.commands[command].make_context(command, words, parent=context)
    assert found.params["only"]


def test_compose_runs_two_of_each_role_so_that_one_may_die() -> None:
    roles = [shlex.split(service["command"])[-1] for service in OURS.values()]
    assert sorted(roles) == sorted(Role)
    assert {service["deploy"]["replicas"] for service in OURS.values()} == {2}


def test_what_compose_depends_on_is_there() -> None:
    compose = _compose()
    for service in OURS.values():
        for other, waits in service["depends_on"].items():
            assert waits == {"condition": "service_healthy"}
            assert "healthcheck" in compose["services"][other]
    mounted = {each.partition(":")[0] for service in compose["services"].values() for each in service["volumes"]}
    assert mounted == set(compose["volumes"])
