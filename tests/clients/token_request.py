"""The token request of `convoke provision` against Microsoft's documentation: token_request.py CONVOKE FOLDER.

Three readings have to agree: what convoke sends, what the documentation names (identity-platform: *OAuth 2.0 client
credentials flow*, *certificate credentials*), and what MSAL, Microsoft's own library, sends for the same credential.
Assertions are read by PyJWT. FOLDER has the app's certificate and key: app.pem, app.key, and both in app.both.pem.
The token endpoint is a stand-in on 127.0.0.1. It knows nothing of convoke's source.

One line for each sentence that holds; the first that does not ends it with status 1.
"""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid

import jwt
import msal
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

TENANT = "5150c0de-0000-4000-8000-000000000001"
CLIENT = "5150c0de-0000-4000-8000-000000000002"
SECRET = "a secret: &=+% and ö"
# A token of somebody whom the app trusts: convoke passes on what it finds.
FEDERATED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ3b3JrbG9hZCJ9.c2lnbmF0dXJl"
# Where MSAL believes the stand-in to be.
AUTHORITY = "https://login.example"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"
# What MSAL asks for its cache of accounts.
MSAL_ONLY = {"client_info"}
PATIENCE = 60


def hold(sentence, holds, why=""):
    if not holds:
        print(f"FAILED: {sentence}: {why}")
        sys.exit(1)
    print(f"ok: {sentence}", flush=True)


class Endpoint(http.server.ThreadingHTTPServer):
    """The token endpoint of one tenant, and a Graph that makes no meeting: it is the end of the run."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.token_url = f"{self.url}/{TENANT}/oauth2/v2.0/token"
        self.asked, self.bearers = [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(404, {"error": {"code": "NotFound", "message": ""}})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        if urllib.parse.urlsplit(self.path).path.endswith("/token"):
            self.server.asked.append((self.path, dict(self.headers.items()), body))
            self.answer(200, {"token_type": "Bearer", "expires_in": 3600, "access_token": "opaque"})
        else:
            self.server.bearers.append(self.headers.get("authorization"))
            self.answer(403, {"error": {"code": "Forbidden", "message": "no"}})

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def refusal(endpoint, asked, credential):
    """Why the documentation does not let this request through; None if it does."""
    path, headers, body = asked
    headers = {name.lower(): value for name, value in headers.items()}
    if path != f"/{TENANT}/oauth2/v2.0/token":
        return f"the path is {path}"
    if headers.get("content-type", "").split(";")[0].strip() != FORM:
        return f"the content type is {headers.get('content-type')}"
    if "authorization" in headers:
        return "there is an Authorization header"
    pairs = urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True, encoding="utf-8", errors="strict")
    given = dict(pairs)
    if len(given) != len(pairs):
        return "a parameter is there twice"
    names = {"client_id", "scope", "grant_type"}
    names |= {"client_secret"} if credential == "secret" else {"client_assertion_type", "client_assertion"}
    if set(given) != names:
        return f"the parameters are {sorted(given)}"
    expected = {"client_id": CLIENT, "scope": f"{endpoint.url}/.default", "grant_type": "client_credentials"}
    if credential == "secret":
        expected["client_secret"] = SECRET
    else:
        expected["client_assertion_type"] = ASSERTION_TYPE
    if credential == "federated":
        expected["client_assertion"] = FEDERATED
    for name, value in expected.items():
        if given[name] != value:
            return f"{name} is {given[name]!r} and not {value!r}"
    return None if isinstance(credential, str) else bad_assertion(endpoint, given["client_assertion"], credential)


def bad_assertion(endpoint, assertion, certificate):
    """Why an assertion is not one of this certificate's; None if it is."""
    der = certificate.public_bytes(Encoding.DER)
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    header = jwt.get_unverified_header(assertion)
    if header != {"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint}:
        return f"the header is {header}"
    required = ["aud", "exp", "iss", "jti", "nbf", "sub", "iat"]
    try:
        claims = jwt.decode(
            assertion,
            certificate.public_key(),
            algorithms=["PS256"],
            audience=endpoint.token_url,
            issuer=CLIENT,
            options={"require": required},
        )
    except jwt.PyJWTError as error:
        return repr(error)
    if set(claims) != set(required):
        return f"the claims are {sorted(claims)}"
    if claims["sub"] != CLIENT:
        return f"sub is {claims['sub']}"
    try:
        uuid.UUID(claims["jti"])
    except ValueError:
        return f"jti is no GUID: {claims['jti']}"
    times = [claims[name] for name in ("nbf", "iat", "exp")]
    if not all(type(moment) is int for moment in times):
        return f"times are whole seconds, and not {times}"
    if not 300 <= claims["exp"] - claims["nbf"] <= 600:
        return f"it lasts {claims['exp'] - claims['nbf']} seconds, and not five to ten minutes"
    return None if abs(claims["nbf"] - time.time()) < PATIENCE else f"nbf is {claims['nbf']}"


def asked_by_convoke(convoke, folder, endpoint, environment):
    """The one token request of a run with these credentials."""
    sheet, output = folder / "sheet.csv", folder / "output.csv"
    sheet.write_text("externalId,organizerUserId\nA,6b1e0000-0000-4000-8000-000000000001\n")
    output.unlink(missing_ok=True)
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    run = subprocess.run(
        [convoke, "provision", sheet, "--output", output, "--login-url", endpoint.url, "--graph-url", endpoint.url],
        env=inherited | {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        text=True,
    )
    asked, endpoint.asked = endpoint.asked, []
    bearers, endpoint.bearers = endpoint.bearers, []
    hold("  convoke asks once for a token", len(asked) == 1, run.stderr)
    hold("  and Graph gets that", bearers and set(bearers) == {"Bearer opaque"}, bearers)
    shown = run.stdout + run.stderr + output.read_text()
    sent = dict(urllib.parse.parse_qsl(asked[0][2]))
    secrets = [sent[name] for name in ("client_secret", "client_assertion") if name in sent] + ["opaque"]
    hold("  and shows nothing of what it sent", not any(secret in shown for secret in secrets), shown)
    return asked[0]


class Here:
    """MSAL insists on https, and finds the token endpoint by discovery: both are done for it."""

    def __init__(self, endpoint):
        self.endpoint = endpoint

    def get(self, url, **_):
        url = self.endpoint.token_url.replace(self.endpoint.url, AUTHORITY)
        return Reply(200, json.dumps({"token_endpoint": url, "authorization_endpoint": url, "issuer": url}))

    def post(self, url, data=None, headers=None, **_):
        headers, body = headers | {"Content-Type": FORM}, urllib.parse.urlencode(data)
        self.endpoint.asked.append((urllib.parse.urlsplit(url).path, headers, body))
        return Reply(200, json.dumps({"token_type": "Bearer", "expires_in": 3600, "access_token": "opaque"}))

    def close(self):
        pass


class Reply:
    def __init__(self, status_code, text):
        self.status_code, self.text, self.headers = status_code, text, {}

    def raise_for_status(self):
        pass


def asked_by_msal(endpoint, credential):
    app = msal.ConfidentialClientApplication(
        CLIENT,
        client_credential=credential,
        authority=f"{AUTHORITY}/{TENANT}",
        instance_discovery=False,
        http_client=Here(endpoint),
    )
    answer = app.acquire_token_for_client([f"{endpoint.url}/.default"])
    hold("  MSAL asks for one too", "access_token" in answer and len(endpoint.asked) == 1, answer)
    return endpoint.asked.pop()


def parameters(asked):
    return set(urllib.parse.parse_qs(asked[2], keep_blank_values=True))


def header_and_claims(asked):
    assertion = urllib.parse.parse_qs(asked[2])["client_assertion"][0]
    claims = jwt.decode(assertion, options={"verify_signature": False})
    return jwt.get_unverified_header(assertion), claims


def spoilt(asked, change):
    """The request with its assertion changed, as it is received."""
    path, headers, body = asked
    form = dict(urllib.parse.parse_qsl(body))
    form["client_assertion"] = change(form["client_assertion"])
    return path, headers, urllib.parse.urlencode(form)


def resigned(asked, key, **changes):
    """The request with an assertion that says something else, signed by the app all the same."""
    header, claims = header_and_claims(asked)
    return spoilt(asked, lambda _: jwt.encode(claims | changes, key, algorithm="PS256", headers=header))


def check_that_wrong_ones_are_refused(endpoint, asked, certificate, key):
    """A validator that lets everything through would be none."""
    now = int(time.time())
    flipped = spoilt(asked, lambda text: text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:])
    for what, wrong in [
        ("signature", flipped),
        ("audience", resigned(asked, key, aud=f"{endpoint.url}/{TENANT}")),
        ("issuer", resigned(asked, key, iss=TENANT)),
        ("subject", resigned(asked, key, sub=TENANT)),
        ("end", resigned(asked, key, exp=now - 1)),
        ("beginning", resigned(asked, key, nbf=now + 300)),
        ("id", resigned(asked, key, jti="1")),
    ]:
        why = refusal(endpoint, wrong, certificate)
        hold(f"  a wrong {what} would be refused", why is not None, why)


def main(convoke, folder):
    folder = pathlib.Path(folder)
    endpoint = Endpoint()
    (folder / "federated").write_text(FEDERATED)
    certificate = x509.load_pem_x509_certificate((folder / "app.pem").read_bytes())
    key = (folder / "app.key").read_text()
    packed = serialize_key_and_certificates(
        b"app", load_pem_private_key(key.encode(), None), certificate, None, BestAvailableEncryption(SECRET.encode())
    )
    (folder / "app.pfx").write_bytes(packed)
    pem = {"AZURE_CLIENT_CERTIFICATE_PATH": str(folder / "app.both.pem")}
    pfx = {"AZURE_CLIENT_CERTIFICATE_PATH": str(folder / "app.pfx"), "AZURE_CLIENT_CERTIFICATE_PASSWORD": SECRET}
    of_certificate = {"private_key": key, "public_certificate": (folder / "app.pem").read_text()}
    for name, environment, credential, of_msal in [
        ("a secret", {"AZURE_CLIENT_SECRET": SECRET}, "secret", SECRET),
        ("a certificate in PEM", pem, certificate, of_certificate),
        ("a certificate in PKCS#12", pfx, certificate, of_certificate),
        (
            "a federated token",
            {"AZURE_FEDERATED_TOKEN_FILE": str(folder / "federated")},
            "federated",
            {"client_assertion": lambda: FEDERATED},
        ),
    ]:
        print(f"{name}:")
        asked = asked_by_convoke(convoke, folder, endpoint, environment)
        why = refusal(endpoint, asked, credential)
        hold("  it is as documented", why is None, why)
        others = asked_by_msal(endpoint, of_msal)
        own, others_own = parameters(asked), parameters(others) - MSAL_ONLY
        hold("  its parameters are those of MSAL", own == others_own, f"{sorted(own)} and {sorted(others_own)}")
        if credential is certificate:
            (header, claims), (other_header, other_claims) = header_and_claims(asked), header_and_claims(others)
            hold("  its header is that of MSAL", set(header) - {"x5c"} == set(other_header) - {"x5c"}, other_header)
            # MSAL leaves the padding on, which Entra takes and base64url (RFC 7515) has not.
            named = other_header["x5t#S256"].rstrip("=")
            hold("  and names the same certificate", header["x5t#S256"] == named, other_header)
            missing = set(other_claims) - set(claims)
            hold("  it has every claim that MSAL's has", not missing, missing)
            audiences = [urllib.parse.urlsplit(each["aud"]).path for each in (claims, other_claims)]
            same = audiences[0] == audiences[1] and all(claims[name] == other_claims[name] for name in ("iss", "sub"))
            hold("  and they say the same of who asks whom", same, other_claims)
            check_that_wrong_ones_are_refused(endpoint, asked, certificate, key)


main(*sys.argv[1:])
