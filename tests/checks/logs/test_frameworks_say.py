"""What frameworks of Ruby, Rust, Elixir, PHP, Go and the JVM say of a fault, and the cause that it names."""

from __future__ import annotations

import pytest

from diagnose.checks.logs.signatures import classify
from diagnose.signals.events import Level, Pattern

SAID = r"""
db-pool-exhaustion: ConnectionPool::TimeoutError (Waited 3 sec):
db-pool-exhaustion: ConnectionPool::TimeoutError: Waited 5 sec, 0/5 available
db-pool-exhaustion: request failed error=acquiring connection: pool timed out while waiting for an open connection
db-pool-exhaustion: Timeout occurred while waiting for a slot to become available
db-pool-exhaustion: deadpool: Timeout occurred while waiting for a slot to become available
db-pool-exhaustion: r2d2: timed out waiting for connection
db-pool-exhaustion: bb8: RunError TimedOut: Timed out in bb8
db-pool-exhaustion: begin: context deadline exceeded: failed to acquire connection: context deadline exceeded
db-pool-exhaustion: ERROR: no more connections allowed (max_client_conn)
db-pool-exhaustion: pgbouncer: closing because: query_wait_timeout (age=121s)
db-pool-exhaustion: io.r2dbc.pool.PoolAcquireTimeoutException: Connection acquire timed out after 3000ms
db-pool-exhaustion: Acquisition timeout while waiting for new connection
db-pool-exhaustion: io.agroal: Sorry, acquisition timeout!
db-pool-exhaustion: SequelizeConnectionAcquireTimeoutError [SequelizeConnectionAcquireTimeoutError]: Operation timeout
db-pool-exhaustion: redis.exceptions.ConnectionError: No connection available.
db-pool-exhaustion: MongoWaitQueueFullException: Too many operations are already waiting for a connection
slow-dependency: Net::ReadTimeout with #<TCPSocket:(closed)>
slow-dependency: Faraday::TimeoutError (Net::ReadTimeout with #<TCPSocket:(closed)>)
slow-dependency: error sending request for url (http://127.0.0.1:1/tides/3): operation timed out
slow-dependency: reqwest::Error { kind: Request, url: "http://x", source: TimedOut }
slow-dependency: cURL error 28: Operation timed out after 5001 milliseconds with 0 bytes received
slow-dependency: ** (Mint.TransportError) timeout
slow-dependency: %HTTPoison.Error{id: nil, reason: :timeout}
slow-dependency: java.net.http.HttpTimeoutException: request timed out
slow-dependency: I/O error on GET request for "http://x/prices": Read timed out
slow-dependency: feign.RetryableException: Read timed out executing GET http://x
slow-dependency: io.netty.handler.timeout.ReadTimeoutException: null
slow-dependency: httpx.ReadTimeout
slow-dependency: asyncio.exceptions.TimeoutError
slow-dependency: Get "http://x/tariffs/3": context deadline exceeded (Client.Timeout exceeded while awaiting headers)
slow-dependency: GenServer.call(Shop.Prices, :get, 5000) ** (EXIT) time out
slow-dependency: PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /srv/app/Http.php on line 31
dependency-down: Failed to open TCP connection to 127.0.0.1:1 (Connection refused - connect(2) for "127.0.0.1" port 1)
dependency-down: cURL error 7: Failed to connect to prices port 80 after 0 ms: Couldn't connect to server
dependency-down: ** (Mint.TransportError) connection refused
dependency-down: %HTTPoison.Error{id: nil, reason: :econnrefused}
dependency-down: PG::ConnectionBad (connection to server at "127.0.0.1", port 18112 failed: Connection refused
dependency-down: PG::UnableToSend: no connection to the server
dependency-down: org.postgresql.util.PSQLException: This connection has been closed.
dependency-down: Mysql2::Error::ConnectionError: Can't connect to MySQL server on 'db' (111)
dependency-down: Redis::CannotConnectError (Error connecting to Redis on 127.0.0.1:6379 (Errno::ECONNREFUSED))
dependency-down: price service answered 503 Service Unavailable
dependency-down: tariff service: unexpected status 503: {"error":"Service Unavailable"}
dependency-down: HTTP status server error (503 Service Unavailable) for url (http://127.0.0.1:18110/tides/3)
dependency-down: Postgrex.Protocol (#PID<0.318.0>) disconnected: ** (DBConnection.ConnectionError) tcp recv: closed
dependency-down: AMQP server localhost:5672 is unreachable: [Errno 111] Connection refused
rate-limited: price service answered 429 Too Many Requests
rate-limited: tariff service: unexpected status 429: {"error":"rate limit exceeded"}
rate-limited: HTTP status client error (429 Too Many Requests) for url (http://127.0.0.1:18110/tides/3)
rate-limited: stripe.error.RateLimitError: Too many requests hit the API too quickly
tls-certificate: cURL error 60: SSL certificate problem: certificate has expired
tls-certificate: {:tls_alert, {:certificate_expired, 'TLS client: In state certify'}}
tls-certificate: curl: (60) SSL: no alternative certificate subject name matches target host name 'prices'
tls-certificate: java.security.cert.CertificateException: No subject alternative names present
tls-certificate: hostname mismatch, certificate is not valid for 'prices.internal'
dns-failure: java.net.UnknownHostException: prices.harbour.invalid: Name or service not known
dns-failure: cURL error 6: Could not resolve host: prices.internal
dns-failure: %HTTPoison.Error{reason: :nxdomain}
dns-failure: ** (Mint.TransportError) non-existing domain
dns-failure: php_network_getaddresses: getaddrinfo for db failed: Temporary failure in name resolution
dns-failure: getaddrinfo EAI_AGAIN prices
disk-full: Errno::ENOSPC (No space left on device @ rb_file_s_write - /data/daily.csv):
disk-full: writing /data/export-1.bin: No space left on device (os error 28)
disk-full: java.io.IOException: No space left on device
disk-full: file_put_contents(): write of 8192 bytes failed with errno=28 No space left on device
disk-full: ** (File.Error) could not write to file "/data/x": no space left on device
disk-full: ERROR:  could not extend file "base/16384/2619": No space left on device
fd-leak: opening journal: Too many open files (os error 24)
fd-leak: Errno::EMFILE (Too many open files @ rb_sysopen - /data/daily.csv):
fd-leak: accept error: accept tcp 127.0.0.1:8001: accept4: too many open files; retrying in 5ms
fd-leak: ** (File.Error) could not open "/data/x": too many open files
fd-leak: {:error, :emfile}
oom-kill: memory allocation of 1073741824 bytes failed
oom-kill: [FATAL] failed to allocate memory (NoMemoryError)
oom-kill: eheap_alloc: Cannot allocate 1318267840 bytes of memory (of type "heap").
oom-kill: Process 12 exited with status 137
oom-kill: [WARNING] [pool www] child 33 exited on signal 9 (SIGKILL) after 120.3 seconds from start
application-error: NoMethodError (undefined method `strip' for nil:NilClass):
application-error: undefined method 'strip' for nil (NoMethodError)
application-error: called `Result::unwrap()` on an `Err` value: ParseIntError { kind: InvalidDigit }
application-error: PHP Warning:  Undefined array key "vessel" in /srv/app/Order.php on line 31
application-error: ** (FunctionClauseError) no function clause matching in Shop.Orders.total/1
application-error: ** (KeyError) key :owner not found in: %{id: 3}
application-error: ** (ArithmeticError) bad argument in arithmetic expression
application-error: interface conversion: interface {} is nil, not string
application-error: KeyError (key not found: :tonnage):
application-error: decode schedule: json: cannot unmarshal string into Go struct field Slot.berth of type int
application-error: ActionView::Template::Error (undefined method `name' for nil:NilClass):
application-error: serde_json::Error: missing field `qty` at line 1 column 20
application-error: System.ArgumentNullException: Value cannot be null. (Parameter 'source')
application-error: TypeError: Cannot destructure property 'id' of 'undefined' as it is undefined.
lock-contention: SQLite3::BusyException: database is locked
deadlock: ActiveRecord::Deadlocked (PG::TRDeadlockDetected: ERROR:  deadlock detected
deadlock: fatal: No live threads left. Deadlock? (fatal)
auth-failure: error returned from database: password authentication failed for user "app"
auth-failure: SQLSTATE[HY000] [1045] Access denied for user 'app'@'10.0.0.2' (using password: YES)
auth-failure: price service answered 401 Unauthorized
auth-failure: org.springframework.web.client.HttpClientErrorException$Unauthorized: 401 Unauthorized: [no body]
auth-failure: HTTP status client error (401 Unauthorized) for url (http://x)
auth-failure: tariff service: unexpected status 401: {"error":"Unauthorized"}
auth-failure: Redis::CommandError (WRONGPASS invalid username-password pair or user is disabled.)
auth-failure: botocore.exceptions.ClientError: An error occurred (ExpiredToken) when calling the GetObject operation
bad-config: could not parse configuration file "/etc/shop.toml": expected an equals, found eof at line 3
bad-config: Error: missing configuration field "database.url"
bad-config: ** (RuntimeError) environment variable DATABASE_URL is missing.
bad-config: KeyError (key not found: "PRICE_URL")
"""


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_a_message_names_its_cause(line: str) -> None:
    cause, _, message = line.partition(": ")
    found = classify(Pattern("log-0", Level.ERROR, message, 1, 0.0, 0.0, {0: 1}, (message,), {}))
    assert [each.cause for each in found][:1] == [cause]
