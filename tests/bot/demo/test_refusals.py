"""Every refusal, word for word as Telegram's own server says it."""

from typing import Any

import pytest

from bot.demo.emulator import Emulator, Person, refusals
from bot.demo.emulator.refusals import Refusal
from tests.bot.demo.asking import Asker

ENTITIES = "can't parse entities: "
UNCLOSED = 'Can\'t find end tag corresponding to start tag "b"'
BUTTON = "can't parse inline keyboard button: "
ALBUM = "can't parse InputMedia: "
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)

# All that the emulator may say. Written out here a second time, so that a slip of the pen is seen.
TEXTS = {
    "BLOCKED": (403, "Forbidden: bot was blocked by the user"),
    "DEACTIVATED": (403, "Forbidden: user is deactivated"),
    "NEVER_STARTED": (403, "Forbidden: bot can't initiate conversation with a user"),
    "TO_A_BOT": (403, "Forbidden: the bot can't send messages to the bot"),
    "CHAT_NOT_FOUND": (400, "Bad Request: chat not found"),
    "CHAT_ID_EMPTY": (400, "Bad Request: chat_id is empty"),
    "TEXT_EMPTY": (400, "Bad Request: message text is empty"),
    "TEXT_BLANK": (400, "Bad Request: text must be non-empty"),
    "TEXT_TOO_LONG": (400, "Bad Request: message is too long"),
    "TEXT_OVER_32K": (400, "Bad Request: text is too long"),
    "CAPTION_TOO_LONG": (400, "Bad Request: message caption is too long"),
    "PARSE_MODE": (400, "Bad Request: unsupported parse_mode"),
    "ENTITIES_JSON": (400, "Bad Request: can't parse entities JSON object"),
    "MARKDOWN_NOT_EMULATED": (501, "Not Implemented: the emulator reads HTML only, not Markdown"),
    "MARKUP_JSON": (400, "Bad Request: can't parse reply keyboard markup JSON object"),
    "MARKUP_OBJECT": (400, "Bad Request: object expected as reply markup"),
    "BUTTON_TYPE": (400, f"Bad Request: {BUTTON}Text buttons are unallowed in the inline keyboard"),
    "BUTTON_TEXT": (400, "Bad Request: inline keyboard button text must be non-empty"),
    "BUTTON_DATA": (400, "Bad Request: BUTTON_DATA_INVALID"),
    "KEY_TEXT": (400, "Bad Request: keyboard button text must be non-empty"),
    "INLINE_EXPECTED": (400, "Bad Request: inline keyboard expected"),
    "CONTACT_IN_GROUP": (400, "Bad Request: phone number can be requested in private chats only"),
    "LOCATION_IN_GROUP": (400, "Bad Request: location can be requested in private chats only"),
    "ALBUM_JSON": (400, "Bad Request: can't parse media JSON object"),
    "ALBUM_ARRAY": (400, "Bad Request: expected an Array of InputMedia"),
    "ALBUM_EMPTY": (400, "Bad Request: there are no messages to send"),
    "ALBUM_TOO_LONG": (400, "Bad Request: too many messages to send as an album"),
    "ALBUM_OF_DOCUMENTS": (400, "Bad Request: document can't be mixed with other media types"),
    "ALBUM_OF_AUDIO": (400, "Bad Request: audio can't be mixed with other media types"),
    "NOT_MODIFIED": (400, f"Bad Request: {NOT_MODIFIED}"),
    "MESSAGE_ID_MISSING": (400, "Bad Request: message identifier is not specified"),
    "EDIT_NOT_FOUND": (400, "Bad Request: message to edit not found"),
    "CANNOT_EDIT": (400, "Bad Request: message can't be edited"),
    "NO_TEXT_TO_EDIT": (400, "Bad Request: there is no text in the message to edit"),
    "NO_CAPTION_TO_EDIT": (400, "Bad Request: there is no caption in the message to edit"),
    "DELETE_NOT_FOUND": (400, "Bad Request: message to delete not found"),
    "CANNOT_DELETE": (400, "Bad Request: message can't be deleted"),
    "CANNOT_DELETE_FOR_ALL": (400, "Bad Request: message can't be deleted for everyone"),
    "REPLY_NOT_FOUND": (400, "Bad Request: message to be replied not found"),
    "QUERY_TOO_OLD": (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    ),
    "ANSWER_TOO_LONG": (400, "Bad Request: MESSAGE_TOO_LONG"),
    "CHAT_ACTION": (400, "Bad Request: wrong parameter action in request"),
    "COMMAND_INVALID": (400, "Bad Request: BOT_COMMAND_INVALID"),
    "FILE_EMPTY": (400, "Bad Request: file must be non-empty"),
    "FILE_URL": (400, "Bad Request: wrong file identifier/HTTP URL specified"),
    "FILE_ID": (400, "Bad Request: invalid file_id"),
    "FILE_TOO_BIG": (400, "Bad Request: file is too big"),
    "FILE_GONE": (400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
    "UPLOAD_TOO_LARGE": (413, "Request Entity Too Large"),
    "UNAUTHORIZED": (401, "Unauthorized"),
    "TOKEN_FORM": (401, "Unauthorized: invalid token specified"),
    "NOT_FOUND_PATH": (404, "Not Found"),
    "METHOD_NOT_FOUND": (404, "Not Found: method not found"),
    "RESTART": (500, "Internal Server Error: restart"),
    "OTHER_POLLER": (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    ),
    "WEBHOOK_ACTIVE": (
        409,
        f"Conflict: {WEBHOOK_ACTIVE}",
    ),
    "WEBHOOK_SET": (409, "Conflict: terminated by setWebhook request"),
    "WEBHOOK_HTTPS": (400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"),
    "WEBHOOK_PORT": (
        400,
        "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
    ),
    "WEBHOOK_SECRET": (400, "Bad Request: secret token contains unallowed characters"),
    "WEBHOOK_SECRET_LONG": (400, "Bad Request: secret token is too long"),
}


def test_the_emulator_says_nothing_but_what_the_table_names() -> None:
    said = {name: value for name, value in vars(refusals).items() if isinstance(value, Refusal)}
    assert {name: (refusal.code, refusal.description) for name, refusal in said.items()} == TEXTS


def _inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


def _album(*kinds: str) -> list[dict[str, str]]:
    return [{"type": kind, "media": f"https://acme.example/{kind}"} for kind in kinds]


ANNA = 7_000_000_001
GROUP = -1001234567890
HERS, BOTS, PHOTO = 1, 2, 3  # message ids in the chat with Anna

CASES: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"text": "Hi"}, "CHAT_ID_EMPTY"),
    ("sendMessage", {"text": "Hi", "chat_id": 5}, "CHAT_NOT_FOUND"),
    ("sendMessage", {"text": "Hi", "chat_id": "@anna"}, "CHAT_NOT_FOUND"),
    ("sendMessage", {"text": "Hi", "chat_id": 42}, "TO_A_BOT"),
    ("sendMessage", {"chat_id": ANNA}, "TEXT_EMPTY"),
    ("sendMessage", {"chat_id": ANNA, "text": " \n "}, "TEXT_BLANK"),
    ("sendMessage", {"chat_id": ANNA, "text": "<b> </b>", "parse_mode": "HTML"}, "TEXT_BLANK"),
    ("sendMessage", {"chat_id": ANNA, "text": "a" * 4097}, "TEXT_TOO_LONG"),
    ("sendMessage", {"chat_id": ANNA, "text": "🔥" * 2049}, "TEXT_TOO_LONG"),
    ("sendMessage", {"chat_id": ANNA, "text": "a" * 32769}, "TEXT_OVER_32K"),
    ("sendMessage", {"chat_id": ANNA, "text": "Hi", "parse_mode": "bb"}, "PARSE_MODE"),
    ("sendMessage", {"chat_id": ANNA, "text": "Hi", "parse_mode": "MarkdownV2"}, "MARKDOWN_NOT_EMULATED"),
    ("sendMessage", {"chat_id": ANNA, "text": "Hi", "entities": "{"}, "ENTITIES_JSON"),
    ("sendMessage", {"chat_id": ANNA, "text": "?", "reply_markup": "{"}, "MARKUP_JSON"),
    ("sendMessage", {"chat_id": ANNA, "text": "?", "reply_markup": "[]"}, "MARKUP_OBJECT"),
    ("sendMessage", {"chat_id": ANNA, "text": "?", "reply_markup": _inline(text="A")}, "BUTTON_TYPE"),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "?", "reply_markup": _inline(text="", callback_data="a")},
        "BUTTON_TEXT",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "?", "reply_markup": _inline(text="A", callback_data="")},
        "BUTTON_DATA",
    ),
    ("sendMessage", {"chat_id": ANNA, "text": "?", "reply_markup": {"keyboard": [[""]]}}, "KEY_TEXT"),
    (
        "sendMessage",
        {
            "chat_id": GROUP,
            "text": "?",
            "reply_markup": {"keyboard": [[{"text": "☎", "request_contact": True}]]},
        },
        "CONTACT_IN_GROUP",
    ),
    (
        "sendMessage",
        {
            "chat_id": GROUP,
            "text": "?",
            "reply_markup": {"keyboard": [[{"text": "📍", "request_location": True}]]},
        },
        "LOCATION_IN_GROUP",
    ),
    ("sendMediaGroup", {"chat_id": ANNA, "media": "{"}, "ALBUM_JSON"),
    ("sendMediaGroup", {"chat_id": ANNA, "media": {"type": "photo"}}, "ALBUM_ARRAY"),
    ("sendMediaGroup", {"chat_id": ANNA, "media": []}, "ALBUM_EMPTY"),
    ("sendMediaGroup", {"chat_id": ANNA, "media": _album(*["photo"] * 11)}, "ALBUM_TOO_LONG"),
    ("sendMediaGroup", {"chat_id": ANNA, "media": _album("photo", "document")}, "ALBUM_OF_DOCUMENTS"),
    ("sendMediaGroup", {"chat_id": ANNA, "media": _album("video", "audio")}, "ALBUM_OF_AUDIO"),
    ("sendMediaGroup", {"chat_id": 5, "media": _album("photo", "photo")}, "CHAT_NOT_FOUND"),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "Hi", "reply_parameters": {"message_id": 99}},
        "REPLY_NOT_FOUND",
    ),
    ("editMessageText", {"chat_id": ANNA, "text": "Hi"}, "MESSAGE_ID_MISSING"),
    ("editMessageText", {"chat_id": ANNA, "text": "Hi", "message_id": 99}, "EDIT_NOT_FOUND"),
    ("editMessageText", {"chat_id": ANNA, "text": "Hi", "message_id": HERS}, "CANNOT_EDIT"),
    ("editMessageText", {"chat_id": ANNA, "text": "Hi", "message_id": PHOTO}, "NO_TEXT_TO_EDIT"),
    ("editMessageText", {"chat_id": ANNA, "text": "A text", "message_id": BOTS}, "NOT_MODIFIED"),
    (
        "editMessageReplyMarkup",
        {"chat_id": ANNA, "message_id": BOTS, "reply_markup": {"keyboard": [["A"]]}},
        "INLINE_EXPECTED",
    ),
    ("editMessageCaption", {"chat_id": ANNA, "caption": "Hi", "message_id": BOTS}, "NO_CAPTION_TO_EDIT"),
    ("deleteMessage", {"chat_id": ANNA, "message_id": 99}, "DELETE_NOT_FOUND"),
    ("deleteMessage", {"chat_id": GROUP, "message_id": 4}, "CANNOT_DELETE"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, "QUERY_TOO_OLD"),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "a" * 201}, "ANSWER_TOO_LONG"),
    ("sendChatAction", {"chat_id": ANNA, "action": "dancing"}, "CHAT_ACTION"),
    ("sendPhoto", {"chat_id": ANNA, "photo": "no id"}, "FILE_URL"),
    ("sendPhoto", {"chat_id": ANNA, "photo": "AgAC" + "x" * 30}, "FILE_ID"),
    (
        "sendPhoto",
        {"chat_id": ANNA, "photo": "https://a.example/b", "caption": "a" * 1025},
        "CAPTION_TOO_LONG",
    ),
    ("getFile", {"file_id": "no id"}, "FILE_ID"),
    ("setMyCommands", {"commands": [{"command": "Big", "description": "x"}]}, "COMMAND_INVALID"),
    ("setWebhook", {"url": "http://bot.example/"}, "WEBHOOK_HTTPS"),
    ("setWebhook", {"url": "https://bot.example:8080/"}, "WEBHOOK_PORT"),
    ("setWebhook", {"url": "https://bot.example/", "secret_token": "a b"}, "WEBHOOK_SECRET"),
    ("setWebhook", {"url": "https://bot.example/", "secret_token": "a" * 257}, "WEBHOOK_SECRET_LONG"),
    ("sendDance", {}, "METHOD_NOT_FOUND"),
]


@pytest.fixture
async def chats(emulator: Emulator, anna: Person, ask: Asker) -> Asker:
    """A chat with Anna's message, a text and a photo of the bot; and a group where Anna wrote."""
    anna.starts()
    await ask("sendMessage", chat_id=anna.id, text="A text")
    await ask("sendPhoto", chat_id=anna.id, photo="https://acme.example/chair.png")
    group = emulator.group(GROUP, title="Sales", members=[anna])
    assert group.says(anna, "hello").id == 4
    return ask


@pytest.mark.parametrize(("method", "params", "name"), CASES, ids=[case[2] for case in CASES])
async def test_a_wrong_request_gets_telegrams_own_words(
    chats: Asker, method: str, params: dict[str, Any], name: str
) -> None:
    reply = await chats(method, **params)
    code, description = TEXTS[name]
    assert reply.body == {"ok": False, "error_code": code, "description": description}
    assert reply.status == code


DETAILS: list[tuple[str, dict[str, Any], str]] = [
    ("sendPhoto", {}, "there is no photo in the request"),
    ("sendDocument", {}, "there is no document in the request"),
    ("sendVideo", {}, "there is no video in the request"),
    ("sendVoice", {}, "there is no voice in the request"),
    ("getFile", {}, 'parameter "file_id" is required'),
    ("sendMediaGroup", {}, 'parameter "media" is required'),
    ("sendMediaGroup", {"media": ["x"]}, f"{ALBUM}expected an Object"),
    ("sendMediaGroup", {"media": [{"type": "photo"}]}, f"{ALBUM}media not found"),
    ("sendMediaGroup", {"media": [{"type": "photo", "media": "attach://none"}]}, f"{ALBUM}media not found"),
    (
        "sendMediaGroup",
        {"media": _album("animation")},
        f'{ALBUM}type "animation" can\'t be used in sendMediaGroup',
    ),
    ("sendMediaGroup", {"media": _album("sticker")}, f'{ALBUM}type "sticker" is unsupported'),
    (
        "sendMediaGroup",
        {"media": [*_album("photo"), {"type": "photo", "media": "AgAC" + "x" * 30}]},
        'failed to send message #2 with the error message "Invalid file_id"',
    ),
    (
        "sendMessage",
        {"text": "<x>", "parse_mode": "html"},
        ENTITIES + 'Unsupported start tag "x" at byte offset 0',
    ),
    (
        "sendMessage",
        {"text": "?", "reply_markup": _inline(text="A", url=None)},
        BUTTON + 'Field "url" must be of type String',
    ),
    (
        "sendMessage",
        {"text": "?", "reply_markup": _inline(text="A", url="http://localhost:8081")},
        "inline keyboard button URL 'http://localhost:8081' is invalid: Wrong HTTP URL",
    ),
    (
        "sendMessage",
        {"text": "?", "reply_markup": _inline(text="A", url="ftp://acme.example")},
        "inline keyboard button URL 'ftp://acme.example' is invalid: Unsupported URL protocol",
    ),
    (
        "sendMessage",
        {"text": "?", "reply_markup": _inline(text="A", web_app={"url": "http://acme.example"})},
        "inline keyboard button Web App URL 'http://acme.example' is invalid: Only HTTPS links are allowed",
    ),
]


@pytest.mark.parametrize(("method", "params", "text"), DETAILS, ids=[case[2][:40] for case in DETAILS])
async def test_a_refusal_names_its_cause(chats: Asker, method: str, params: dict[str, Any], text: str) -> None:
    reply = await chats(method, chat_id=ANNA, **params)
    assert (reply.status, reply.description) == (400, f"Bad Request: {text}")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "NOT_FOUND_PATH"),
        ("/bot42:demo-token", "NOT_FOUND_PATH"),
        ("/botdemo/getMe", "TOKEN_FORM"),
        ("/bot0:demo/getMe", "TOKEN_FORM"),
        (f"/bot42:{'a' * 80}/getMe", "TOKEN_FORM"),
        ("/bot43:demo-token/getMe", "UNAUTHORIZED"),
        ("/file/bot43:demo-token/photos/file_1.png", "UNAUTHORIZED"),
        ("/file/bot42:demo-token/photos/file_1.png", "NOT_FOUND_PATH"),
    ],
)
async def test_a_wrong_address_or_token_is_refused(ask: Asker, path: str, name: str) -> None:
    reply = await ask.request(path)
    assert (reply.status, reply.description) == TEXTS[name]


async def test_a_removed_bot_is_told_where_it_was_kicked_from(
    emulator: Emulator, anna: Person, ask: Asker
) -> None:
    group = emulator.group(GROUP, title="Sales", members=[anna])
    group.removes_bot(anna)
    reply = await ask("sendMessage", chat_id=GROUP, text="Hi")
    assert (reply.status, reply.description) == (403, "Forbidden: bot was kicked from the supergroup chat")
    group.adds_bot(anna)
    assert (await ask("sendMessage", chat_id=GROUP, text="Hi")).result["chat"]["title"] == "Sales"
