"""What Telegram refuses, in Telegram's own words."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """An answer with `ok: false`: its code (also the HTTP status), its text, and sometimes what to do."""

    code: int
    description: str
    parameters: Mapping[str, int] | None = None


class Refused(Exception):  # noqa: N818  (it is an answer, not a failure of the emulator)
    """Ends the handling of a request with a refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.description)
        self.refusal = refusal


def bad_request(text: str) -> Refusal:
    """Return a 400 with Telegram's prefix before `text`."""
    return Refusal(400, f"Bad Request: {text}")


def too_many_requests(retry_after: int) -> Refusal:
    """Return the 429 that names how many seconds to wait."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def required(name: str) -> Refusal:
    """Return the refusal of a request without the parameter `name`."""
    return bad_request(f'parameter "{name}" is required')


def cannot_parse_entities(detail: str) -> Refusal:
    """Return the refusal of a text whose markup has the fault `detail`."""
    return bad_request(f"can't parse entities: {detail}")


def button_unreadable(detail: str) -> Refusal:
    """Return the refusal of an inline button whose JSON has the fault `detail`."""
    return bad_request(f"can't parse inline keyboard button: {detail}")


def button_link_invalid(kind: str, link: str, detail: str) -> Refusal:
    """Return the refusal of an inline button that would open `link`."""
    return bad_request(f"inline keyboard button {kind} '{link}' is invalid: {detail}")


def no_file(kind: str) -> Refusal:
    """Return the refusal of a request that should carry a `kind` and does not."""
    return bad_request(f"there is no {kind} in the request")


def photo_too_big(size: int) -> Refusal:
    """Return the refusal of a photo of so many bytes."""
    return bad_request(f"file of size {size} bytes is too big for a photo; the maximum size is 10485760 bytes")


def media_unreadable(detail: str) -> Refusal:
    """Return the refusal of an album with a part that has the fault `detail`."""
    return bad_request(f"can't parse InputMedia: {detail}")


def album_part_refused(position: int, detail: str) -> Refusal:
    """Return the refusal of an album whose part at `position`, from 1, was not taken."""
    return bad_request(f'failed to send message #{position} with the error message "{detail}"')


def bot_was_kicked(kind: str) -> Refusal:
    """Return the refusal of a chat (a group or a supergroup) that removed the bot."""
    return Refusal(403, f"Forbidden: bot was kicked from the {kind} chat")


def group_migrated(to: int) -> Refusal:
    """Return the refusal of a group that lives on as the supergroup `to`."""
    return Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": to})


BLOCKED = Refusal(403, "Forbidden: bot was blocked by the user")
DEACTIVATED = Refusal(403, "Forbidden: user is deactivated")
NEVER_STARTED = Refusal(403, "Forbidden: bot can't initiate conversation with a user")
TO_A_BOT = Refusal(403, "Forbidden: the bot can't send messages to the bot")

CHAT_NOT_FOUND = bad_request("chat not found")
CHAT_ID_EMPTY = bad_request("chat_id is empty")

TEXT_EMPTY = bad_request("message text is empty")
TEXT_BLANK = bad_request("text must be non-empty")
TEXT_TOO_LONG = bad_request("message is too long")
TEXT_OVER_32K = bad_request("text is too long")
CAPTION_TOO_LONG = bad_request("message caption is too long")
PARSE_MODE = bad_request("unsupported parse_mode")
ENTITIES_JSON = bad_request("can't parse entities JSON object")
# Not Telegram's words: the emulator says plainly what it does not know.
MARKDOWN_NOT_EMULATED = Refusal(501, "Not Implemented: the emulator reads HTML only, not Markdown")

MARKUP_JSON = bad_request("can't parse reply keyboard markup JSON object")
MARKUP_OBJECT = bad_request("object expected as reply markup")
BUTTON_TYPE = button_unreadable("Text buttons are unallowed in the inline keyboard")
BUTTON_TEXT = bad_request("inline keyboard button text must be non-empty")
BUTTON_DATA = bad_request("BUTTON_DATA_INVALID")
KEY_TEXT = bad_request("keyboard button text must be non-empty")
INLINE_EXPECTED = bad_request("inline keyboard expected")
CONTACT_IN_GROUP = bad_request("phone number can be requested in private chats only")
LOCATION_IN_GROUP = bad_request("location can be requested in private chats only")

NOT_MODIFIED = bad_request(
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
MESSAGE_ID_MISSING = bad_request("message identifier is not specified")
EDIT_NOT_FOUND = bad_request("message to edit not found")
CANNOT_EDIT = bad_request("message can't be edited")
NO_TEXT_TO_EDIT = bad_request("there is no text in the message to edit")
NO_CAPTION_TO_EDIT = bad_request("there is no caption in the message to edit")
DELETE_NOT_FOUND = bad_request("message to delete not found")
CANNOT_DELETE = bad_request("message can't be deleted")
CANNOT_DELETE_FOR_ALL = bad_request("message can't be deleted for everyone")
REPLY_NOT_FOUND = bad_request("message to be replied not found")
QUERY_TOO_OLD = bad_request("query is too old and response timeout expired or query ID is invalid")
ANSWER_TOO_LONG = bad_request("MESSAGE_TOO_LONG")
CHAT_ACTION = bad_request("wrong parameter action in request")
COMMAND_INVALID = bad_request("BOT_COMMAND_INVALID")

ALBUM_JSON = bad_request("can't parse media JSON object")
ALBUM_ARRAY = bad_request("expected an Array of InputMedia")
ALBUM_EMPTY = bad_request("there are no messages to send")
ALBUM_TOO_LONG = bad_request("too many messages to send as an album")
ALBUM_OF_DOCUMENTS = bad_request("document can't be mixed with other media types")
ALBUM_OF_AUDIO = bad_request("audio can't be mixed with other media types")

FILE_EMPTY = bad_request("file must be non-empty")
FILE_URL = bad_request("wrong file identifier/HTTP URL specified")
FILE_ID = bad_request("invalid file_id")
FILE_TOO_BIG = bad_request("file is too big")
FILE_GONE = bad_request("wrong file_id or the file is temporarily unavailable")
UPLOAD_TOO_LARGE = Refusal(413, "Request Entity Too Large")

UNAUTHORIZED = Refusal(401, "Unauthorized")
TOKEN_FORM = Refusal(401, "Unauthorized: invalid token specified")
NOT_FOUND_PATH = Refusal(404, "Not Found")
METHOD_NOT_FOUND = Refusal(404, "Not Found: method not found")
RESTART = Refusal(500, "Internal Server Error: restart")

OTHER_POLLER = Refusal(
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
)
WEBHOOK_ACTIVE = Refusal(
    409,
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
)
WEBHOOK_SET = Refusal(409, "Conflict: terminated by setWebhook request")
WEBHOOK_HTTPS = bad_request("bad webhook: An HTTPS URL must be provided for webhook")
WEBHOOK_PORT = bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
WEBHOOK_SECRET = bad_request("secret token contains unallowed characters")
WEBHOOK_SECRET_LONG = bad_request("secret token is too long")
