"""Logs of several formats for tests of the fast way."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from diagnose.signals.window import rfc3339

START = 1_769_828_400.0
TRACE = "goroutine 12 [running]:\nmain.serve(0x1)\n\t/src/main.go:12 +0x1a\n"


def as_json(at: str, level: str, text: str) -> str:
    return json.dumps({"time": at, "level": level, "msg": text, "status": 200, "path": "/a", "took_ms": 5})


def as_zap(at: str, level: str, text: str) -> str:
    return f'{{"level":"{level.lower()}","ts":"{at}","msg":{json.dumps(text)}}}'


def as_logfmt(at: str, level: str, text: str) -> str:
    return f"time={at} level={level.lower()} msg={json.dumps(text)}"


def as_text(at: str, level: str, text: str) -> str:
    return f"{at[:23].replace('T', ' ').rstrip('Z')} {level} [worker-7] org.acme.Cart - {text}"


def moment(at: str) -> datetime:
    return datetime.fromisoformat(at)


def as_epoch(at: str, level: str, text: str) -> str:
    return f'{{"level":"{level.lower()}","ts":{moment(at).timestamp()},"msg":{json.dumps(text)}}}'


def as_nanoseconds(at: str, level: str, text: str) -> str:
    return f"time={round(moment(at).timestamp() * 1000)}000000 level={level.lower()} msg={json.dumps(text)}"


def as_klog(at: str, level: str, text: str) -> str:
    return f"{level[0]}{moment(at):%m%d %H:%M:%S.%f}       7 cart.go:138] {text}"


def as_syslog(at: str, level: str, text: str) -> str:
    return f"{moment(at):%b %d %H:%M:%S} host7 cart[{1000 + len(text)}]: {level} {text}"


def as_plain(at: str, level: str, text: str) -> str:
    return f"{moment(at):%Y/%m/%d %H:%M:%S} {text if level == 'INFO' else f'{level}: {text}'}"


def as_access(at: str, level: str, text: str) -> str:
    status = {"INFO": 200, "WARN": 404, "ERROR": 500}[level]
    path = "/orders/" + text.replace(" ", "-").partition(":")[0]
    head = f"10.1.{len(text)}.7 - - [{moment(at):%d/%b/%Y:%H:%M:%S} +0000]"
    return f'{head} "GET {path}?q=1 HTTP/1.1" {status} {len(text)} "-" "Mozilla/5.0 ({level})" 0.{len(text):03d}'


def as_envoy(at: str, level: str, text: str) -> str:
    status, flags = {"INFO": (200, "-"), "WARN": (503, "UC"), "ERROR": (503, "UF,URX")}[level]
    path = "/orders/" + text.replace(" ", "-").partition(":")[0]
    return f'[{at}] "GET {path}?q=1 HTTP/2" {status} {flags} 0 {len(text)} 7 - "-" "curl" "4f2a" "shop" "10.0.0.7:80"'


def as_envoy_json(at: str, level: str, text: str) -> str:
    status, flags = {"INFO": (200, "-"), "WARN": (503, "UC"), "ERROR": (503, "UF")}[level]
    return json.dumps(
        {"start_time": at, "method": "GET", "path": f"/{len(text)}", "response_code": status, "response_flags": flags}
    )


def as_pino(at: str, level: str, text: str) -> str:
    number = {"INFO": 30, "WARN": 40, "ERROR": 50}[level]
    return f'{{"level":{number},"time":{round(moment(at).timestamp() * 1000)},"pid":7,"msg":{json.dumps(text)}}}'


def as_logrus(at: str, level: str, text: str) -> str:
    return f'{{"file":"cart.go:{len(text)}","level":"{level.lower()}","msg":{json.dumps(text)},"time":"{at}"}}'


def as_docker(at: str, level: str, text: str) -> str:
    return json.dumps({"log": f"{at} {level} cart: {text}\n", "stream": "stdout", "time": at}, separators=(",", ":"))


def as_nested(at: str, level: str, text: str) -> str:
    parts = [f'"time":"{at}"', f'"level":"{level}"', f'"msg":{json.dumps(text)}', '"game":{"level":"3","time":"late"}']
    turned = sum(at.encode())
    place = turned % len(parts)
    return f'{{"note":"{"x" * (turned % 23)}",' + ",".join(parts[place:] + parts[:place]) + "}"


def as_otel(at: str, level: str, text: str) -> str:
    number = {"INFO": 9, "WARN": 13, "ERROR": 17}[level]
    nanos = round(moment(at).timestamp() * 1000) * 1_000_000
    return f'{{"severityNumber":{number},"timeUnixNano":"{nanos}","body":{json.dumps(text)}}}'


def as_postgres(at: str, level: str, text: str) -> str:
    word = {"INFO": "LOG", "WARN": "WARNING", "ERROR": "ERROR"}[level]
    return f"{moment(at):%Y-%m-%d %H:%M:%S.%f}"[:23] + f" UTC [{1000 + len(text)}] app@cart {word}:  {text}"


def as_tomcat(at: str, level: str, text: str) -> str:
    return f"{moment(at):%d-%b-%Y %H:%M:%S}.{moment(at).microsecond // 1000:03} {level} [main] org.acme.Cart.add {text}"


def as_jul(at: str, level: str, text: str) -> str:
    return f"{moment(at):%b %d, %Y} {moment(at).hour % 12 or 12}:{moment(at):%M:%S %p} org.acme.Cart {level}: {text}"


def as_spark(at: str, level: str, text: str) -> str:
    return f"{moment(at):%y/%m/%d %H:%M:%S} {level} storage.Block: {text}"


def as_yymmdd(at: str, level: str, text: str) -> str:
    return f"{moment(at):%y%m%d %H%M%S} 7 {level} dfs.Node: {text}"


def as_clock(at: str, level: str, text: str) -> str:
    return f"{moment(at):%H:%M:%S}.{moment(at).microsecond // 1000:03} [main] {level} org.acme.Cart - {text}"


SHAPES: dict[str, Callable[[str, str, str], str]] = {
    "json": as_json,
    "zap": as_zap,
    "logfmt": as_logfmt,
    "text": as_text,
    "epoch": as_epoch,
    "nanoseconds": as_nanoseconds,
    "klog": as_klog,
    "syslog": as_syslog,
    "plain": as_plain,
    "access": as_access,
    "pino": as_pino,
    "logrus": as_logrus,
    "docker": as_docker,
    "postgres": as_postgres,
    "nested": as_nested,
    "otel": as_otel,
    "envoy": as_envoy,
    "envoy-json": as_envoy_json,
    "tomcat": as_tomcat,
    "java.util.logging": as_jul,
    "spark": as_spark,
    "yymmdd": as_yymmdd,
    "clock": as_clock,
}


def write(file: Path, shapes: Sequence[str], *, lines: int = 4_000) -> None:
    """Lines four a second from START on, some of them errors with traces or without a time."""
    rnd = random.Random(7)
    with file.open("w") as out:
        for number in range(lines):
            at = rfc3339(START + number / 4 + rnd.uniform(-0.005, 0.005))
            draw = rnd.random()
            level = "ERROR" if draw < 0.05 else "WARN" if draw < 0.1 else "INFO"
            text = {
                "ERROR": f"order {rnd.getrandbits(64):016x} failed: dial tcp 10.0.0.{rnd.randrange(255)}:5432: refused",
                "WARN": f"retry {rnd.randrange(99)} of a call that said ERROR",
                "INFO": rnd.choice(["request done", "job finished", f"user {rnd.randrange(999)} came"]),
            }[level]
            out.write(SHAPES[rnd.choice(shapes)](at, level, text) + "\n")
            if draw < 0.01:
                out.write(TRACE)
            elif draw > 0.999:
                out.write("plain words in between\n")
            elif number == lines // 2:
                out.write("panic: assignment to entry in nil map\n\n" + TRACE)
