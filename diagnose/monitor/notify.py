"""Messages to a team: the JSON that Slack, Mattermost, Rocket.Chat and many gateways take."""

from __future__ import annotations

from dataclasses import dataclass, field

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from diagnose.report.text import block

_MOST = 3000  # characters, below what Slack cuts
_CONNECT_S, _READ_S = 5.0, 10.0
_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""What Slack wants escaped; a log line in a message could else call a whole channel."""


@dataclass(frozen=True, slots=True)
class Notifier:
    """Sends messages to an address, which is a secret."""

    url: str = field(repr=False)

    def tell(self, text: str) -> str:
        """Send a text, again where that may help; empty when it has arrived, else why not, without the address."""
        retry = Retry(
            total=3,
            backoff_factor=1.0,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=None,
            respect_retry_after_header=False,  # a stranger shall not decide how long nothing is watched
        )
        escaped = "".join(_SIGNS.get(sign, sign) for sign in block(text, _MOST))
        with requests.Session() as session:
            for scheme in ("http://", "https://"):
                session.mount(scheme, HTTPAdapter(max_retries=retry))
            try:
                answer = session.post(
                    self.url, json={"text": escaped}, timeout=(_CONNECT_S, _READ_S), allow_redirects=False
                )
            except (requests.RequestException, ValueError) as error:
                return type(error).__name__
        return "" if answer.status_code < 300 else f"status {answer.status_code}"
