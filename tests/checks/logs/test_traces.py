"""The application's own frame in real stack traces."""

from __future__ import annotations

import pytest

from diagnose.checks.logs.traces import own_frame

GO_PANIC = """goroutine 20 [running]:
main.(*feed).consume.func1()
\t/src/app/feed.go:81 +0x128
created by main.(*feed).consume in goroutine 1
\t/src/app/feed.go:75 +0x4a5"""
GO_RECOVERED = """goroutine 598 [running]:
example.com/shop/web.recoverer.func1.1()
\t/build/web/recover.go:21 +0xa5
panic({0x8c80c0?, 0xd0e200?})
\t/usr/local/go/src/runtime/panic.go:884 +0x212
encoding/json.(*Decoder).Decode(0xc0000, {0x1, 0x2})
\t/usr/local/go/src/encoding/json/stream.go:63 +0x1
example.com/shop/cart.(*Cart).Total(...)
\t/build/cart/cart.go:44
example.com/shop/web.(*API).checkout(0x0, {0xa12da0?, 0xc0002b0408})
\t/build/web/api.go:364 +0x219
net/http.HandlerFunc.ServeHTTP(0xc000487af0?, {0xa12fe0?, 0xc0001857a0?}, 0x0?)
\t/usr/local/go/src/net/http/server.go:2109 +0x2f"""
GO_ZAP = """github.com/acme/pay/internal/ledger.(*Store).Post
\t/app/internal/ledger/store.go:88
github.com/acme/pay/cmd/payd.main
\t/app/cmd/payd/main.go:31
runtime.main
\t/usr/local/go/src/runtime/proc.go:267"""
JAVA = """org.springframework.web.util.NestedServletException: Request processing failed
\tat org.springframework.web.servlet.FrameworkServlet.processRequest(FrameworkServlet.java:1014)
\tat com.acme.web.Filter.doFilter(Filter.java:12)
Caused by: com.acme.CheckoutException: total
\tat com.acme.Checkout.run(Checkout.java:9)
\t... 40 more
Caused by: java.lang.NullPointerException: Cannot invoke "Cart.items()" because "cart" is null
\tat java.base/java.util.Objects.requireNonNull(Objects.java:208)
\tat com.acme.cart.CartService.total(CartService.java:57)
\tat com.acme.cart.CartController$$FastClassBySpringCGLIB$$1.invoke(<generated>)
\t... 42 more"""
PYTHON = """Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/flask/app.py", line 1463, in wsgi_app
    response = self.full_dispatch_request()
  File "/srv/app/views.py", line 31, in checkout
    total = price(cart)
  File "/srv/app/pricing.py", line 12, in price
    return rates[cart.currency]
  File "/usr/lib/python3.11/site-packages/rates/core.py", line 5, in __getitem__
    raise KeyError(key)
KeyError: 'XXX'"""
NODE = """TypeError: Cannot read properties of undefined (reading 'id')
    at Object.get (/srv/app/node_modules/lodash/get.js:10:3)
    at CartService.total (/srv/app/src/cart.js:57:19)
    at async /srv/app/src/routes.js:12:5
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"""
DOTNET = """System.NullReferenceException: Object reference not set to an instance of an object.
   at System.Linq.Enumerable.Sum[TSource](IEnumerable`1 source)
   at Shop.Cart.CartService.Total(Cart cart) in /src/Cart/CartService.cs:line 57
   at Microsoft.AspNetCore.Mvc.Infrastructure.ActionMethodExecutor.Execute(Object controller)"""
RUBY = """/usr/lib/ruby/gems/3.2.0/gems/rack-2.2/lib/rack/builder.rb:244:in `call'
app/services/cart.rb:57:in `total'
app/controllers/carts_controller.rb:9:in `show'"""
RUST = """thread 'main' panicked at src/cart.rs:57:9:
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:645:5
   1: core::panicking::panic_fmt
             at /rustc/abc/library/core/src/panicking.rs:72:14
   2: shop::cart::total
             at ./src/cart.rs:57:9"""

RUST_BARE = "thread 'tokio-runtime-worker' panicked at src/cart.rs:57:9: called `Option::unwrap()` on a `None` value"
PHP = "PHP Fatal error:  Uncaught TypeError: unsupported operand in /var/www/shop/Cart.php:57"
ELIXIR = """#PID<0.310.0> running ShopWeb.Endpoint terminated
** (exit) an exception was raised:
    ** (MatchError) no match of right hand side value: nil
        (phoenix 1.7.2) lib/phoenix/router.ex:430: Phoenix.Router.__call__/5
        (shop 0.1.0) lib/shop/cart.ex:57: Shop.Cart.total/1"""

TRACES = {
    "go panic": (GO_PANIC, "main.(*feed).consume.func1", "/src/app/feed.go:81"),
    "go recovered": (GO_RECOVERED, "example.com/shop/cart.(*Cart).Total", "/build/cart/cart.go:44"),
    "go without arguments": (
        GO_ZAP,
        "github.com/acme/pay/internal/ledger.(*Store).Post",
        "/app/internal/ledger/store.go:88",
    ),
    "java": (JAVA, "com.acme.cart.CartService.total", "CartService.java:57"),
    "python": (PYTHON, "price", "/srv/app/pricing.py:12"),
    "node": (NODE, "CartService.total", "/srv/app/src/cart.js:57"),
    "dotnet": (DOTNET, "Shop.Cart.CartService.Total", "/src/Cart/CartService.cs:57"),
    "ruby": (RUBY, "total", "app/services/cart.rb:57"),
    "rust without frames": (RUST_BARE, "cart.rs", "src/cart.rs:57"),
    "rust with the thread's number": (RUST_BARE.replace("' p", "' (22931) p"), "cart.rs", "src/cart.rs:57"),
    "php without frames": (PHP, "Cart.php", "/var/www/shop/Cart.php:57"),
    "elixir": (ELIXIR, "Shop.Cart.total/1", "lib/shop/cart.ex:57"),
    "rust": (RUST, "shop::cart::total", "./src/cart.rs:57"),
}


@pytest.mark.parametrize(("text", "function", "place"), TRACES.values(), ids=TRACES.keys())
def test_names_the_own_frame(text: str, function: str, place: str) -> None:
    assert own_frame(text.split("\n")) == (function, place)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no trace at all",
        "goroutine 1 [running]:\nruntime.main()\n\t/usr/local/go/src/runtime/proc.go:267 +0x1",
        'Traceback (most recent call last):\n  File "/usr/lib/python3/site-packages/x.py", line 1, in y\nKeyError: 1',
        "thread 'main' panicked at /home/me/.cargo/registry/src/index/hyper-1.0/src/x.rs:1:2: boom",
        "java.lang.Error\n\tat java.util.List.of(List.java:1)",
    ],
)
def test_library_code_is_nobodys_culprit(text: str) -> None:
    assert own_frame(text.split("\n")) is None


def test_one_line_frames_of_a_dead_goroutine_do_not_count() -> None:
    text = GO_PANIC + "\n\ngoroutine 7 [select]:\nmain.other()\n\t/src/app/other.go:1 +0x1"
    assert own_frame(text.split("\n")) == ("main.(*feed).consume.func1", "/src/app/feed.go:81")
