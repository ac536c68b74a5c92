"""Own code told from the runtime, the standard library and dependencies."""

from __future__ import annotations

import pytest

from diagnose.checks.profiles.gomodule import GoModule, go_module, package_of
from diagnose.checks.profiles.locate import name_of
from diagnose.checks.profiles.own import OwnCode, profiler
from diagnose.signals.profile import Frame

MODULES = [
    Frame("runtime.main", "/usr/local/go/src/runtime/proc.go", 1),
    Frame("main.main", "/app/cmd/shop/main.go", 1),
    Frame("github.com/gorilla/mux.New", "/root/go/pkg/mod/github.com/gorilla/mux@v1.8.0/mux.go", 1),
]
TRIMMED = [
    Frame("runtime.main", "runtime/proc.go", 1),
    Frame("main.main", "github.com/acme/shop/cmd/shop/main.go", 1),
    Frame("github.com/zoo/lib.F", "github.com/zoo/lib@v0.1.0/lib.go", 1),
]
GOPATH = [
    Frame("runtime.main", "/usr/lib/go/src/runtime/proc.go", 1),
    Frame("main.main", "/go/src/github.com/acme/shop/cmd/main.go", 1),
]
BARE = [Frame("runtime.main"), Frame("main.main")]


@pytest.mark.parametrize(
    ("layout", "function", "file", "own"),
    [
        (MODULES, "main.handle.func1", "/app/cmd/shop/main.go", True),
        (MODULES, "github.com/acme/shop/internal/store.(*Cache).Put", "/app/internal/store/cache.go", True),
        (MODULES, "example.org/other.F", "/elsewhere/other/f.go", False),
        (MODULES, "github.com/zoo/lib.F", "/root/go/pkg/mod/github.com/zoo/lib@v0.1.0/f.go", False),
        (MODULES, "github.com/zoo/lib.F", "/app/vendor/github.com/zoo/lib/f.go", False),
        (MODULES, "net/http.(*Client).Do", "/usr/local/go/src/net/http/client.go", False),
        (MODULES, "log/audit.Write", "/app/log/audit/write.go", True),
        (MODULES, "vendor/golang.org/x/net/http2.F", "/usr/local/go/src/vendor/golang.org/x/net/http2/f.go", False),
        (TRIMMED, "github.com/acme/shop/internal/store.F", "github.com/acme/shop/internal/store/f.go", True),
        (TRIMMED, "net/http.(*Client).Do", "net/http/client.go", False),
        (TRIMMED, "github.com/zoo/lib.F", "github.com/zoo/lib@v0.1.0/lib.go", False),
        (GOPATH, "github.com/acme/shop/store.F", "/go/src/github.com/acme/shop/store/f.go", True),
        (GOPATH, "github.com/zoo/lib.F", "/go/src/github.com/zoo/lib/f.go", False),
        (BARE, "github.com/acme/shop/store.F", "", True),
        (BARE, "github.com/prometheus/client_golang/prometheus.F", "", False),
        (BARE, "golang.org/x/sync/errgroup.F", "", False),
        (BARE, "encoding/json.Marshal", "", False),
        (BARE, "shop/store.F", "", True),
    ],
)
def test_go(layout: list[Frame], function: str, file: str, own: bool) -> None:
    assert OwnCode("go", go_module(layout))(Frame(function, file, 1)) is own


@pytest.mark.parametrize(
    ("language", "frame", "own"),
    [
        ("jvm", Frame("com.acme.Bank.move", "Bank.java"), True),
        ("jvm", Frame("com/acme/Bank.move"), True),
        ("jvm", Frame("java.lang.Thread.run", "Thread.java"), False),
        ("jvm", Frame("org.springframework.web.Filter.run"), False),
        ("jvm", Frame("JVM::collect"), False),
        ("python", Frame("handle", "/srv/app/views.py"), True),
        ("python", Frame("get", "/srv/venv/lib/python3.11/site-packages/requests/api.py"), False),
        ("python", Frame("wait", "/usr/lib/python3.11/threading.py"), False),
        ("node", Frame("handler", "/srv/app/index.js"), True),
        ("node", Frame("next", "/srv/app/node_modules/express/lib/router.js"), False),
        ("node", Frame("listOnTimeout", "node:internal/timers"), False),
        ("rust", Frame("shop::store::put", "src/store.rs"), True),
        ("rust", Frame("tokio::runtime::park"), False),
        ("rust", Frame("hashbrown::map::HashMap<K,V,S,A>::insert", "Unknown"), False),
        ("rust", Frame("<shop::pricing::Discount as shop::pricing::Rule>::apply", "Unknown"), True),
        ("rust", Frame("<usize as core::fmt::Display>::fmt", "Unknown"), False),
        ("rust", Frame("<F as shop::Handler>::call"), True),
        ("rust", Frame("__memcmp_evex", "../sysdeps/x86_64/memcmp-evex.S"), False),
        ("native", Frame("shop::Cache::remember", mapping="/app/shopd"), True),
        ("native", Frame("std::vector::resize", mapping="/app/shopd"), False),
        ("native", Frame("SSL_read", mapping="/usr/lib/libssl.so.3"), False),
        ("node", Frame("Garbage Collection"), False),
        ("node", Frame("Node.js"), False),
        ("rust", Frame("<alloc::vec::Vec as Drop>::drop"), False),
        ("go", Frame("epoll_wait", "/usr/include/sys/epoll.h"), False),
        ("", Frame("", ""), False),
    ],
)
def test_other_languages(language: str, frame: Frame, own: bool) -> None:
    assert OwnCode(language, GoModule())(frame) is own


def test_a_word_of_the_user_settles_it() -> None:
    own = OwnCode("go", go_module(MODULES), ours=("github.com/zoo/",), theirs=("main.generated",))
    assert own(Frame("github.com/zoo/lib.F", "/root/go/pkg/mod/github.com/zoo/lib@v0.1.0/f.go"))
    assert not own(Frame("main.generatedParser", "/app/cmd/shop/main.go"))


@pytest.mark.parametrize(
    ("function", "package"),
    [
        ("github.com/a/b.(*T).M", "github.com/a/b"),
        ("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3"),
        ("main.f", "main"),
        ("a/b.F[go.shape.struct { x/y.Z }]", "a/b"),
        ("main.(*T[...]).M", "main"),
        ("nothing", ""),
    ],
)
def test_package(function: str, package: str) -> None:
    assert package_of(function) == package


@pytest.mark.parametrize("made", [".deferwrap1", ".gowrap12", "-fm", "·dwrap·3", ".deferwrap1.gowrap1"])
def test_what_the_compiler_wraps_is_named_as_written(made: str) -> None:
    assert name_of(Frame("main.(*T).Close" + made)) == "main.(*T).Close"
    assert name_of(Frame("main.f.func1")) == "main.f.func1"


def test_the_profilers_own_goroutine_is_known() -> None:
    assert profiler([Frame("runtime.gopark"), Frame("net/http/pprof.Index"), Frame("net/http.(*conn).serve")])
    assert not profiler([Frame("main.pprofLike")])
