"""Secrets in log text, and text that only looks like one."""

from __future__ import annotations

import pytest

from diagnose.sources.redact import Redactor, luhn

SECRET = "Zx9-hunter2"
TEXTS = {
    "key=value": f"login password={SECRET} failed",
    "quoted": f'login password="{SECRET}" failed',
    "JSON": f'{{"password":"{SECRET}","user":"a"}}',
    "escaped JSON": f'body: {{\\"api_key\\":\\"{SECRET}\\"}}',
    "colon": f"passwd: {SECRET}",
    "prefixed name": f"DB_PASSWORD={SECRET}",
    "camel case in a query": f"GET /x?access_token={SECRET}&y=1",
    "connection string": f"dial postgres://app:{SECRET}@db:5432/orders: refused",
    "redis without a user": f"redis://:{SECRET}@cache:6379",
    "bearer": f"Authorization: Bearer {SECRET}{SECRET}",
    "bearer alone": f"sent bearer {SECRET}{SECRET}",
    "basic": f"authorization=Basic {SECRET}==",
    "header in JSON": f'"Authorization":"Basic {SECRET}"',
    "cookie": f"Cookie: session={SECRET}; theme=dark",
    "set-cookie": f"Set-Cookie: sid={SECRET}; Path=/; HttpOnly",
    "sql": f"ALTER USER app IDENTIFIED BY '{SECRET}'",
    "x-api-key": f"x-api-key: {SECRET}",
}
TOKENS = [
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "xoxb-123456789012-abcdefghijkl",
    "sk_live_51H8xabcdefghijk",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.abcdefghijk",
    "glpat-abcdefghij0123456789",
    "jane.doe+x@mail.example.com",
    "4111 1111 1111 1111",
    "5555-5555-5555-4444",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----",
]
INNOCENT = [
    'password authentication failed for user "app"',
    "invalid token: expired",
    "token bucket empty",
    "order 1428634687123 took 12ms",
    "the session has ended",
    "unexpected token < in JSON at position 0",
    "key not found: sku",
    "main.go:12 secretary called",
    "at org.acme.Cart@1f2e3d",
    "trace 4f2a9c1d7b3e8a60 span 1234567890123456",
    "cookies accepted",
    "password=<secret>",
    "auth: basic authentication required",
]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_masks_values_that_names_give_away(text: str) -> None:
    redactor = Redactor()
    masked = redactor.redact(text)
    assert SECRET not in masked
    assert "hunter2" not in masked
    assert sum(redactor.counts.values()) >= 1
    assert redactor.redact(masked) == masked


@pytest.mark.parametrize("token", TOKENS)
def test_masks_values_that_their_shape_gives_away(token: str) -> None:
    masked = Redactor().redact(f"sent {token} away")
    assert token not in masked
    assert masked.startswith("sent <")
    assert masked.endswith("> away")


@pytest.mark.parametrize("text", INNOCENT)
def test_leaves_innocent_text_alone(text: str) -> None:
    redactor = Redactor()
    assert redactor.redact(text) == text
    assert not redactor.counts


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        *[(name, True) for name in ("password", "dbPassword", "api_key", "Authorization", "session_id")],
        *[(name, False) for name in ("token_count", "key", "handler", "passed")],
    ],
)
def test_fields_are_masked_by_name(name: str, masked: bool) -> None:
    assert (Redactor().field(name, "plainword") == "<secret>") is masked


def test_luhn() -> None:
    assert luhn([int(digit) for digit in "4111111111111111"])
    assert not luhn([int(digit) for digit in "4111111111111112"])
