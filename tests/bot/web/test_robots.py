"""Who opened a link: people count, programs do not."""

from __future__ import annotations

import pytest

from bot.web.asking import Asked
from bot.web.robots import is_person

PEOPLE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; SM-A536B) AppleWebKit/537.36 Mobile Telegram-Android/11.3.3 (Samsung)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/119.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1.15 Mobile/15E148 Instagram 345.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 YaBrowser/24.10.0 Yowser/2.5 Safari/537.36",
)
ROBOTS = (
    "",
    "TelegramBot (like TwitterBot)",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.23.20.0 A",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0)",
    "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Windows NT 6.1) BingPreview/1.0b",
    "Mozilla/5.0 (compatible; YandexBot/3.0)",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0 Safari/537.36",
    "SkypeUriPreview Preview/0.5",
    "curl/8.5.0",
    "Wget/1.21",
    "python-requests/2.32",
    "Python/3.11 aiohttp/3.14",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
    "Dalvik/2.1.0 (Linux; U; Android 12)",
    "Mozilla/5.0 (compatible; UptimeRobot/2.0)",
    "Barracuda Sentinel (EE)",
)
BEFOREHAND = (
    {"purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender"},
    {"x-purpose": "preview"},
    {"x-moz": "prefetch"},
    {"sec-fetch-mode": "no-cors"},
    {"sec-fetch-mode": "cors"},
)


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_person_counts(agent: str) -> None:
    assert is_person(Asked("GET", "/", {"user-agent": agent}))
    assert is_person(Asked("GET", "/", {"user-agent": agent, "sec-fetch-mode": "navigate", "sec-fetch-dest": "x"}))


@pytest.mark.parametrize("agent", ROBOTS)
def test_a_robot_does_not_count(agent: str) -> None:
    assert not is_person(Asked("GET", "/", {"user-agent": agent}))


def test_who_does_not_say_who_they_are_does_not_count() -> None:
    assert not is_person(Asked("GET", "/", {}))


def test_looking_whether_a_page_is_there_does_not_count() -> None:
    assert not is_person(Asked("HEAD", "/", {"user-agent": PEOPLE[0]}))


@pytest.mark.parametrize("headers", BEFOREHAND, ids=str)
def test_a_page_that_is_fetched_beforehand_does_not_count(headers: dict[str, str]) -> None:
    assert not is_person(Asked("GET", "/", {"user-agent": PEOPLE[0], **headers}))
