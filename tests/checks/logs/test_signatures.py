"""Real messages of real software, and the fault that each names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.checks.logs.phrases import PHRASES
from diagnose.checks.logs.signatures import classify, literal_of
from diagnose.signals.events import Level, Pattern


def pattern(message: str, level: Level = Level.ERROR) -> Pattern:
    return Pattern("log-0", level, message, 1, 0.0, 0.0, {0: 1}, (message,), {})


NAMED = {
    "auth-failure": [
        'connect db: pq: password authentication failed for user "app"',
        'FATAL:  password authentication failed for user "billing"',
        "ERROR 1045 (28000): Access denied for user 'app'@'10.0.0.3' (using password: YES)",
        "Login failed for user 'sa'. Reason: Password did not match that for the login provided.",
        "MongoServerError: Authentication failed.",
        "redis: NOAUTH Authentication required.",
        "ReplyError: WRONGPASS invalid username-password pair or user is disabled.",
        "org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed during authentication",
        "GET https://vault:8200/v1/secret: 403 Forbidden",
        "rpc error: code = Unauthenticated desc = invalid token",
        "request to identity failed: status code 401",
        "ORA-01017: invalid username/password; logon denied",
        "ExpiredToken: The security token included in the request is expired",
        "payment gateway rejected our API key: invalid api key",
    ],
    "rate-limited": [
        "GET /cart 429: rate limited",
        'limiting requests, excess: 2.788 by zone "l", client: 127.0.0.1, server: , request: "GET /order HTTP/1.1"',
        "POST https://api.vendor.example/v2/charge: 429 Too Many Requests",
        "openai.RateLimitError: Error code: 429 - rate limit reached",
        "ThrottlingException: Rate exceeded",
        "An error occurred (ProvisionedThroughputExceededException) when calling the PutItem operation",
        "upstream said 429, backing off 2s",
        "geocoder: too many requests, retry after 30",
        "googleapi: Error 403: Quota exceeded for quota metric 'Read requests'",
    ],
    "tls-certificate": [
        'Get "https://payments:8443/": x509: certificate has expired or is not yet valid: current time 2026-01-01',
        "remote error: tls: bad certificate",
        "x509: certificate signed by unknown authority",
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: has expired",
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path",
        "Error: unable to verify the first certificate code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'",
        "The remote certificate is invalid because of errors in the certificate chain: NotTimeValid UntrustedRoot",
        "SSL_do_handshake() failed (SSL: error:0A000086:SSL routines::certificate verify failed)",
        "invalid peer certificate: Expired",
    ],
    "dns-failure": [
        "GET /cart 503: DNS resolution failed",
        "dial tcp: lookup payments-db on 10.96.0.10:53: no such host",
        "dial tcp: lookup orders.internal: Temporary failure in name resolution",
        "Error: getaddrinfo ENOTFOUND redis-master",
        "getaddrinfo EAI_AGAIN inventory",
        "java.net.UnknownHostException: kafka-0.kafka",
        "requests.exceptions.ConnectionError: Failed to resolve 'api' ([Errno -2] Name or service not known)",
        'could not translate host name "db" to address: Name or service not known',
        "System.Net.Sockets.SocketException (11001): No such host is known.",
        "error trying to connect: dns error: failed to lookup address information: Name or service not known",
        "dial tcp: lookup api.internal on 10.0.0.2:53: read udp 10.1.1.1:4000->10.0.0.2:53: i/o timeout",
        "upstream dns: NXDOMAIN for cache.local",
    ],
    "disk-full": [
        "write /var/lib/app/wal/0001: no space left on device",
        "OSError: [Errno 28] No space left on device",
        "Error: ENOSPC: no space left on device, write",
        'PANIC:  could not write to file "pg_wal/xlogtemp.31": No space left on device',
        "java.io.IOException: There is not enough space on the disk",
        "sqlite3.OperationalError: database or disk is full",
        "flood stage disk watermark [95%] exceeded on [node-1], all indices on this node will be marked read-only",
        "write failed: disk quota exceeded",
    ],
    "oom-kill": [
        "Out of memory: Killed process 4242 (java) total-vm:9000kB",
        "Memory cgroup out of memory: Killed process 99 (python)",
        "java.lang.OutOfMemoryError: Java heap space",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "container api-0 terminated: OOMKilled (exit code 137)",
        "fatal error: runtime: out of memory",
        "MemoryError: Unable to allocate 2.0 GiB",
        "worker (pid:31) was sent SIGKILL! Perhaps out of memory?",
        "run: signal: killed",
    ],
    "fd-leak": [
        "accept tcp [::]:8080: accept4: too many open files; retrying in 1s",
        "open /etc/app/template.html: too many open files",
        "OSError: [Errno 24] Too many open files: '/tmp/x'",
        "Error: EMFILE: too many open files, open '/srv/a'",
        "java.net.SocketException: Too many open files",
        "socket() failed (24: Too many open files) while connecting to upstream",
    ],
    "goroutine-leak": [
        "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory",
        "RuntimeError: can't start new thread",
        "OpenBLAS blas_thread_init: pthread_create failed for thread 3 of 4: Resource temporarily unavailable",
    ],
    "db-pool-exhaustion": [
        "ActiveRecord::ConnectionTimeoutError (could not obtain a connection from the pool within 5.000 seconds)",
        "** (DBConnection.ConnectionError) connection not available and request was dropped from queue after 2014ms",
        "acquire connection: context deadline exceeded",
        "orders: acquiring a connection from the pool: context deadline exceeded",
        "could not get connection from pool: timeout after 5s",
        "HikariPool-1 - Connection is not available, request timed out after 30000ms.",
        "sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out",
        "KnexTimeoutError: Knex: Timeout acquiring a connection. The pool is probably full.",
        "Timeout expired. The timeout period elapsed prior to obtaining a connection from the pool.",
        "redis: connection pool timeout",
        "FATAL:  sorry, too many clients already",
        "FATAL: remaining connection slots are reserved for non-replication superuser connections",
        "MongoWaitQueueFullException: timed out in WaitQueue while checking out a connection",
        "pool timed out while waiting for an open connection",
        "psycopg_pool.PoolTimeout: couldn't get a connection after 30.00 sec",
        "PrismaClientKnownRequestError: Timed out fetching a new connection from the connection pool",
        "Error 1040: Too many connections",
        "no free connection in pool, waited 2s",
        "waiting for a free database connection timed out",
    ],
    "deadlock": [
        "fatal error: all goroutines are asleep - deadlock!",
        "ERROR: deadlock detected",
        "Deadlock found when trying to get lock; try restarting transaction",
        "Found one Java-level deadlock:",
        "Transaction (Process ID 52) was deadlocked on lock resources with another process",
        "ORA-00060: deadlock detected while waiting for resource",
    ],
    "lock-contention": [
        "Lock wait timeout exceeded; try restarting transaction",
        "sqlite3.OperationalError: database is locked",
        "ERROR: canceling statement due to lock timeout",
        "process 123 still waiting for ShareLock on transaction 55 after 1000.1 ms",
    ],
    "dependency-down": [
        "OOM command not allowed when used memory > 'maxmemory'",
        "redis.exceptions.OutOfMemoryError: command not allowed when used memory > 'maxmemory'.",
        "ERROR: cannot execute INSERT in a read-only transaction",
        "READONLY You can't write against a read only replica.",
        "backend bank has no server available!",
        'Server bank/b1 is DOWN, reason: Layer4 connection problem, info: "Connection refused"',
        "GET /cart 503: connection terminated by upstream",
        "GET /cart 503: upstream connection failure, upstream retry limit reached",
        "dial tcp 10.0.0.5:5432: connect: connection refused",
        "Error: connect ECONNREFUSED 127.0.0.1:6379",
        "read tcp 10.0.0.1:5000->10.0.0.2:80: read: connection reset by peer",
        "psycopg2.OperationalError: could not connect to server: Connection refused",
        "java.net.NoRouteToHostException: No route to host",
        "rpc error: code = Unavailable desc = connection error",
        "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure",
        "connect() failed (111: Connection refused) while connecting to upstream",
        "upstream connect error or disconnect/reset before headers. reset reason: connection failure",
        "CircuitBreaker 'inventory' is OPEN and does not permit further calls: circuit breaker is open",
        "server closed the connection unexpectedly",
        "503 Service Unavailable from recommendation",
        "Connection to node 1 could not be established. Broker may not be available.",
        "[Errno 111] Connection refused",
        "No connection could be made because the target machine actively refused it.",
        "dial tcp 10.2.3.4:443: connect: network is unreachable",
    ],
    "slow-dependency": [
        "GET /cart 504: upstream request timed out",
        "query orders: context deadline exceeded",
        'Get "http://inventory:9000/stock": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
        "upstream timed out (110: Connection timed out) while reading response header from upstream",
        "java.net.SocketTimeoutException: Read timed out",
        "requests.exceptions.ReadTimeout: HTTPConnectionPool(host='stock', port=80): Read timed out. (read timeout=5)",
        "AxiosError: timeout of 5000ms exceeded",
        "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
        "dial tcp 10.9.9.9:443: i/o timeout",
        "504 Gateway Timeout calling pricing",
        "POST https://api.bank.example/v1/charges exceeded deadline",
        "ERROR: canceling statement due to statement timeout",
        "TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds.",
    ],
    "crash-loop": [
        "panic: assignment to entry in nil map",
        "fatal error: concurrent map writes",
        "Back-off restarting failed container app in pod app-0: CrashLoopBackOff",
        "thread 'main' panicked at src/main.rs:4:5: boom",
        "app.service: Main process exited, code=exited, status=2/INVALIDARGUMENT",
        "Uncaught Exception: boom, shutting down",
        "Unhandled exception. System.ArgumentException: bad",
        "SIGSEGV: segmentation violation",
        "Application run failed",
        "process exited unexpectedly with code 1",
    ],
    "bad-config": [
        "invalid configuration: timeout must be positive",
        "failed to load config: yaml: line 3: mapping values are not allowed",
        "environment variable DATABASE_URL is not set",
        "missing required environment variable: STRIPE_KEY",
        'unknown directive "proxy_passs" in /etc/nginx/nginx.conf:12',
        "django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.",
        "Could not resolve placeholder 'db.url' in value \"${db.url}\"",
    ],
    "application-error": [
        "panic serving request: runtime error: invalid memory address or nil pointer dereference",
        'java.lang.NullPointerException: Cannot invoke "Cart.items()" because "cart" is null',
        "TypeError: Cannot read properties of undefined (reading 'id')",
        "AttributeError: 'NoneType' object has no attribute 'price'",
        "System.NullReferenceException: Object reference not set to an instance of an object.",
        "runtime error: index out of range [5] with length 3",
        "KeyError: 'sku'",
        "json: cannot unmarshal string into Go struct field Order.qty of type int",
        "undefined method `total' for nil:NilClass",
        'duplicate key value violates unique constraint "orders_pkey"',
    ],
    "harmless": [
        "client disconnected: context canceled",
        "org.apache.catalina.connector.ClientAbortException: java.io.IOException: Broken pipe",
        "client prematurely closed connection while sending to client",
        "write response: context canceled",
    ],
}
QUIET = {
    "start": [
        "shop listening",
        "listening on :8080",
        "Started OrderApplication in 4.2 seconds (process running for 5.0)",
        "Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)",
        "Now listening on: http://[::]:8080",
        "database system is ready to accept connections",
        "server started on port 3000",
        "[INFO] Booting worker with pid: 9",
        "starting payment service v2.3",
        "Ready to accept connections tcp",
    ],
    "shutdown": ["shutting down", "received SIGTERM, draining", "server stopped", "received fast shutdown request"],
    "bad-config": ["configuration reloaded", "config reloaded from /etc/app.yaml", "reloaded settings"],
}
NOTHING = [
    (Level.INFO, "request done"),
    (Level.INFO, "authentication succeeded for user bob"),
    (Level.INFO, "job finished in 12ms"),
    (Level.WARN, "slow request"),
    (Level.ERROR, "request failed"),
    (Level.INFO, "connection pool stats: in use 3, idle 7"),
    (Level.INFO, "cache refreshed: 429 entries"),
    (Level.ERROR, "order 503 rejected: out of stock"),
    (Level.INFO, "retrying after timeout"),
]


@pytest.mark.parametrize(("cause", "message"), [(cause, text) for cause, texts in NAMED.items() for text in texts])
def test_names_the_fault_first(cause: str, message: str) -> None:
    found = classify(pattern(message))
    assert found, "no signature at all"
    assert found[0].cause == cause, found


@pytest.mark.parametrize(("cause", "message"), [(cause, text) for cause, texts in QUIET.items() for text in texts])
def test_lifecycle_is_told_at_quiet_levels(cause: str, message: str) -> None:
    assert cause in {signature.cause for signature in classify(pattern(message, Level.INFO))}


@pytest.mark.parametrize(("level", "message"), NOTHING)
def test_ordinary_messages_name_nothing(level: Level, message: str) -> None:
    assert classify(pattern(message, level)) == ()


@pytest.mark.parametrize(
    ("message", "not_this"),
    [
        ("acquire connection: context deadline exceeded", "slow-dependency"),
        ("dial tcp: lookup db: no such host", "dependency-down"),
        ("x509: certificate has expired", "dependency-down"),
        ("lookup api on 10.0.0.2:53: i/o timeout", "slow-dependency"),
        ("http: panic serving 10.0.0.1:999: boom", "crash-loop"),
        ("Lock wait timeout exceeded; try restarting transaction", "slow-dependency"),
        ("JWT expired while validating certificate chain", "auth-failure"),
        ("graceful shutdown timed out", "slow-dependency"),
        ("request failed with status 502", "dependency-down"),
    ],
)
def test_the_specific_takes_the_meaning_from_the_general(message: str, not_this: str) -> None:
    assert not_this not in {signature.cause for signature in classify(pattern(message))}


WORDS = [word for phrase in PHRASES for word in phrase.words]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_an_expression_matches_holds_its_literal(data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(WORDS))
    text = data.draw(st.from_regex(re.compile(word, re.IGNORECASE | re.MULTILINE | re.ASCII), fullmatch=True))
    assert literal_of(word) in text.lower()
