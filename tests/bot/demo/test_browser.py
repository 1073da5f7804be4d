"""The demo page in a real browser, from its first sight to a lead that is taken."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from bot.demo.cast import ADMIN_ID
from bot.demo.emulator import Person
from bot.demo.page import page as page_of
from bot.demo.player import Tempo
from bot.demo.serving import served
from bot.demo.show import Show
from bot.demo.stage import Stage, built
from bot.hand_off.buttons import card_buttons
from bot.hand_off.card import card_text
from bot.telegram.requests import (
    File,
    ReplyKey,
    ReplyKeyboard,
    RevisionMedia,
    SendAlbum,
    SendMedia,
    SendText,
    Sent,
)
from bot.texts import LANGUAGES
from dialogs.steps import MediaKind
from tests.bot.hand_off.test_card import CONTACTED, OLENA, a_dossier

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FOUND = next((path for name in BROWSERS if (path := shutil.which(name))), None)
WIDE, NARROW = ViewportSize(width=1366, height=860), ViewportSize(width=390, height=844)
PATIENCE = 30_000
"""Milliseconds after which something that should be seen is not there."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        FOUND is None,
        reason=f"THE DEMO PAGE WAS NOT TESTED IN A BROWSER: none of {', '.join(BROWSERS)} is in PATH",
    ),
]


@dataclass
class Watched:
    """A page, with everything that it complained about and every stranger that it asked."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self._heard("error", str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def _asked(self, url: str) -> None:
        if urlsplit(url).hostname not in {"127.0.0.1", None}:
            self.complaints.append(f"asked a stranger: {url}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    async with built("en") as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module")
async def address(stage: Stage) -> AsyncIterator[str]:
    stage.cast.speak("en")
    show = Show(stage, "en", Tempo())
    async with show.open(), served(page_of(show)) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        # Containers run as root and without a GPU; neither matters for what is tested here.
        browser = await driver.chromium.launch(executable_path=FOUND, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


async def _open(
    browser: Browser, address: str, size: ViewportSize, colours: Literal["light", "dark"] = "light"
) -> Watched:
    page = await browser.new_page(viewport=size, color_scheme=colours)
    page.set_default_timeout(PATIENCE)
    watched = Watched(page)
    watched.watch()
    await page.goto(address)
    await page.wait_for_selector("body[data-ready]")
    return watched


async def _photographed(page: Page, folder: Path, name: str) -> None:
    """Keep a picture; the folder that HOTLEAD_SCREENSHOTS names gets one too."""
    picture = folder / f"{name}.png"
    await page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000
    if wanted := os.environ.get("HOTLEAD_SCREENSHOTS"):
        shutil.copy(picture, Path(wanted) / picture.name)


async def _fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def test_a_hot_lead_is_played_from_start_to_taken(browser: Browser, address: str, tmp_path: Path) -> None:
    watched = await _open(browser, address, WIDE)
    page = watched.page
    await page.click("[data-play=hot]")
    card = page.locator("[data-role=manager] .message", has_text="Hot lead").last
    # Ten seconds from the click: what the page promises to a newcomer.
    await card.wait_for(timeout=10_000)
    await expect(card).to_contain_text("Taken after", timeout=PATIENCE)
    await expect(page.locator("[data-role=prospect] .talk")).to_contain_text("Max has your answers")
    await expect(page.locator("[data-role=admin] .talk")).to_contain_text("Max took it after")
    await expect(card).to_contain_text("Contacted after", timeout=PATIENCE)
    await expect(page.locator("#story .hot .title").last).to_have_text("90 points: hot")
    shown = "[data-role=prospect] .bubble img"
    assert await page.eval_on_selector(shown, "picture => picture.complete && picture.naturalWidth > 0")
    await _photographed(page, tmp_path, "hot")
    await page.click("#restart")
    await page.wait_for_selector("[data-role=prospect].empty .start")
    assert watched.complaints == []


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_on_a_phone_the_three_phones_are_tabs_and_nothing_scrolls_sideways(
    browser: Browser, address: str, tmp_path: Path, colours: Literal["light", "dark"]
) -> None:
    watched = await _open(browser, address, NARROW, colours)
    page = watched.page
    assert await _fits(page)
    await page.click("[data-play=unfit]")
    await page.wait_for_selector("#tabs [data-tab=story] .dot")
    await expect(page.locator("#latest")).to_contain_text("Not a fit", timeout=PATIENCE)
    assert await _fits(page)
    await _photographed(page, tmp_path, f"phone-{colours}")
    for tab in ("manager", "admin", "story"):
        await page.click(f"#tabs [data-tab={tab}]")
        assert await page.is_visible(f".place[data-role={tab}]")
        assert not await page.is_visible(".place[data-role=prospect]")
        assert await _fits(page)
    assert watched.complaints == []


async def test_the_quiz_can_be_answered_with_the_keyboard_alone(browser: Browser, address: str) -> None:
    watched = await _open(browser, address, WIDE)
    page = watched.page
    await page.click("#restart")
    await page.wait_for_selector("[data-role=prospect].empty")
    await page.focus("[data-role=prospect] .start")
    for asked in ("Who is the furniture for?", "What do you need?"):
        await page.keyboard.press("Enter")
        await page.wait_for_selector(f"[data-role=prospect] .message:has-text('{asked}') button:focus")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-role=prospect] button:focus:has-text('☑ Desks')")
    await page.locator("[data-role=prospect] button", has_text="Done (1)").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-role=prospect] input:focus")
    await page.keyboard.type("12")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-role=prospect] .message:has-text('When do you need it?')")
    assert watched.complaints == []


async def test_the_page_comes_back_by_itself_with_everything_that_happened_meanwhile(
    browser: Browser, address: str
) -> None:
    watched = await _open(browser, address, WIDE)
    page = watched.page
    await page.select_option("#language", "uk")
    await expect(page.locator("[data-play=hot]")).to_contain_text("Показати гарячого ліда")
    await page.reload()
    await page.wait_for_selector("body[data-ready]")
    assert await page.evaluate("document.documentElement.lang") == "uk"
    await expect(page.locator("[data-role=manager] .talk")).to_contain_text("Ви тут менеджер")
    await page.select_option("#language", "en")
    await expect(page.locator("[data-play=hot]")).to_contain_text("Play a hot lead")
    assert watched.complaints == []


PLACE_KEY = ReplyKeyboard(keys=(ReplyKey(text="Send my place", asks="location"), ReplyKey(text="Skip")))


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_files_albums_and_places_are_shown_and_documents_can_be_saved(
    browser: Browser, address: str, stage: Stage, tmp_path: Path, size: ViewportSize
) -> None:
    watched = await _open(browser, address, size)
    page = watched.page
    phone = page.locator("[data-role=prospect]")
    await phone.locator(".start").click()
    await phone.locator(".message").nth(2).wait_for()
    person = next(reversed(stage.emulator.people.values()))
    await _send_everything(stage, person)
    person.sends_document("My plan of the office with a rather long name.pdf", b"%PDF" * 4000, "Here it is")
    person.sends_venue("Our office", "Main St 1", 50.45, 30.52)
    await phone.locator(".keys button", has_text="Send my place").click()
    await expect(phone.locator(".place-card").last).to_contain_text("50.4501, 30.5234")
    assert await phone.locator(".photos.several img").count() == 3
    await _photographed(page, tmp_path, f"files-{size['width']}")
    async with page.expect_download() as saving:
        await phone.locator("a.attached", has_text="price-list.pdf").click()
    assert (await saving.value).suggested_filename == "price-list.pdf"
    assert await _fits(page)
    await phone.locator(".photos.several").scroll_into_view_if_needed()
    await _photographed(page, tmp_path, f"album-{size['width']}")
    assert [words for words in watched.complaints if "ownload" not in words] == []


HOSTILE = {
    "tags": "<3</a>",
    "right to left": "علي بن محمد",
    "turned": "\u202eAnna\u2067 gpj.exe",
    "mixed": "דוד 12 (Ltd)",
    "long": "А" * 200,
    "sentence": "A whole sentence where a name should stand, and then some more of it",
    "emoji": "👩‍👩‍👧🏽🏴󠁧󠁢󠁳󠁣󠁴󠁿" * 3,
    "accents": "A" + "\u0301\u0302\u0336\u0488" * 40 + "nna",
    "nothing": "\u3164",
}
LINES = """text => {
    const whole = document.createRange();
    whole.selectNodeContents(text);
    const lines = [];
    for (const box of whole.getClientRects()) {
        const middle = (box.top + box.bottom) / 2;
        const line = lines.find(line => Math.abs(line.middle - middle) < 8);
        if (line) line.left = Math.min(line.left, box.left);
        else if (box.width > 1) lines.push({middle, left: box.left});
    }
    return lines.map(line => line.left);
}"""
"""Where each line of a message begins."""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_card_reads_well_on_a_phone_whatever_people_are_called(
    browser: Browser, address: str, stage: Stage, tmp_path: Path, language: str
) -> None:
    watched = await _open(browser, address, NARROW)
    page, manager = watched.page, stage.cast.manager
    await page.click("#tabs [data-tab=manager]")
    for kind, name in HOSTILE.items():
        dossier = a_dossier(CONTACTED, name, names={OLENA: name}, referrer=name)
        card = SendText(
            chat_id=manager.id,
            html=card_text(dossier, ADMIN_ID, language),
            buttons=card_buttons(dossier, OLENA, language),
        )
        before = await page.locator("[data-role=manager] .message").count()
        assert isinstance(await stage.hotlead.messenger.perform(card), Sent)
        message = page.locator("[data-role=manager] .message").nth(before)
        text = message.locator(".text")
        await text.wait_for()
        begins = await text.evaluate(LINES)
        assert max(begins) - min(begins) < 4, f"{kind}: a line turned around, {begins}"
        assert await text.evaluate("text => text.scrollWidth <= text.clientWidth")
        assert await _fits(page)
        await _photographed(page, tmp_path, f"card-{language}-{kind.replace(' ', '-')}")
    assert watched.complaints == []


async def _send_everything(stage: Stage, person: Person) -> None:
    """Let the bot send a file of every kind, as delivery would."""
    perform, number = stage.hotlead.messenger.perform, person.id
    picture = next(message.photo for message in person.messages if message.photo)
    jpeg = File("hello.jpg", picture.content or b"")
    names = ("a.jpg", "b.jpg", "c.jpg")
    media = tuple(RevisionMedia(quiz="q", revision=1, name=name) for name in names)
    album = SendAlbum(chat_id=number, media=media, captions=("<b>Three</b> of our offices",))
    assert isinstance(await perform(album, None, [jpeg] * 3), Sent)
    kinds: tuple[tuple[MediaKind, str], ...] = (
        ("document", "price-list.pdf"),
        ("video", "tour.mp4"),
        ("voice", "hello.ogg"),
    )
    for kind, name in kinds:
        request = SendMedia(chat_id=number, kind=kind, html="Have a look", media=media[0])
        assert isinstance(await perform(request, None, [File(name, b"x" * 123_456)]), Sent)
    assert isinstance(await perform(SendText(chat_id=number, html="Where?", keyboard=PLACE_KEY)), Sent)
