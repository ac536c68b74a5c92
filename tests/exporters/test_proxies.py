"""What Envoy, Istio, Traefik, HAProxy and gRPC count of calls, with and without `_total`."""

from __future__ import annotations

import pytest

from tests.exporters.staged import SHOP, flat, judged, of, rate, step, turn

BANK = 'envoy_cluster_name="bank"'
CLASS = f"envoy_cluster_upstream_rq_xx{{{BANK},envoy_response_code_class="
HALF = {CLASS + '"2"}': turn(150, 75), CLASS + '"5"}': turn(0, 75)}
NONE = {CLASS + '"2"}': turn(150, 0), CLASS + '"5"}': turn(0, 150)}
TOOK = {
    f"envoy_cluster_upstream_rq_time_sum{{{BANK}}}": turn(3000, 600000),
    f"envoy_cluster_upstream_rq_time_count{{{BANK}}}": rate(150),
}
MESH = 'istio_requests_total{reporter="source",source_workload="shop",destination_workload="bank",response_code='
PROXY = 'haproxy_backend_http_responses_total{proxy="bank",code='
LOST = {PROXY + '"2xx"}': turn(150, 0), PROXY + '"5xx"}': turn(0, 150)}
TRAEFIK = 'traefik_service_requests_total{service="bank@docker",method="GET",protocol="http",code='
STATE = 'haproxy_backend_status{proxy="bank",state='


def mesh(after: str, before: str = '"200",response_flags="-"}', left: float = 0) -> dict[str, str]:
    return {MESH + before: turn(150, left), MESH + after: turn(0, 150 - left)}


def grpc(code: str) -> dict[str, str]:
    client = 'grpc_client_handled_total{grpc_method="Pay",grpc_service="bank.Bank",grpc_code='
    server = 'grpc_server_handled_total{grpc_method="Get",grpc_code='
    return {each + '"OK"}': turn(150, 0) for each in (client, server)} | {
        client + f'"{code}"}}': turn(0, 150),
        server + '"Internal"}': turn(0, 150),
    }


@pytest.mark.parametrize(
    ("metrics", "cause"),
    [
        pytest.param(
            NONE | {f"envoy_cluster_upstream_cx_connect_fail{{{BANK}}}": turn(0, 150)},
            "dependency-down",
            id="Envoy cannot connect",
        ),
        pytest.param(
            HALF | {f"envoy_cluster_upstream_rq_pending_overflow{{{BANK}}}": turn(0, 75)},
            "inconclusive",
            id="Envoy's circuit breaker turns away what waits for whatever reason",
        ),
        pytest.param(
            HALF | TOOK | {f"envoy_cluster_upstream_rq_timeout{{{BANK}}}": turn(0, 75)},
            "slow-dependency",
            id="Envoy waits, in milliseconds",
        ),
        pytest.param(mesh('"503",response_flags="UH"}'), "dependency-down", id="Istio finds no healthy host"),
        pytest.param(mesh('"429",response_flags="RL"}', left=75), "rate-limited", id="Istio is limited"),
        pytest.param(mesh('"503",response_flags="UO"}', left=75), "inconclusive", id="Istio's circuit breaker"),
        pytest.param(
            LOST | {STATE + '"UP"}': step(1, 0), STATE + '"DOWN"}': step(0, 1)}, "dependency-down", id="HAProxy 2"
        ),
        pytest.param(LOST | {'haproxy_backend_up{proxy="bank"}': step(1, 0)}, "dependency-down", id="HAProxy exporter"),
        pytest.param(
            {
                TRAEFIK + '"200"}': turn(150, 0),
                TRAEFIK + '"502"}': turn(0, 150),
                'traefik_service_server_up{service="bank@docker"}': step(1, 0),
            },
            "dependency-down",
            id="Traefik finds no server",
        ),
        pytest.param(
            {TRAEFIK + '"200"}': rate(150), "traefik_config_reloads_total": step(3, 4)},
            "inconclusive",
            id="Traefik loads its configuration, and nobody measures the process",
        ),
        pytest.param(grpc("Unavailable"), "dependency-down", id="gRPC unavailable"),
        pytest.param(grpc("DeadlineExceeded"), "slow-dependency", id="gRPC deadline"),
        pytest.param(grpc("Unauthenticated"), "auth-failure", id="gRPC unauthenticated"),
    ],
)
def test_a_call_that_fails_is_known_by_what_the_proxy_counts(metrics: dict[str, str], cause: str) -> None:
    assert judged(of(SHOP, metrics)).verdict.cause == cause


def test_what_a_proxy_in_front_of_the_service_counts_are_its_own_answers() -> None:
    served = {key.replace('"source"', '"destination"'): text for key, text in mesh('"503",response_flags="-"}').items()}
    assert judged(of(SHOP, served | {"envoy_server_live": flat(1)})).verdict.cause != "dependency-down"
