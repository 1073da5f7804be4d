"""Letters: an e-mail as it goes over the line, with headers that nobody can add to."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from email_validator import EmailNotValidError, validate_email

from bot.mail.port import MailError
from bot.telegram.requests import SendMail

POLICY = SMTP.clone(cte_type="7bit")
"""Seven bits pass through every server, whatever it offers."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def letter(mail: SendMail, sender: Address, now: datetime, token: str) -> EmailMessage:
    """Compose a letter; `token` is what makes its Message-ID the only one. Raises MailError.

    The sender's own name goes before the company's.
    """
    message = EmailMessage(policy=POLICY)
    name = sender.display_name or one_line(mail.sender)
    message["From"] = Address(name, sender.username, sender.domain)
    message["To"] = recipient(mail.to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = now
    message["Message-ID"] = f"<{token}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office note comes back
    message.set_content(mail.text, charset="utf-8")
    return message


def recipient(written: str) -> Address:
    """Return an address as it can be put on the line: one, without a name, in ASCII. Raises MailError."""
    try:
        address = validate_email(written, check_deliverability=False).ascii_email
    except EmailNotValidError:
        raise MailError("the address cannot be written to") from None
    if address is None:
        raise MailError("the address has letters before the @ that most mail servers refuse")
    return Address(addr_spec=address)


def one_line(text: str) -> str:
    """Return a text that cannot begin another header."""
    return " ".join(_CONTROL.sub(" ", text).split())
