"""What can go wrong between a bot and Telegram, to be made to happen on purpose."""

from dataclasses import dataclass

from bot.demo.emulator.refusals import Refusal

_GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    "<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True)
class TooManyRequests:
    """A 429, and the seconds to wait."""

    retry_after: int


@dataclass(frozen=True)
class ServerError:
    """A server or a proxy before it fails; the body is a page, no JSON."""

    status: int = 502
    body: str = _GATEWAY_PAGE


@dataclass(frozen=True)
class TimeoutBefore:
    """The request is lost: nothing is done, and no answer comes."""

    seconds: float = 60


@dataclass(frozen=True)
class TimeoutAfter:
    """The answer is lost: the request is carried out, and no answer comes."""

    seconds: float = 60


@dataclass(frozen=True)
class ConnectionDropAfter:
    """The request is carried out, then the connection breaks."""


@dataclass(frozen=True)
class Delay:
    """The request takes its time."""

    seconds: float


Fault = TooManyRequests | Refusal | ServerError | TimeoutBefore | TimeoutAfter | ConnectionDropAfter | Delay


@dataclass
class _Plan:
    fault: Fault
    method: str | None
    chat_id: int | None
    left: int


class Faults:
    """Faults to come, each for so many requests, in the order in which they were planned."""

    def __init__(self) -> None:
        self._plans: list[_Plan] = []

    def plan(self, fault: Fault, method: str | None, chat_id: int | None, times: int) -> None:
        """Let the next `times` requests of this method, for this chat, meet the fault."""
        self._plans.append(_Plan(fault, method.lower() if method else None, chat_id, times))

    def take(self, method: str, chat_id: str) -> Fault | None:
        """Return the fault that this request meets, and count it."""
        for plan in self._plans:
            fits_method = plan.method in {None, method.lower()}
            if fits_method and (plan.chat_id is None or str(plan.chat_id) == chat_id):
                plan.left -= 1
                if plan.left <= 0:
                    self._plans.remove(plan)
                return plan.fault
        return None

    def forget(self) -> None:
        """Plan no more faults."""
        self._plans.clear()
