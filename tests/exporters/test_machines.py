"""What node exporter, blackbox exporter, kube-state-metrics and cAdvisor tell beside a service."""

from __future__ import annotations

import pytest

from tests.exporters.staged import FAILS, OK, SHOP, SLOW, Incident, flat, judged, of, ramp, rate, step, turn

N = 'job="node",instance="n1:9100"'
ROOT, DATA = ("{" + f'mountpoint="{m}",device="{d}",fstype="ext4"' + "}" for m, d in (("/", "sda1"), ("/data", "sdb1")))
SNAP = '{mountpoint="/snap/core",device="/dev/loop1",fstype="squashfs"}'
MEM = "node_memory_MemAvailable_bytes"
NODE = of(
    N,
    {
        "node_filesystem_avail_bytes" + ROOT: flat(8e10),
        "node_filesystem_size_bytes" + ROOT: flat(1e11),
        "node_filesystem_files_free" + ROOT: flat(6e6),
        "node_filesystem_files" + ROOT: flat(6.5e6),
        "node_filesystem_avail_bytes" + DATA: flat(8e10),
        "node_filesystem_size_bytes" + DATA: flat(1e11),
        "node_filesystem_avail_bytes" + SNAP: flat(0),
        "node_filesystem_size_bytes" + SNAP: flat(6e7),
        MEM: flat(8e9),
        "node_memory_MemTotal_bytes": flat(1.6e10),
        'node_cpu_seconds_total{cpu="0",mode="idle"}': rate(13),
        'node_cpu_seconds_total{cpu="0",mode="user"}': rate(1.5),
        'node_cpu_seconds_total{cpu="0",mode="iowait"}': rate(0.1),
        'node_cpu_seconds_total{cpu="0",mode="steal"}': rate(0),
        'node_disk_io_time_seconds_total{device="sda"}': rate(0.3),
        "node_load1": flat(0.2),
        "node_filefd_allocated": flat(3000),
        "node_filefd_maximum": flat(9.2e18),
        "node_timex_offset_seconds": flat(0.0001),
        "node_vmstat_oom_kill": flat(0),
        "node_nf_conntrack_entries": flat(1000),
        "node_boot_time_seconds": flat(1.769e9),
        "process_resident_memory_bytes": "2e7+1e6x80",  # the exporter's own, whatever becomes of it
    },
)
LEAKS = of(SHOP, {"process_resident_memory_bytes": ramp(1.5e8, 3e7)})
FILLS = of(N, {"node_filesystem_avail_bytes" + DATA: "80e9-2e9x39 1e6x40"})
BUSY = of(
    N, {'node_cpu_seconds_total{cpu="0",mode="idle"}': turn(13, 0), 'node_cpu_seconds_total{mode="user"}': turn(1, 14)}
)
WAITS_DISK = of(
    N,
    {
        'node_cpu_seconds_total{cpu="0",mode="idle"}': turn(13, 2),
        'node_cpu_seconds_total{cpu="0",mode="iowait"}': turn(0.1, 11),
        'node_disk_io_time_seconds_total{device="sda"}': turn(0.3, 14.9),
    },
)
STOLEN = of(
    N,
    {
        'node_cpu_seconds_total{cpu="0",mode="idle"}': turn(13, 3),
        'node_cpu_seconds_total{cpu="0",mode="steal"}': turn(0, 10),
    },
)


@pytest.mark.parametrize(
    ("incident", "cause"),
    [
        pytest.param(OK | NODE, "healthy", id="all is well, and a read-only image is full as ever"),
        pytest.param(FAILS | NODE | FILLS, "disk-full", id="a volume fills"),
        pytest.param(
            FAILS | NODE | of(N, {"node_filesystem_files_free" + ROOT: step(6e6, 0)}),
            "disk-full",
            id="no inode is left",
        ),
        pytest.param(
            OK | NODE | LEAKS | of(N, {"node_vmstat_oom_kill": "0x59 1x20", MEM: ramp(8e9, -1.5e8)}),
            "oom-kill",
            id="the kernel kills for memory",
        ),
        pytest.param(SLOW | NODE | BUSY, "inconclusive", id="a neighbour takes the processor"),
        pytest.param(SLOW | NODE | STOLEN, "inconclusive", id="the hypervisor takes the processor"),
        pytest.param(SLOW | NODE | WAITS_DISK, "inconclusive", id="the disk is busy"),
        pytest.param(OK | NODE | WAITS_DISK, "healthy", id="a backup reads the disk and nobody feels it"),
        pytest.param(
            FAILS | NODE | of(N, {"node_timex_offset_seconds": step(0.0001, 40)}), "inconclusive", id="the clock is off"
        ),
        pytest.param(
            FAILS | NODE | of(N, {"node_nf_conntrack_entries": step(1e3, 65536)}),
            "inconclusive",
            id="conntrack is full",
        ),
    ],
)
def test_a_machine_is_judged_with_the_service_on_it(incident: Incident, cause: str) -> None:
    assert judged(incident).verdict.cause == cause


B = 'job="blackbox",instance="https://shop.example"'
SEEN = of(
    B,
    {
        "probe_success": flat(1),
        "probe_http_status_code": flat(200),
        "probe_duration_seconds": flat(0.05),
        "probe_ssl_earliest_cert_expiry": flat(1.778e9),
        "probe_dns_lookup_time_seconds": flat(0.002),
        'probe_http_duration_seconds{phase="resolve"}': flat(0.002),
    },
)
GONE = of(B, {"probe_success": step(1, 0), "probe_http_status_code": step(200, 0)})


@pytest.mark.parametrize(
    ("incident", "cause"),
    [
        pytest.param(OK | SEEN, "healthy", id="all is well"),
        pytest.param(SEEN, "inconclusive", id="a probe alone knows no health"),
        pytest.param(
            OK | SEEN | GONE | of(B, {"probe_ssl_earliest_cert_expiry": flat(1770000595)}),
            "tls-certificate",
            id="the certificate ends, and those within notice nothing",
        ),
        pytest.param(
            OK | SEEN | of(B, {"probe_ssl_earliest_cert_expiry": flat(1770864000)}), "healthy", id="ten days are left"
        ),
        pytest.param(
            OK | SEEN | of(B, {"probe_ssl_earliest_cert_expiry": step(1770864000, 1.778e9)}), "healthy", id="renewed"
        ),
        pytest.param(SEEN | GONE, "inconclusive", id="nobody answers, and nothing tells why"),
    ],
)
def test_a_probe_is_the_service_seen_from_outside(incident: Incident, cause: str) -> None:
    assert judged(incident).verdict.cause == cause


PODS = {name: f'namespace="prod",pod="{name}-7d9-abcde",container="{name}"' for name in ("shop", "cart")}
APP = f'{PODS["shop"]},job="shop",instance="10.0.0.7:8080"'
KSM, KUBELET = 'job="ksm",instance="ksm:8080"', 'job="kubelet",instance="n1:10250"'


def contained(who: str) -> Incident:
    killed, ended = (
        "kube_pod_container_status_last_terminated_reason{reason=",
        "kube_pod_container_status_restarts_total",
    )
    return of(
        f"{PODS[who]},{KUBELET}",
        {
            "container_memory_working_set_bytes": flat(1.5e8),
            "container_cpu_usage_seconds_total": rate(1.5),
            "container_cpu_cfs_throttled_periods_total": rate(0),
            "container_cpu_cfs_periods_total": rate(150),
            "container_spec_memory_limit_bytes": flat(5.4e8),
        },
    ) | of(
        f"{PODS[who]},{KSM}",
        {ended: flat(0), killed + '"OOMKilled"}': flat(0), killed + '"Error"}': flat(0), "kube_pod_info": flat(1)},
    )


def app(fails: bool = False, took: str = rate(3)) -> Incident:
    served = {'http_requests_total{code="200"}': turn(150, 75), 'http_requests_total{code="500"}': turn(0, 75)}
    return of(
        APP,
        {
            **(served if fails else {'http_requests_total{code="200"}': rate(150)}),
            "http_request_duration_seconds_sum": took,
            "http_request_duration_seconds_count": rate(150),
        },
    )


K8S = contained("shop") | contained("cart")
LOOPS = "0x39 1x8 2x8 3x8 4x8 5x4"
ENDED = "kube_pod_container_status_restarts_total"
OOM = 'kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}'
IN_KSM = f"{PODS['shop']},{KSM}"
IN_KUBELET = f"{PODS['shop']},{KUBELET}"
CROWD = NODE | of(N, {f'node_network_up{{device="eth{number}"}}': flat(1) for number in range(200)})
THROTTLED = {
    "container_cpu_cfs_throttled_periods_total": turn(0, 140),
    "container_cpu_usage_seconds_total": turn(1, 15),
}


@pytest.mark.parametrize(
    ("incident", "cause"),
    [
        pytest.param(app() | K8S, "healthy", id="all is well"),
        pytest.param(app() | K8S | CROWD, "healthy", id="all is well, beside a machine with many series"),
        pytest.param(
            app(fails=True) | K8S | CROWD | of(IN_KSM, {ENDED: LOOPS}),
            "crash-loop",
            id="it starts again and again there",
        ),
        pytest.param(
            app(fails=True) | K8S | of(IN_KSM, {ENDED: "0x39 1x12 2x12 3x13", OOM: step(0, 1)}), "oom-kill", id="killed"
        ),
        pytest.param(app(fails=True) | K8S | of(IN_KSM, {ENDED: LOOPS}), "crash-loop", id="it starts again and again"),
        pytest.param(
            app(took=turn(3, 150)) | K8S | of(IN_KUBELET, THROTTLED), "inconclusive", id="held back by its limit"
        ),
        pytest.param(
            app() | K8S | of(IN_KSM, {ENDED: step(0, 1)}), "inconclusive", id="one restart that nobody notices"
        ),
    ],
)
def test_a_cluster_tells_of_its_pods(incident: Incident, cause: str) -> None:
    assert judged(incident).verdict.cause == cause
