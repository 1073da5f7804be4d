"""Tells people who open a link from the programs that open links for them: previews, scanners, robots."""

from __future__ import annotations

import re

from bot.web.asking import Asked

_ROBOT = re.compile(
    r"(?<!cu)bot(?!tle)"  # TelegramBot, Twitterbot, Slackbot, Googlebot…; Cubot makes phones
    r"|crawl|spider|slurp|scraper|preview|prerender|prefetch|fetcher|headless|phantomjs|puppeteer|playwright|lighthouse"
    r"|facebookexternalhit|facebookcatalog|meta-external|whatsapp|vkshare|slack-imgproxy|embedly|pinterest/"
    r"|mediapartners|google-(?:inspection|read|safety|structured)|apis-google|feedly|feedburner"
    r"|monitor|uptime|pingdom|statuscake|zabbix|nagios|prometheus"
    r"|scanner|security|proofpoint|mimecast|barracuda|safelinks|virustotal|checker|validator"
    r"|curl|wget|libwww|lwp|python|aiohttp|httpx|urllib|go-http|okhttp|java/|apache-http|axios|node-fetch|undici"
    r"|guzzle|php/|ruby|perl|postman|insomnia|httpie|dalvik/",
    re.IGNORECASE,
)
"""Words in the names of programs that no person looks through. Telegram's own browser says «Telegram-Android»."""
_BEFOREHAND = ("purpose", "sec-purpose", "x-purpose", "x-moz")


def is_person(asked: Asked) -> bool:
    """Tell whether it looks as if a person opened the link; whoever does not say who they are is none."""
    if asked.method != "GET":
        return False
    agent = asked.headers.get("user-agent", "")
    if not agent or _ROBOT.search(agent):
        return False
    if any(
        re.search("prefetch|prerender|preview", asked.headers.get(name, ""), re.IGNORECASE) for name in _BEFOREHAND
    ):
        return False
    # Browsers say what they fetch for: a picture of the page, or a script, is not somebody who came to read it.
    return asked.headers.get("sec-fetch-mode", "navigate") == "navigate"
