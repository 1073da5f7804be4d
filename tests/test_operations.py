"""What `docs/operations.md` says can be copied: its snippets are whole."""

from __future__ import annotations

import re
from pathlib import Path

from bot.settings import Settings
from bot.web.receiving import LARGEST_UPDATE, PATH
from bot.web.receiving import PATIENCE as UPDATE_WITHIN

TEXT = (Path(__file__).parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\w*\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
NGINX = next(block for block in BLOCKS if "server_name" in block)
CADDY = next(block for block in BLOCKS if "request_body" in block)


def test_every_brace_is_closed() -> None:
    for block in (NGINX, CADDY):
        depth = 0
        for letter in block:
            depth += {"{": 1, "}": -1}.get(letter, 0)
            assert depth >= 0
        assert depth == 0


def test_every_line_of_nginx_ends_as_nginx_wants() -> None:
    for line in NGINX.splitlines():
        assert not line.strip() or line.rstrip().endswith((";", "{", "}")), line


def test_both_proxies_pass_on_the_webhook_and_let_it_be_as_large_as_it_may() -> None:
    assert f"location {PATH} " in NGINX
    assert f"handle {PATH}* " in CADDY
    assert "client_max_body_size 1m;" in NGINX
    assert "max_size 1MB" in CADDY
    assert LARGEST_UPDATE <= 1024 * 1024
    (waits,) = re.findall(r"proxy_read_timeout (\d+)s;", NGINX)
    assert int(waits) > UPDATE_WITHIN  # who gives up first should be us: our 503 says when to come again


def test_the_settings_in_it_exist() -> None:
    named = set(re.findall(r"^(HOTLEAD_\w+)=", TEXT, re.MULTILINE))
    assert named <= {f"HOTLEAD_{name.upper()}" for name in Settings.model_fields}
    assert "HOTLEAD_RECEIVE" in named
