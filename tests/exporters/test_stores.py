"""What exporters of databases, caches, brokers and clouds tell beside a service that uses them."""

from __future__ import annotations

import pytest

from tests.exporters.staged import FAILS, OK, SLOW, Incident, flat, judged, of, ramp, rate, step, turn

PG, MY = 'job="postgres",instance="pg:9187"', 'job="mysql",instance="my:9104"'
IDLE, DEADLOCKS = 'pg_stat_activity_count{datname="shop",state="idle"}', 'pg_stat_database_deadlocks{datname="shop"}'
LONGEST = 'pg_stat_activity_max_tx_duration{datname="shop",state="active"}'
POSTGRES = of(
    PG,
    {
        "pg_up": flat(1),
        "pg_settings_max_connections": flat(100),
        IDLE: flat(16),
        'pg_stat_activity_count{datname="shop",state="active"}': flat(4),
        'pg_stat_database_xact_commit{datname="shop"}': rate(600),
        DEADLOCKS: flat(0),
        LONGEST: flat(0.1),
        'pg_database_size_bytes{datname="shop"}': flat(8e9),
        "process_cpu_seconds_total": rate(0.05),
        "process_start_time_seconds": step(1.769e9, 1.7700006e9),  # the exporter was updated
    },
)
MYSQL = of(
    MY,
    {
        "mysql_up": flat(1),
        "mysql_global_variables_max_connections": flat(151),
        "mysql_global_status_threads_connected": flat(20),
        "mysql_global_status_threads_running": flat(2),
    },
)
REFUSES = of(
    MY,
    {
        "mysql_global_status_threads_connected": step(20, 151),
        'mysql_global_status_connection_errors_total{error="max_connections"}': turn(0, 70),
    },
)


@pytest.mark.parametrize(
    ("incident", "cause"),
    [
        pytest.param(OK | POSTGRES, "healthy", id="all is well, and the exporter starts anew"),
        pytest.param(FAILS | POSTGRES | of(PG, {IDLE: step(16, 95)}), "db-pool-exhaustion", id="no connection is left"),
        pytest.param(POSTGRES | of(PG, {IDLE: step(16, 95)}), "db-pool-exhaustion", id="no other metric is there"),
        pytest.param(FAILS | MYSQL | REFUSES, "db-pool-exhaustion", id="MySQL turns callers away"),
        pytest.param(FAILS | POSTGRES | of(PG, {DEADLOCKS: "0x39 1+1x39"}), "deadlock", id="transactions in a circle"),
        pytest.param(FAILS | POSTGRES | of(PG, {"pg_up": step(1, 0)}), "dependency-down", id="it does not answer"),
        pytest.param(SLOW | POSTGRES | of(PG, {LONGEST: "0.1x39 15+15x39"}), "inconclusive", id="a long transaction"),
        pytest.param(OK | POSTGRES | of(PG, {LONGEST: "0.1x39 15+15x20 0.1x18"}), "healthy", id="a vacuum"),
    ],
)
def test_a_database_is_judged_by_what_it_does_to_the_service(incident: Incident, cause: str) -> None:
    assert judged(incident).verdict.cause == cause


RD, MQ, KX = (f'job="{job}",instance="{job}:1"' for job in ("redis", "rabbit", "kafka"))
REDIS = of(
    RD,
    {
        "redis_up": flat(1),
        "redis_connected_clients": flat(20),
        "redis_config_maxclients": flat(100),
        "redis_memory_used_bytes": flat(5e8),
        "redis_memory_max_bytes": flat(1e9),
        "redis_evicted_keys_total": rate(0),
        "redis_rejected_connections_total": rate(0),
        "redis_keyspace_hits_total": rate(900),
        "redis_keyspace_misses_total": rate(100),
        "redis_commands_processed_total": rate(1500),
    },
)
EVICTS = of(
    RD,
    {
        "redis_memory_used_bytes": step(5e8, 1e9),
        "redis_evicted_keys_total": turn(0, 500),
        "redis_keyspace_hits_total": turn(900, 300),
        "redis_keyspace_misses_total": turn(100, 700),
    },
)
FULL = of(RD, {"redis_connected_clients": step(20, 100), "redis_rejected_connections_total": turn(0, 70)})
BROKER = of(
    MQ,
    {
        'rabbitmq_queue_messages_ready{queue="orders"}': flat(3),
        'rabbitmq_queue_consumers{queue="orders"}': flat(2),
        "rabbitmq_disk_space_available_bytes": flat(2e10),
        "rabbitmq_disk_space_available_limit_bytes": flat(5e7),
        "rabbitmq_alarms_memory_used_watermark": flat(0),
    },
)
PILES = of(MQ, {'rabbitmq_queue_messages_ready{queue="orders"}': "3x39 100+100x39"})
LAGS = of(
    KX,
    {
        'kafka_consumergroup_lag{consumergroup="shop",topic="orders",partition="0"}': "3x39 100+100x39",
        'kafka_topic_partition_current_offset{topic="orders",partition="0"}': rate(150),
        "kafka_brokers": flat(3),
    },
)


@pytest.mark.parametrize(
    ("incident", "cause"),
    [
        pytest.param(OK | REDIS, "healthy", id="a cache"),
        pytest.param(OK | REDIS | of(RD, {"redis_evicted_keys_total": rate(30)}), "healthy", id="a cache that is full"),
        pytest.param(
            OK | REDIS | of(RD, {"redis_rdb_last_bgsave_duration_sec": step(-1, 0)}), "healthy", id="a cache is saved"
        ),
        pytest.param(SLOW | REDIS | EVICTS, "inconclusive", id="a cache that evicts what is needed"),
        pytest.param(FAILS | REDIS | FULL, "db-pool-exhaustion", id="a cache with too many clients"),
        pytest.param(FAILS | REDIS | of(RD, {"redis_up": step(1, 0)}), "dependency-down", id="a cache that is gone"),
        pytest.param(
            REDIS | of(RD, {"redis_memory_used_bytes": ramp(5e8, 1e7)}), "inconclusive", id="a cache that fills"
        ),
        pytest.param(OK | BROKER, "healthy", id="a broker"),
        pytest.param(OK | BROKER | PILES, "inconclusive", id="nobody takes the messages"),
        pytest.param(
            FAILS | BROKER | of(MQ, {"rabbitmq_disk_space_available_bytes": step(2e10, 1e6)}),
            "disk-full",
            id="a broker without room",
        ),
        pytest.param(
            FAILS | BROKER | of(MQ, {"rabbitmq_alarms_memory_used_watermark": step(0, 1)}),
            "inconclusive",
            id="a broker that blocks publishers",
        ),
        pytest.param(OK | LAGS, "inconclusive", id="a consumer that lags"),
    ],
)
def test_a_cache_and_a_broker(incident: Incident, cause: str) -> None:
    assert judged(incident).verdict.cause == cause


CW = 'job="cloudwatch",instance="cw:9106"'
RDS = {
    'aws_rds_free_storage_space_average{dbinstance_identifier="shop"}': "80e9-2e9x39 0x40",
    'aws_rds_cpuutilization_average{dbinstance_identifier="shop"}': flat(12),
}
ELB = {
    'aws_applicationelb_httpcode_target_5_xx_count_sum{load_balancer="app/shop"}': step(0, 300),
    'aws_applicationelb_request_count_sum{load_balancer="app/shop"}': flat(600),
    'aws_applicationelb_target_response_time_average{load_balancer="app/shop"}': flat(0.02),
}


@pytest.mark.parametrize(
    ("incident", "cause"),
    [
        pytest.param(FAILS | of(CW, RDS), "disk-full", id="a managed database without room"),
        pytest.param(of(CW, ELB), "inconclusive", id="half the requests of a load balancer fail"),
        pytest.param(of(CW, {"aws_sqs_approximate_number_of_messages_visible_average": "3x39 100+100x39"}),
                     "inconclusive", id="a queue that grows"),
    ],
)  # fmt: skip
def test_what_a_cloud_counts(incident: Incident, cause: str) -> None:
    assert judged(incident).verdict.cause == cause


@pytest.mark.parametrize("every_s", [5.0, 30.0, 60.0])
def test_the_scrape_interval_changes_no_verdict(every_s: float) -> None:
    full = of(PG, {IDLE: step(16, 95)})
    assert judged(OK | POSTGRES, every_s=every_s).verdict.cause == "healthy"
    assert judged(FAILS | POSTGRES | full, every_s=every_s).verdict.cause == "db-pool-exhaustion"
