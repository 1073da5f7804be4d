"""The demo without a browser: its page's requests and events over real HTTP, the real bot behind them."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from bot.demo.page import page
from bot.demo.player import AT_ONCE, Tempo
from bot.demo.plays import Ending, play
from bot.demo.serving import served
from bot.demo.show import Show
from bot.demo.stage import QUIZZES, Stage, built
from bot.pace import Pace
from bot.publishing import shipped_quizzes
from tests.bot.demo.visitor import Visitor, visiting

ROOT = Path(__file__).parents[3]
QUICK = Pace(bot=10_000, chat=10_000, chat_burst=100, group=10_000)
SLOW = Tempo(step=0.3, looking=0.2, tapping=0, reading=0)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    """One stage for all tests here: each of them brings its own prospect."""
    async with built("en", QUICK) as stage:
        yield stage


async def _show(stage: Stage, tempo: Tempo) -> AsyncIterator[Visitor]:
    stage.cast.speak("en")
    show = Show(stage, "en", tempo)
    async with show.open(), served(page(show)) as address, visiting(address) as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(stage: Stage) -> AsyncIterator[Visitor]:
    async for visitor in _show(stage, AT_ONCE):
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def patient(stage: Stage) -> AsyncIterator[Visitor]:
    """A visitor of a show whose plays take their time."""
    async for visitor in _show(stage, SLOW):
        yield visitor


TONES = {Ending.HOT: {"hot", "good"}, Ending.WARM: {"warm", "hot", "good"}, Ending.UNFIT: {"unfit"}}
"""How the strip paints what must have happened in a play."""


def _ended(visitor: Visitor, ending: Ending) -> bool:
    begun = visitor.lines[:1]
    name = visitor.screen["prospect"]["name"]
    whole = bool(begun) and name in begun[0]["title"] and TONES[ending] <= {line["tone"] for line in visitor.lines}
    return whole and visitor.playing is None


def _newest_card(visitor: Visitor) -> str:
    return next((text for text in reversed(visitor.texts("manager")) if "🔥" in text), "")


async def test_a_hot_lead_reaches_the_manager_is_taken_and_everybody_is_told(visitor: Visitor) -> None:
    assert visitor.texts("prospect") == []
    assert await visitor.asks("play", ending="hot") == 204
    await visitor.sees(lambda: visitor.playing == "hot")
    await visitor.sees(lambda: visitor.playing is None)
    name = visitor.screen["prospect"]["name"]
    await visitor.sees(lambda: "Contacted after" in _newest_card(visitor))
    assert f"<b>{name}</b>" in _newest_card(visitor)
    assert "+20" in _newest_card(visitor)
    await visitor.sees(lambda: any("Max has your answers" in text for text in visitor.texts("prospect")))
    await visitor.sees(lambda: any("Max took it" in text for text in visitor.texts("admin")))
    assert visitor.texts("prospect")[0] == "/start"
    assert visitor.screen["prospect"]["messages"][1]["photos"][0]


async def test_the_strip_tells_the_whole_story_with_the_reasons_of_the_score(visitor: Visitor) -> None:
    await visitor.asks("play", ending="hot")
    await visitor.sees(lambda: _ended(visitor, Ending.HOT) and "made contact" in visitor.last)
    name, told, titles = visitor.screen["prospect"]["name"], visitor.lines, visitor.story
    assert titles[:4] == [
        f"{name} opened the bot",
        "7 answers saved",
        "Consent to be contacted",
        "Phone number shared",
    ]
    scored = next(line for line in told if line["tone"] == "hot")
    assert scored["title"] == f"{sum(reason['points'] for reason in scored['points'])} points: hot"
    assert {"label": "Needed by", "points": 20} in scored["points"]
    assert "Offered to 1 manager at once" in titles
    assert told[0]["detail"] == "Office furniture · source: demo"


async def test_a_warm_lead_gets_a_follow_up_reacts_and_becomes_hot(visitor: Visitor) -> None:
    await visitor.asks("play", ending="warm")
    await visitor.sees(lambda: "took it" in visitor.last)
    told = " | ".join(visitor.story)
    for part in ("points: warm", "Follow-up planned", "Time jumped", "Follow-up 1/4", "opened the link: +30"):
        assert part in told
    assert "tapped" in _newest_card(visitor)
    days = visitor.screen["clock"]["ahead"] / 86_400_000
    assert days > 0


async def test_an_unfit_prospect_is_redirected_and_no_manager_hears_of_it(visitor: Visitor) -> None:
    await visitor.sees(lambda: "You are a manager" in visitor.texts("manager")[-1])
    before = visitor.texts("manager")
    await visitor.asks("play", ending="unfit")
    await visitor.sees(lambda: "Not a fit: Only repair or used furniture" in visitor.story)
    await visitor.sees(lambda: "workshop" in visitor.texts("prospect")[-1])
    assert visitor.texts("manager") == before


@pytest.mark.parametrize(("quiz", "language"), [("dance-school", "uk"), ("b2b-agency", "ru")])
async def test_the_plays_of_the_other_quizzes_and_languages_end_as_they_should(
    visitor: Visitor, quiz: str, language: str
) -> None:
    await visitor.asks("choose", quiz=quiz, language=language)
    await visitor.sees(lambda: visitor.screen["choices"]["language"] == language)
    for ending in Ending:
        await visitor.asks("play", ending=ending)
        await visitor.sees(lambda ending=ending: _ended(visitor, ending))  # type: ignore[misc]  # bound for the loop
        assert "✋" not in {line["icon"] for line in visitor.lines}


async def test_the_page_speaks_the_chosen_language_and_so_do_the_phones(visitor: Visitor) -> None:
    await visitor.asks("choose", language="uk")
    await visitor.sees(lambda: visitor.screen["texts"]["play.hot"] == "Показати гарячого ліда")
    await visitor.sees(lambda: "Ви тут менеджер" in visitor.texts("manager")[-1])
    assert visitor.screen["manager"]["name"] == "Макс"
    assert visitor.texts("prospect") == []
    await visitor.asks("start", phone="prospect")
    await visitor.sees(lambda: any("Вітаємо" in text for text in visitor.texts("prospect")))


async def _walks_to_cold(visitor: Visitor) -> None:
    await visitor.asks("start", phone="prospect")
    await visitor.taps("prospect", "For a company")
    await visitor.taps("prospect", "☐ Meeting rooms")
    await visitor.taps("prospect", "✔️ Done (1)")
    await visitor.sees(lambda: "How many places" in visitor.texts("prospect")[-1])
    await visitor.asks("say", phone="prospect", text="twelve")
    await visitor.sees(lambda: "I need a number" in visitor.texts("prospect")[-1])
    await visitor.asks("say", phone="prospect", text="6")
    await visitor.taps("prospect", "Later")
    await visitor.taps("prospect", "I need advice")
    await visitor.sees(lambda: bool(visitor.screen["prospect"]["keys"]))
    await visitor.asks("say", phone="prospect", text=visitor.screen["prospect"]["keys"][0][0]["text"])
    await visitor.taps("prospect", "Skip")
    await visitor.taps("prospect", "Yes, contact me")
    await visitor.sees(lambda: bool(visitor.screen["prospect"]["keys"]))
    await visitor.asks("say", phone="prospect", text=visitor.screen["prospect"]["keys"][0][0]["text"])
    await visitor.taps("prospect", "Yes, send me ideas")
    name = visitor.screen["prospect"]["name"]
    await visitor.sees(lambda: visitor.screen["planned"] is not None)
    assert visitor.screen["planned"]["what"] == f"Follow-up 1 of 3 to {name}"


async def test_a_visitor_can_walk_the_quiz_alone_and_stop_the_follow_ups(visitor: Visitor) -> None:
    """Once the plan was gone from the page before the line that tells why was there."""
    await _walks_to_cold(visitor)
    await visitor.asks("say", phone="prospect", text="/stop")
    await visitor.sees(lambda: visitor.screen["planned"] is None)
    assert "wants no more follow-ups" in visitor.last
    assert await visitor.asks("clock", to="next") == 409


async def test_a_page_that_is_left_leaves_nothing_waiting(stage: Stage) -> None:
    async with served(page(Show(stage, "en", AT_ONCE))) as address, visiting(address), visiting(address):
        pass
    assert not [task for task in asyncio.all_tasks() if "Changes" in repr(task)]


async def test_the_clock_jumps_to_what_is_scheduled_next(visitor: Visitor) -> None:
    await _walks_to_cold(visitor)
    before = visitor.screen["clock"]["ahead"]
    assert await visitor.asks("clock", to="next") == 204
    await visitor.sees(lambda: any("adjust the one you have" in text for text in visitor.texts("prospect")))
    assert visitor.screen["clock"]["ahead"] - before > 2 * 86_400_000
    await visitor.sees(lambda: visitor.screen["planned"]["what"].startswith("Follow-up 2 of 3"))
    await visitor.taps("prospect", "🔕 No more of these")
    await visitor.sees(lambda: "wants no more follow-ups" in visitor.last)


async def test_the_clock_jumps_an_hour_and_a_day(visitor: Visitor) -> None:
    before = visitor.screen["clock"]["ahead"]
    await visitor.asks("clock", to="hour")
    await visitor.asks("clock", to="day")
    await visitor.sees(lambda: visitor.screen["clock"]["ahead"] == before + 25 * 3_600_000)


async def test_a_card_that_nobody_takes_is_offered_again(patient: Visitor) -> None:
    await patient.asks("play", ending="hot")
    await patient.sees(lambda: "✋ Take" in patient.buttons("manager"))
    await patient.asks("restart")
    await patient.sees(lambda: patient.playing is None)
    await patient.asks("clock", to="next")
    await patient.sees(lambda: "Nobody took it: offered again" in patient.story)
    await patient.sees(lambda: any("Nobody has taken hot lead" in text for text in patient.texts("admin")))
    await patient.taps("manager", "✋ Take")
    await patient.sees(lambda: "took it" in patient.last)


async def test_the_visitor_who_takes_the_card_first_spoils_nothing(patient: Visitor) -> None:
    await patient.asks("play", ending="hot")
    await patient.taps("manager", "✋ Take")
    await patient.sees(lambda: patient.playing is None)
    await patient.sees(lambda: "made contact" in patient.last)
    assert not any(line["icon"] == "✋" for line in patient.lines)


async def test_a_second_play_stops_the_first_and_begins_with_somebody_new(patient: Visitor) -> None:
    await patient.asks("play", ending="hot")
    await patient.sees(lambda: len(patient.texts("prospect")) > 1)
    first = patient.screen["prospect"]["person"]
    await asyncio.gather(*(patient.asks("play", ending="unfit") for _ in range(3)))
    await patient.sees(lambda: patient.playing == "unfit" and patient.screen["prospect"]["person"] != first)
    await patient.sees(lambda: patient.playing is None)
    await patient.sees(lambda: "Not a fit" in patient.last)
    assert sum(title.startswith("Not a fit") for title in patient.story) == 1


async def test_restart_during_a_play_leaves_an_empty_chat(patient: Visitor) -> None:
    await patient.asks("play", ending="warm")
    await patient.sees(lambda: len(patient.texts("prospect")) > 1)
    await patient.asks("restart")
    await patient.sees(lambda: patient.playing is None and patient.texts("prospect") == [])
    assert patient.screen["prospect"]["finger"] is None


async def test_the_visitor_who_answers_during_a_play_takes_it_over(patient: Visitor) -> None:
    await patient.asks("play", ending="hot")
    await patient.taps("prospect", "Just looking")
    await patient.sees(lambda: patient.playing is None)
    await patient.sees(lambda: "The play stopped: it is your story now" in patient.story)
    await patient.sees(lambda: any("Look as long as you like" in text for text in patient.texts("prospect")))


async def test_a_button_that_is_gone_cannot_be_tapped(visitor: Visitor) -> None:
    assert await visitor.asks("tap", phone="manager", message=1, button="h:1:take:") == 409
    assert await visitor.asks("tap", phone="nobody", message=1, button="t") == 409
    assert await visitor.asks("play", ending="lukewarm") == 409
    assert await visitor.asks("choose", quiz="no-such") == 409
    assert await visitor.asks("fly") == 404


async def test_pictures_are_served_and_nothing_else_is(visitor: Visitor) -> None:
    await visitor.asks("start", phone="prospect")
    await visitor.sees(lambda: len(visitor.texts("prospect")) > 1)
    status, headers, body = await visitor.gets(visitor.screen["prospect"]["messages"][1]["photos"][0])
    assert (status, headers["Content-Type"], body[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert (await visitor.gets("/media/none"))[0] == 404
    assert (await visitor.gets("/static/../page.py"))[0] == 404


async def test_documents_can_be_saved_and_are_never_shown_as_a_page(visitor: Visitor, stage: Stage) -> None:
    await visitor.asks("start", phone="prospect")
    await visitor.sees(lambda: len(visitor.texts("prospect")) > 1)
    number = visitor.screen["prospect"]["person"]
    hostile = stage.emulator.people[number].sends_document("план <b>.html", b"<script>alert(1)</script>").document
    video = stage.emulator.people[number].sends_video().video
    assert hostile is not None
    assert video is not None
    await visitor.sees(lambda: any(message["file"] for message in visitor.screen["prospect"]["messages"][-2:]))
    status, headers, body = await visitor.gets(f"/media/{hostile.file_id}")
    assert (status, headers["Content-Type"], body) == (200, "application/octet-stream", hostile.content)
    assert headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%D0%BF")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert (await visitor.gets(f"/media/{video.file_id}"))[0] == 404


async def test_only_the_page_itself_may_do_something(visitor: Visitor) -> None:
    for origin in ("https://evil.example", "null", visitor.address.replace("127.0.0.1", "localhost")):
        status, _ = await visitor.posts("play", {"ending": "hot"}, {"Origin": origin})
        assert status == 403, origin
    status, _ = await visitor.posts("restart", {}, {"Origin": visitor.address})
    assert status == 204
    assert visitor.playing is None


async def test_a_foreign_host_is_refused(visitor: Visitor) -> None:
    assert (await visitor.gets("/", {"Host": "evil.example"}))[0] == 400
    status, headers, body = await visitor.gets("/")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert b"http://" not in body
    assert b"https://" not in body


async def test_all_quizzes_that_ship_are_on_the_stage(stage: Stage) -> None:
    assert set(QUIZZES) == set(stage.quizzes) == set(shipped_quizzes())
    for quiz in QUIZZES:
        for ending in Ending:
            assert play(quiz, ending)


class Process:
    """`hotlead demo` as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said: list[str] = []

    @classmethod
    async def start(cls, port: int) -> Process:
        code = (
            f"import asyncio; from bot.demo.run import run_demo; asyncio.run(run_demo({port}, open_browser=False))"
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            code,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return cls(process)

    async def address(self) -> str:
        """Wait for the line that names the address."""
        assert self._process.stdout is not None
        async with asyncio.timeout(60):
            async for line in self._process.stdout:
                self.said.append(line.decode().rstrip())
                if "The demo is at " in self.said[-1]:
                    return self.said[-1].rpartition(" ")[2]
        raise AssertionError("\n".join(self.said))

    async def stop(self, number: signal.Signals) -> tuple[int | None, str]:
        """Send the signal; return the exit code and what was said from then on."""
        self._process.send_signal(number)
        rest, _ = await self._process.communicate()
        return self._process.returncode, rest.decode()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_stops_at_once_with_a_page_open_and_passes_over_a_busy_port(number: signal.Signals) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        process = await Process.start(port)
        address = await process.address()
    assert urlsplit(address).port != port
    assert any(line.startswith(f"Port {port} is busy") for line in process.said)
    async with visiting(address) as visitor:
        await visitor.asks("play", ending="hot")
        await visitor.sees(lambda: len(visitor.texts("prospect")) > 2)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        code, said = await process.stop(number)
        assert loop.time() - begun < 2
    assert code == 0
    assert "Traceback" not in said
    assert "Error" not in said
