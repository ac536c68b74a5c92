"""Credentials, rate limits and certificates: the words that software uses."""

from __future__ import annotations

from diagnose.checks.logs.phrases.phrase import SAID, Phrase

ACCESS = (
    Phrase(
        "auth-password", "auth-failure", 1.0, source="PostgreSQL, SASL, MongoDB, generic",
        words=(
            r"password authentication failed", r"authentication failed", r"auth(?:entication)? fail(?:ed|ure)",
            r"failed to authenticate", r"could not authenticate",
        ),
    ),
    Phrase(
        "auth-denied", "auth-failure", 1.0, source="MySQL, SQL Server, Oracle, Redis WRONGPASS, OAuth 2",
        words=(
            r"access denied for user",
            r"invalid (?:username or password|username-password|credentials?|password|api[ _-]?key|client secret)",
            r"incorrect (?:username or )?password", r"wrong ?pass", r"bad credentials", r"login failed for user",
            r"ORA-01017", r"ORA-28000", r"28P01", r"invalid_grant", r"invalid_client",
        ),
    ),
    Phrase(
        "auth-noauth", "auth-failure", 1.0, source="Redis, Kafka, PostgreSQL",
        words=(
            r"NOAUTH authentication required", r"WRONGPASS", r"no password supplied", r"SASL authentication",
            r"SaslAuthenticationException", r"TopicAuthorizationException", r"not authorized to access",
        ),
    ),
    Phrase(
        "auth-401", "auth-failure", 0.8, source="HTTP, gRPC",
        words=(
            r"\b401 unauthorized", r"unauthorized\b.{0,30}\b401", SAID + r"401\b",
            r"\bUnauthenticated\b", r"unauthenticated desc",
        ),
    ),
    Phrase(
        "auth-403", "auth-failure", 0.7, source="HTTP, gRPC, AWS, PostgreSQL",
        words=(
            r"\b403 forbidden", SAID + r"403\b", r"code = PermissionDenied",
            r"AccessDenied(?:Exception)?\b", r"is not authorized to perform",
            r"permission denied for (?:table|relation|schema|database|user|role)",
        ),
    ),
    Phrase(
        "auth-token", "auth-failure", 0.8, source="JWT libraries, AWS STS",
        words=(
            (
                r"(?:token|credential|session|secret|api key|password|jwt)s? (?:is |has |was |have )?(?:been )?"
                r"(?:expired|revoked|rotated|invalid)"
            ),
            r"invalid (?:auth(?:entication)? |access |bearer |refresh |id )?token", r"ExpiredToken",
            r"InvalidClientTokenId", r"SignatureDoesNotMatch", r"signature (?:is invalid|verification failed)",
            r"jwt (?:malformed|expired)",
        ),
        unless=(
            r"certificate", r"CSRF", r"unexpected token", r"x509",
        ),
    ),
    Phrase(
        "rate-429", "rate-limited", 1.0, source="HTTP, vendors' SDKs, nginx, Envoy",
        words=(
            r"\b429 too many requests",
            r"too many requests(?! (?:in[ -](?:flight|progress|queue)|waiting|queued|pending|at once))",
            SAID + r"429\b",
            r"rate[ -]?limit(?:ed|ing|s)? ?(?:exceeded|reached|hit|error)?", r"RateLimit(?:Exceeded|Error|ed)",
            r"(?:limiting|delaying) requests?, excess", r"limiting connections by zone", r"local_rate_limited",
        ),
    ),
    Phrase(
        "rate-throttled", "rate-limited", 0.9, source="AWS, Google Cloud, Azure",
        words=(
            r"throttl(?:ed|ing)", r"ThrottlingException", r"ProvisionedThroughputExceeded", r"SlowDown\b",
            r"quota (?:exceeded|exhausted|limit)", r"QuotaExceeded", r"exceeded (?:your|the) (?:current )?quota",
            r"TooManyRequestsException", r"RequestLimitExceeded",
        ),
        unless=(
            r"cpu throttl", r"event loop",
        ),
    ),
    Phrase(
        "rate-grpc", "rate-limited", 0.6, source="gRPC",
        words=(
            r"code = ResourceExhausted",
        ),
        unless=(
            r"message larger than max", r"connection",
        ),
    ),
    Phrase(
        "tls-expired", "tls-certificate", 1.0, source="Go crypto/x509, OpenSSL, Java, Node",
        words=(
            r"certificate (?:has expired|is expired|expired|is not yet valid)",
            r"certificate has expired or is not yet valid", r"CERT_HAS_EXPIRED", r"CertificateExpiredException",
            r"CertificateNotYetValid", r"NotAfter:", r"\bcertificate_expired\b",
        ),
    ),
    Phrase(
        "tls-unknown", "tls-certificate", 1.0, source="Go, Python ssl, Node, Java, .NET, rustls",
        words=(
            r"x509: ", r"certificate signed by unknown authority", r"certificate verify failed",
            r"unable to get local issuer", r"self[- ]signed certificate", r"SELF_SIGNED_CERT",
            r"UNABLE_TO_VERIFY_LEAF", r"PKIX path (?:building|validation)",
            r"unable to find valid certification path", r"certificate (?:is |was )?not trusted",
            r"RemoteCertificate(?:NameMismatch|ChainErrors|NotAvailable)", r"UntrustedRoot", r"NotValidForName",
            r"invalid peer certificate", r"ERR_TLS_CERT", r"no (?:subject )?alternative (?:certificate subject )?name",
            r"certificate is not valid for",
        ),
    ),
    Phrase(
        "tls-handshake", "tls-certificate", 0.8, source="Go crypto/tls, Java, OpenSSL, .NET",
        words=(
            (
                r"tls: (?:bad certificate|failed to verify|unknown certificate|expired certificate|"
                r"certificate required|handshake failure)"
            ),
            r"SSLHandshakeException", r"SSLPeerUnverified", r"(?:ssl|tls) handshake (?:failed|error|failure)",
            r"sslv3 alert", r"alert (?:bad|unknown|expired) certificate",
            r"AuthenticationException: The remote certificate", r"SSL_ERROR_SSL", r"SSL routines",
        ),
    ),
)  # fmt: skip
