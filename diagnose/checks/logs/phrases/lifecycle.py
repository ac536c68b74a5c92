"""Crashes, configuration, errors of the application, starts and stops: the words that software uses."""

from __future__ import annotations

from diagnose.checks.logs.phrases.phrase import Phrase

LIFECYCLE = (
    Phrase(
        "crash-panic", "crash-loop", 0.9, source="Go runtime, Rust, C, HotSpot, CPython",
        words=(
            r"^panic: ", r"^fatal error: ", r"panicked at", r"goroutine \d+ \[running\]",
            r"unhandled error.{0,40}exiting", r"segmentation fault", r"SIGSEGV", r"SIGABRT", r"SIGBUS",
            r"core dumped", r"terminate called", r"# A fatal error has been detected", r"Fatal Python error",
            r"FATAL EXCEPTION", r"Abort trap", r"stack overflow", r"StackOverflow(?:Error|Exception)", r"double free",
        ),
        unless=(
            r"serving", r"recovered", r"all goroutines are asleep", r"out of memory",
        ),
    ),
    Phrase(
        "crash-uncaught", "crash-loop", 0.8, source="Node, JVM, .NET, Spring Boot, gunicorn, containers",
        words=(
            r"uncaught ?exception", r"unhandled ?(?:promise )?(?:rejection|exception)", r"UnhandledPromiseRejection",
            r'Exception in thread \"main\"', r"Unhandled exception\. ", r"triggerUncaughtException",
            r"^(?:file://)?/\S+\.[cm]?[jt]s:\d+: \w*Error",
            r"Application run failed", r"Worker (?:failed to boot|exited|died)", r"Host terminated unexpectedly",
            r"exiting with (?:code|status) [1-9]", r"exited with (?:code|status) [1-9]", r"exit status [1-9]",
            r"process (?:exited|crashed|died) unexpectedly", r"terminating due to",
        ),
        unless=(
            r"code 137", r"status 137", r"code 143",
        ),
    ),
    Phrase(
        "crash-backoff", "crash-loop", 1.0, source="kubelet, systemd, pm2, supervisord",
        words=(
            r"CrashLoopBackOff", r"Back-off restarting failed", r"Start request repeated too quickly",
            r"Main process exited", r"service: Failed with result", r"restarting failed container",
            r"exited: \S+ \(.{0,40}not expected\)", r"\(exit status \d+; not expected\)",
            r"\(terminated by SIG\w+; not expected\)", r"too many (?:restarts|unstable restarts)",
            r"respawning too (?:fast|rapidly)",
        ),
    ),
    Phrase(
        "config-invalid", "bad-config", 1.0, source="generic, Spring, Django",
        words=(
            r"(?:invalid|bad|wrong|malformed|illegal|unsupported) (?:\w+ )?(?:config\w*|setting|option|property|flag)",
            r"config\w*(?: file)? (?:is )?(?:invalid|malformed|error|rejected)",
            r"config\w* (?:validation|parse|parsing|load(?:ing)?) (?:error|failed|failure)",
            (
                r"(?:failed|unable|cannot|could not|error) (?:to )?(?:load|read|pars|apply|reload)\w* "
                r"(?:the )?(?:\w+ )?(?:config|settings)"
            ),
            r"ConfigurationException", r"ConfigError", r"ImproperlyConfigured", r"BindException: .*propert",
            r"Could not resolve placeholder",
        ),
    ),
    Phrase(
        "config-missing", "bad-config", 0.8, source="generic, viper, pydantic, nginx",
        words=(
            (
                r"(?:missing|undefined|unset|required) (?:required )?"
                r"(?:env\w*|environment variable|config\w*|setting|property|parameter)"
            ),
            r"environment variable .{0,60}(?:not set|missing|required|undefined|unset)",
            r"(?:not set|missing) in (?:the )?env",
            r"(?:config\w*|setting|property|option) .{0,40}(?:is missing|is required|not found|is not set)",
            r"unknown (?:key|field|option|flag|setting|property|directive|config\w*)",
            r"unrecognized (?:option|arguments|configuration)", r"(?-i:KeyError: '[A-Z][A-Z0-9_]{3,}')",
            r"no such (?:setting|option)", r"Field required", r'(?-i:key not found: "[A-Z][A-Z0-9_]{3,}")',
        ),
        unless=(
            r"request", r"payload", r"body", r"json: unknown field", r"query param",
        ),
    ),
    Phrase(
        "config-reloaded", "bad-config", 0.5, source="generic",
        words=(
            (
                r"config\w*(?: file)? (?:was |has been |is |successfully )?"
                r"(?:re-?loaded|changed|updated|applied|refreshed)"
            ),
            (
                r"(?:re-?load(?:ed|ing)|appl(?:ied|ying)|updated|refreshed|changed) "
                r"(?:the |new )?(?:\w+ )?(?:config|settings|feature flags?)"
            ),
            r"feature flag.{0,40}(?:changed|enabled|disabled|flipped|toggled|set to)",
            r"settings? (?:changed|updated|reloaded)",
        ),
    ),
    Phrase(
        "error-nil", "application-error", 1.0, source="Go, Java, .NET, JavaScript, Python, Ruby, Rust, PHP",
        words=(
            r"nil pointer dereference", r"invalid memory address", r"NullPointerException", r"NullReferenceException",
            r"Cannot read propert(?:y|ies) (?:of|')", r"undefined is not", r"is not a function", r"'NoneType' object",
            r"object has no attribute", r"null reference", r"nil map", r"undefined method .{0,60} for nil",
            r"unwrap\(\)` on an? `(?:None|Err)`", r"TypeError: ", r"\bon null in /", r"ArgumentNullException",
        ),
    ),
    Phrase(
        "error-range", "application-error", 1.0, source="Go, Java, Python, .NET, PHP, Elixir",
        words=(
            r"index out of (?:range|bounds)", r"IndexError", r"ArrayIndexOutOfBounds", r"IndexOutOfRange",
            r"slice bounds out of range", r"divide by zero", r"ZeroDivisionError", r"ArithmeticException",
            r"DivideByZero", r"integer overflow", r"interface conversion", r"ClassCastException",
            r"InvalidCastException", r"Undefined (?:array key|index|offset|variable|property)", r"ArithmeticError",
        ),
    ),
    Phrase(
        "error-data", "application-error", 0.7, source="Bean Validation, Pydantic, Rails, Mongoose, stream consumers",
        words=(
            r"validation (?:error|failed)", r"ValidationError", r"ConstraintViolationException", r"RecordInvalid",
            r"schema violation", r"poison (?:message|record|pill)",
        ),
    ),
    Phrase(
        "error-exception", "application-error", 0.7, source="Go, Java, Python, .NET, Node, Ruby, SQL",
        words=(
            r"panic serving", r"recovered from panic", r"panic recovered", r"\[Recovery\]", r"http: panic",
            r"IllegalArgumentException", r"IllegalStateException", r"ValueError", r"KeyError", r"AttributeError",
            r"AssertionError", r"assertion failed", r"NumberFormatException", r"FormatException",
            r"InvalidOperationException", r"UnsupportedOperationException", r"ReferenceError", r"RangeError",
            r"SyntaxError", r"JSONDecodeError", r"JsonParseException", r"JsonMappingException", r"cannot unmarshal",
            r"invalid character .{0,30} looking for", r"unexpected token", r"UnicodeDecodeError",
            r"ConcurrentModificationException", r"NoSuchElementException", r"NoMethodError", r"NameError",
            r"unhandled (?:error|case|switch)", r"Internal Server Error", r"constraint violat",
            r"violates .{0,30}constraint", r"duplicate (?:key|entry)",
            r"no such (?:column|table)", r"SQL logic error", r"syntax error at or near", r"bad SQL grammar",
            r"(?:relation|column|table|function) \S+ does not exist", r"Unknown column", r"Invalid object name",
            r"ORA-0(?:0942|0904|0001)", r"error in your SQL syntax", r"schema mismatch", r"DataError",
            r"IntegrityError", r"FunctionClauseError", r"CaseClauseError", r"MatchError", r"serde_json::Error",
            r"Traceback \(most recent",
        ),
    ),
    Phrase(
        "started", "start", 0.9, source="Go, Spring Boot, uvicorn, gunicorn, ASP.NET Core, Node, Redis, PostgreSQL",
        words=(
            r"\blistening (?:on|at)",
            (
                r"(?:server|service|application|app|worker|process|daemon|broker|listener|instance|api|consumer|"
                r"scheduler|node)s? (?:is |was |has |have )?(?:been |now )?"
                r"(?:started|running|ready|up and running|listening)"
            ),
            (
                r"^(?:re)?start(?:ing|ed)\b"
                r"(?! (?:\w+ ){0,2}(?:transaction|job|scan|backup|task|batch|sync|checkpoint|request|import|export|"
                r"profil\w+|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b)"
            ),
            r"started \S+ (?:in|application)", r"started on (?:port|\S+:\d)", r"^spawned: ",
            r"Started \w+ in", r"now (?:listening|accepting)",
            r"ready (?:to accept|for) connections", r"booting worker", r"Uvicorn running", r"Now listening on",
            r"Application started", r"Running on http", r"\w+ listening$", r"serving (?:on|at|http)",
            r"start(?:ing)? worker process", r"server initialized", r"Tomcat (?:initialized|started)",
            r"start-?up (?:complete|finished)", r"Booted", r"initiali[sz](?:ation )?(?:ed|complete)",
        ),
        unless=(
            r"fail", r"error", r"cannot", r"unable", r"refused",
        ),
    ),
    Phrase(
        "stopped", "shutdown", 0.9, source="generic, systemd, Redis, PostgreSQL",
        words=(
            r"shutting down", r"shut(?:ting)? ?down (?:complete|requested|initiated|gracefully)",
            r"graceful(?:ly)? (?:shutdown|stop)",
            r"received (?:signal )?(?:SIGTERM|SIGINT|signal (?:15|2)\b|terminat|interrupt)", r"got SIGTERM",
            r"SIGTERM",
            (
                r"(?:server|service|application|process|worker) (?:is |was |has )?"
                r"(?:been )?(?:stopp(?:ed|ing)|exit(?:ed|ing)|terminat(?:ed|ing)|shut)"
            ),
            r"Application is shutting down", r"exited with code 0", r"Stopping \w+", r"bye bye",
            r"received fast shutdown",
        ),
    ),
)  # fmt: skip
