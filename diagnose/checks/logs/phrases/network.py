"""Names, peers and time-outs: the words that software uses."""

from __future__ import annotations

from diagnose.checks.logs.phrases.phrase import SAID, Phrase

NETWORK = (
    Phrase(
        "dns", "dns-failure", 1.0, source="Go net, glibc, Node, Java, libpq, .NET, Rust, Erlang",
        words=(
            r"no such host", r"NXDOMAIN", r"SERVFAIL", r"server misbehaving", r"EAI_AGAIN", r"EAI_NONAME",
            r"ENOTFOUND", r"getaddrinfo (?:failed|for|error|EAI|ENO)", r"\[Errno -[235]\]",
            r"UnknownHost(?:Exception)?", r"name or service not known", r"temporary failure in name resolution",
            r"nodename nor servname", r"could not (?:resolve|translate) host", r"failed to (?:resolve|lookup)",
            r"host not found", r"name resolution (?:failed|failure|error)", r"No such host is known",
            r"no address associated with hostname", r"failed to look ?up address",
            r"dns (?:lookup|resolution|query|error|fail)", r"non-existing domain",
        ),
        unless=(
            r"POSSIBLE BREAK-IN",
        ),
    ),
    Phrase(
        "dns-timeout", "dns-failure", 1.0, source="Go net, nginx resolver, c-ares",
        words=(
            r"lookup \S+(?: on \S+)?: .*(?:i/o timeout|timed out|refused|unreachable)", r"dns.{0,20}time[d ]*out",
            r"resolver.{0,30}time[d ]*out",
        ),
    ),
    Phrase(
        "refused", "dependency-down", 1.0, source="POSIX, Node, .NET, Windows",
        words=(
            r"connection (?:was )?refused", r"ECONNREFUSED", r"ConnectionRefused", r"actively refused",
            r"connect(?:ion)? to \S+ refused", r"No connection could be made",
            r"MaxRetriesPerRequestError", r"Reached the max retries per request",
        ),
    ),
    Phrase(
        "unreachable", "dependency-down", 1.0, source="POSIX, Java, Node",
        words=(
            r"no route to host", r"(?:network|host) is (?:unreachable|down)", r"EHOSTUNREACH", r"ENETUNREACH",
            r"NoRouteToHost", r"Destination Host Unreachable", r"host unreachable", r"EHOSTDOWN",
        ),
    ),
    Phrase(
        "reset", "dependency-down", 0.6, source="POSIX, Node, PostgreSQL, MySQL, nginx, Python, libpq, Ecto",
        words=(
            r"connection reset", r"ECONNRESET", r"broken pipe", r"EPIPE\b",
            r"connection (?:was |has been )?(?:closed|aborted|lost|dropped|terminated)(?: by| un| prem| before| while)",
            r"server closed the connection", r"lost connection to", r"Lost connection", r"MySQL server has gone away",
            r"terminating connection due to", r"bad connection", r"unexpected EOF", r"premature(?:ly)? clos",
            r"socket hang up", r"upstream prematurely closed", r"Remote ?Disconnected",
            r"forcibly closed by the remote", r"no connection to the server",
            r"(?:tcp|ssl) (?:recv|send).{0,20}: closed", r"PSQLException: This connection has been closed",
        ),
        unless=(
            r"client (?:closed|disconnected|went)", r"by client", r"context canceled", r"reset by client",
        ),
    ),
    Phrase(
        "unavailable", "dependency-down", 0.8,
        source="Envoy, nginx, gRPC, resilience4j, Polly, JDBC, Redis, Kafka, MongoDB, Elasticsearch",
        words=(
            r"\b50[23] (?:service (?:temporarily )?unavailable|bad gateway)", r"no (?:live|healthy) upstream",
            r"has no server available", r"\bServer \S+/\S+ is DOWN",
            SAID + r"50[23]\b", r"unexpected (?:answer|status|response|reply|code)\b.{0,20}\b5\d\d\b",
            r"upstream connect error", r"code = Unavailable", r"UNAVAILABLE: ", r"ServiceUnavailable",
            r"circuit[ -]?breaker (?:is |was |has )?(?:open|tripped)", r"CallNotPermittedException",
            r"BrokenCircuitException", r"no available (?:server|endpoint|instance|host)", r"No servers available",
            r"Failed to connect to", r"unable to connect to", r"could not connect to (?:server|the|database|\S+:\d)",
            r"can(?:no|')t connect to", r"CommunicationsException", r"Communications link failure",
            r"connect(?:ion)? fail(?:ed|ure)", r"ConnectFailure",
            r"(?:Redis|Jedis|Lettuce)Connection(?:Failure)?Exception", r"LOADING Redis", r"CLUSTERDOWN",
            r"MASTERDOWN", r"the database system is (?:starting up|shutting down|in recovery)",
            r"ServerSelection(?:Timeout)?Error", r"NoBrokersAvailable",
            r"Broker(?: transport failure|NotAvailable| may not be available)",
            r"Connection to node \S+ (?:\S+ )?could not be established", r"LEADER_NOT_AVAILABLE",
            r"all brokers (?:are )?down", r"NoNodeAvailable", r"No alive nodes",
            r"upstream \S+ (?:is )?(?:down|unavailable|unhealthy)", r"(?:is|are|was|currently) unavailable",
            r"service unavailable",
        ),
        unless=(
            r"^request (?:failed|ended|finished|completed|handled)\b.{0,20}\b(?:status|code)",  # its own answer
        ),
    ),
    Phrase(
        "refuses-to-write", "dependency-down", 0.9, source="Redis, PostgreSQL, MySQL, MongoDB, RabbitMQ",
        words=(
            r"command not allowed when used memory", r"OOM command not allowed", r"READONLY You can't write",
            r"NOREPLICAS", r"cannot execute \w+(?: \w+)? in a read-only transaction", r"NotWritablePrimary",
            r"running with the --(?:super-)?read-only option", r"not (?:primary|master) and (?:secondary|slave)Ok",
            r"memory resource limit alarm set", r"connection (?:is )?blocked.{0,40}(?:low on|memory|resource)",
        ),
    ),
    Phrase(
        "timeout-upstream", "slow-dependency", 0.9,
        source="nginx, Envoy, Go net/http, Java, Node axios, Python requests, .NET",
        words=(
            r"upstream (?:request )?time(?:d )?out", r"upstream.{0,40}(?:timed out|timeout|deadline|too slow|slow)",
            r"\b504 gateway time-?out", SAID + r"504\b",
            r"gateway time-?out", r"response timeout", r"read time(?:d )?-?out",
            r"ReadTimeout", r"SocketTimeout", r"Read timed out", r"ReadTimeoutException",
            r"Client\.Timeout (?:exceeded|or)", r"awaiting headers", r"net/http: timeout", r"ESOCKETTIMEDOUT",
            r"timeout of \d+\s?ms exceeded", r"timeout of <\w+> exceeded", r"HttpClient\.Timeout",
            r"request (?:to \S+ )?(?:has )?timed out", r"RequestTimeout",
            r"code = DeadlineExceeded", r"DEADLINE_EXCEEDED",  # what a gRPC client is told of its call
        ),
        unless=(
            r"acquir\w+ (?:a |an |the )?(?:\w+ )?conn", r"connection pool", r"conn(?:ection)? from (?:the )?pool",
            r"(?<!HTTPConnection)(?<!HTTPSConnection)pool\b.{0,40}(?:timeout|timed out)", r"lookup ",
        ),
    ),
    Phrase(
        "timeout", "slow-dependency", 0.7,
        source="Go context, gRPC, Java, Python, Node, .NET, Rust, Erlang, PostgreSQL",
        words=(
            r"deadline (?:has )?(?:been )?exceeded", r"DeadlineExceeded",
            r"exceeded (?:the |its )?deadline", r"timed[ -]out", r"i/o timeout", r"ETIMEDOUT", r"TimeoutException",
            r"TimeoutError", r"TimedOut\b", r"\breason: :timeout\b", r"\(EXIT\) time out",
            r"TaskCanceledException", r"operation timed out", r"connection time(?:d )?-?out",
            r"ConnectTimeout", r"time-?out (?:exceeded|expired|waiting|while|after|reached)", r"timeout$",
            r": timeout\b", r"canceling statement due to statement timeout", r"RedisTimeout", r"RedisCommandTimeout",
            r"elapsed before", r"SLOW QUERY", r"Maximum execution time",
        ),
        unless=(
            r"acquir\w+ (?:a |an |the )?(?:\w+ )?conn", r"connection pool", r"conn(?:ection)? from (?:the )?pool",
            r"(?<!HTTPConnection)(?<!HTTPSConnection)pool\b.{0,40}(?:timeout|timed out)",
            r"lock (?:wait )?time", r"lock time", r"lookup \S+",
            r"ConnectionPool::", r"idle (?:time|conn)", r"session time", r"graceful", r"shutdown",
            r"health ?check", r"Notification time",
        ),
    ),
    Phrase(
        "slow", "slow-dependency", 0.5, source="slow-query logs, service logs",
        words=(
            (
                r"(?:slow|long-running) "
                r"(?:upstream|downstream|dependency|backend|call to|response from|query|sql|external)"
            ),
            r"(?:call|request|response|query) (?:to|from) \S+ (?:took|was slow|is slow|slow)",
            r"duration: \d+.{0,20} ms  (?:statement|execute|plan)", r"# Query_time",
        ),
    ),
    Phrase(
        "client-gone", "harmless", 0.9, source="Go, Tomcat, nginx, gRPC, ASP.NET Core",
        words=(
            r"client (?:has )?(?:disconnected|closed|went away|gone|aborted|cancel\w*|hung up)", r"context canceled",
            r"ClientAbortException",
            r"(?:request|connection|stream) (?:was )?(?:aborted|cancel\w+|closed|reset) by (?:the )?client",
            r"code = Canceled", r"499 Client Closed", r"client prematurely closed", r"AbortError", r"ECONNABORTED",
            r"OperationCanceledException: The client", r"reset by client", r"BrokenPipeError.{0,60}client",
            r"connection reset by peer.{0,40}client", r"http: abort Handler",
        ),
        unless=(
            r"context deadline", r"timed out", r"server closed", r"acquir",
        ),
    ),
)  # fmt: skip
