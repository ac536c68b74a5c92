"""Disks, memory, files, connection pools, deadlocks and locks: the words that software uses."""

from __future__ import annotations

from diagnose.checks.logs.phrases.phrase import Phrase

RESOURCES = (
    Phrase(
        "disk-full", "disk-full", 1.0, source="POSIX, Node, PostgreSQL, Windows, Elasticsearch, Redis, RabbitMQ",
        words=(
            r"no space left on device", r"ENOSPC", r"disk (?:is )?full", r"not enough (?:disk )?space",
            r"insufficient disk", r"disk quota exceeded", r"EDQUOT", r"There is not enough space on the disk",
            r"could not (?:extend|write) (?:file|relation).{0,120}(?:space|hint)", r"No usable temporary directory",
            r"database or disk is full", r"filesystem (?:is )?full", r"flood[- ]stage.{0,30}(?:disk )?watermark",
            r"out of disk space", r"MISCONF Redis is configured to save",
            r"[Ff]ree disk space is insufficient", r"disk resource limit alarm set", r"FORBIDDEN/12/index read-only",
        ),
    ),
    Phrase(
        "oom-killed", "oom-kill", 1.0, source="Linux kernel, Kubernetes, Docker, systemd, PostgreSQL",
        words=(
            r"OOM[- ]?Killed", r"OOM[- ]killer", r"out of memory: kill", r"Killed process \d", r"oom-kill",
            r"Memory cgroup out of memory", r"exit(?:ed)?(?: with)?(?: code| status)?:? ?\(?137\b", r"signal: killed",
            r"received SIGKILL", r"terminated by signal 9", r"exited on signal 9\b",
        ),
    ),
    Phrase(
        "oom-runtime", "oom-kill", 0.9, source="JVM, .NET, V8, Go, Rust, Python, Ruby, Erlang, C++, PHP",
        words=(
            r"java\.lang\.OutOfMemoryError", r"OutOfMemoryException", r"JavaScript heap out of memory",
            r"FATAL ERROR: .*heap", r"runtime: out of memory",
            r"fatal error: (?:runtime: )?(?:out of memory|cannot allocate memory)", r"^MemoryError\b",
            r"\bMemoryError:", r"std::bad_alloc", r"cannot allocate memory", r"ENOMEM",
            r"GC overhead limit exceeded", r"Allowed memory size of", r"out of memory", r"\bNoMemoryError\b",
            r"memory allocation of \d+ bytes failed", r"eheap_alloc: Cannot allocate",
        ),
        unless=(
            r"OutOfMemoryError: unable to create (?:new )?native thread", r"OutOfMemoryError: Metaspace",
        ),
    ),
    Phrase(
        "too-many-files", "fd-leak", 1.0, source="POSIX, Node, Java, nginx",
        words=(
            r"too many open files", r"EMFILE", r"ENFILE", r"file descriptor limit", r"out of file descriptors",
            r"file table overflow", r"open files limit",
        ),
    ),
    Phrase(
        "pool-hikari", "db-pool-exhaustion", 1.0,
        source="HikariCP, DBCP, c3p0, Hibernate, IronJacamar, R2DBC, Jedis, Agroal",
        words=(
            r"HikariPool.{0,60}(?:not available|timed out)", r"Connection is not available, request timed out",
            r"SQLTransientConnectionException", r"CannotGetJdbcConnection", r"PoolExhaustedException",
            r"PoolTimeoutException", r"Timeout waiting for (?:idle object|connection from pool)",
            r"PoolAcquireTimeoutException", r"JedisExhaustedPool", r"acquisition timeout",
            r"could not acquire jdbc", r"Unable to acquire JDBC Connection", r"no managed connections available",
            r"Apparent connection leak detected", r"C3P0.{0,60}(?:timeout|timed out)",
        ),
    ),
    Phrase(
        "pool-python", "db-pool-exhaustion", 1.0, source="SQLAlchemy, psycopg, httpx",
        words=(
            r"QueuePool limit", r"connection pool (?:is )?(?:exhausted|full)", r"PoolTimeout",
            r"couldn't get a connection after", r"pool timeout", r"TimeoutError: QueuePool",
            r"no (?:free|available|idle|spare) (?:\w+ ){0,3}connections?\b",
        ),
        unless=(r"discarding connection",),  # urllib3 keeps no spare connection then; nobody waits
    ),
    Phrase(
        "pool-node", "db-pool-exhaustion", 1.0, source="knex, pg, Sequelize, Prisma, mysql2",
        words=(
            r"Timeout acquiring a connection", r"KnexTimeoutError", r"ResourceRequest timed out",
            r"timeout exceeded when trying to connect", r"ConnectionAcquireTimeoutError",
            r"Timed out fetching a new connection from the connection pool", r"pool is (?:draining|full|exhausted)",
            r"Queue limit reached", r"No connections? available",
        ),
        unless=(r"discarding connection",),
    ),
    Phrase(
        "pool-dotnet", "db-pool-exhaustion", 1.0, source="ADO.NET, Npgsql",
        words=(
            r"timeout period elapsed prior to obtaining a connection from the pool", r"max pool size was reached",
            r"The connection pool has been exhausted",
        ),
    ),
    Phrase(
        "pool-go", "db-pool-exhaustion", 1.0,
        source="database/sql wrappers, pgx, go-redis, MongoDB drivers, sqlx, r2d2, bb8, deadpool, redigo",
        words=(
            (
                r"(?:acquir|get|obtain|check(?:ing)? ?out|borrow|wait)\w*(?: for| on)?(?: a| an| the)?"
                r"(?: \w+){0,2} conn(?:ection)?s?\b.{0,60}(?:deadline|timeout|timed out|cancel)"
            ),
            r"redis: connection pool timeout", r"pool(?:ed)? (?:exhausted|timeout|timed out)",
            r"timed out in WaitQueue", r"timed out while checking out a connection",
            r"all connections (?:in|are in) use", r"(?:no|waiting for) free connections?", r"sql: database pool",
            r"PoolTimedOut", r"pool timed out while waiting", r"Timed out in bb8",
            r"waiting for a slot to become available", r"timed out waiting for connection\b",
            r"MongoWaitQueueFull", r"waiting for a connection\. Client view",
            r"(?:sema|pool) acquire.{0,40}(?:deadline|timeout|timed)",
        ),
    ),
    Phrase(
        "pool-others", "db-pool-exhaustion", 1.0,
        source="ActiveRecord, connection_pool, sqlx, Ecto, Sequel, r2dbc, Laravel Octane",
        words=(
            r"could not obtain a (?:\w+ )?connection from the pool", r"all pooled connections were in use",
            r"connection not available and request was dropped from queue", r"Sequel::PoolTimeout",
            r"time to acquire exceeded slow threshold", r"ConnectionPool::TimeoutError",
            r"Waited [\d.]+ sec, \d+/\d+ available",
            r"Connection acquisition timed out",
        ),
    ),
    Phrase(
        "pool-server", "db-pool-exhaustion", 0.9, source="PostgreSQL, MySQL, Redis, PgBouncer",
        words=(
            r"too many clients already", r"remaining connection slots", r"Too many connections", r"max_connections",
            r"max number of clients reached", r"no more connections allowed", r"query_wait_timeout",
            r"no available (?:server|backend) connection", r"53300", r"ER_CON_COUNT_ERROR",
        ),
    ),
    Phrase(
        "threads-exhausted", "goroutine-leak", 1.0, source="JVM, CPython, glibc, Ruby, .NET, bash",
        words=(
            r"unable to create (?:new )?native thread", r"can't (?:start new|create) thread",
            r"pthread_create(?:\(\))? failed", r"failed to create (?:new OS )?thread",
            r"std::thread.{0,40}Resource temporarily unavailable",
            r"fork: (?:retry: )?Resource temporarily unavailable", r"thread limit (?:reached|exceeded)",
        ),
    ),
    Phrase(
        "deadlock-go", "deadlock", 1.0, source="Go runtime, HotSpot, Ruby, go-deadlock, pthreads",
        words=(
            r"all goroutines are asleep", r"Found (?:one|\d+) Java-level deadlock", r"Found \d+ deadlock",
            r"No live threads left\. Deadlock", r"potential deadlock", r"resource deadlock would occur",
            r"Resource deadlock avoided", r"EDEADLK",
        ),
    ),
    Phrase(
        "deadlock-database", "deadlock", 0.9, source="PostgreSQL, MySQL, Oracle, SQL Server, Spring",
        words=(
            r"deadlock (?:detected|found when trying)", r"was deadlocked on (?:lock|thread)", r"ORA-00060", r"40P01",
            r"ER_LOCK_DEADLOCK", r"Transaction \(Process ID \d+\) was deadlocked", r"DeadlockLoserDataAccess",
            r"LockAcquisitionException",
        ),
    ),
    Phrase(
        "lock-wait-server", "lock-contention", 0.9, source="PostgreSQL",
        words=(r"process \S+ still waiting for \w+Lock",),
    ),
    Phrase(
        "lock-wait", "lock-contention", 0.9, source="MySQL, PostgreSQL, SQLite, Oracle, Hibernate",
        words=(
            r"lock wait timeout", r"could not obtain lock", r"canceling statement due to lock timeout",
            r"still waiting for \w+Lock", r"database is locked", r"SQLITE_BUSY",
            r"lock (?:acquisition|acquire).{0,20}(?:time|fail)",
            r"(?:time[d ]*out|timeout).{0,30}(?:waiting for|acquiring) (?:the |a )?\w*lock\b",
            r"waiting for (?:the )?\w*(?:lock|mutex|semaphore)", r"lock (?:is )?held (?:for|too long)", r"ORA-00054",
            r"55P03", r"LockTimeoutException", r"PessimisticLock", r"mutex contention",
        ),
    ),
)  # fmt: skip
