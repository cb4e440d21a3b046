"""The login host: tokens, system-user tickets, keys, tenant state.

Source: SuperOffice's developer documentation. What belongs elsewhere: the API host (``api``), which checks what is given out
    here.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.calls import Call, endpoint
from sandbox.faults.kinds import Maintenance, MovedHost, TokenExpiry
from sandbox.superoffice.carriers import API_USER, SYSTEM_USER

if TYPE_CHECKING:
    from sandbox.world import World

CLAIM = "http://schemes.superoffice.net/identity/"
ISSUER = "https://sod.superoffice.com"
_STAMP_TOLERANCE = timedelta(minutes=15)
_KEY_ID = "sandbox"
_STATE_SECONDS = 300.0


def login_routes(world: World) -> list[Route]:
    """Routes below ``/superoffice``."""
    prefix = "/superoffice"
    return [
        Route(f"{prefix}/login/common/oauth/tokens", endpoint(world, token), methods=["POST"]),
        Route(f"{prefix}/Login/api/PartnerSystemUser/Authenticate", endpoint(world, authenticate), methods=["POST"]),
        Route(
            f"{prefix}/login/.well-known/openid-configuration", endpoint(world, openid_configuration), methods=["GET"]
        ),
        Route(f"{prefix}/login/.well-known/jwks", endpoint(world, jwks), methods=["GET"]),
        Route(f"{prefix}/api/state/{{tenant}}", endpoint(world, state), methods=["GET"]),
    ]


def token(world: World, call: Call) -> Response:
    """Refresh-token grant.

    Parameters in the form body, as third-party clients do, or in the query, as the samples do.
    """
    given = {**call.query, **call.form(), **_basic(call.headers)}
    known = world.credentials
    if given.get("client_id") != known.client_id or given.get("client_secret") != known.client_secret:
        return _oauth_error(401, "invalid_client", "Unknown application or wrong secret.")
    if given.get("grant_type") != "refresh_token":
        return _oauth_error(400, "unsupported_grant_type", "The sandbox knows refresh_token only.")
    if given.get("refresh_token") != known.refresh_token or _is_revoked(world):
        return _oauth_error(400, "invalid_grant", "The refresh token is unknown or was revoked.")
    call.note(effect=False, associate=API_USER)
    access_token = known.access_token()
    world.keep_credentials()
    claims = _claims(world, API_USER) | {f"{CLAIM}system_token": known.system_token, "aud": known.client_id}
    # Documented: a refresh answers no new refresh token.
    return JSONResponse(
        {"token_type": "Bearer", "access_token": access_token, "expires_in": 3600, "id_token": _signed(world, claims)}
    )


def authenticate(world: World, call: Call) -> Response:
    """A system user's ticket against a signed system token. Refusals are 200 with ``IsSuccessful: false``."""
    known, body = world.credentials, call.json()
    call.note(effect=False, associate=SYSTEM_USER)
    if not isinstance(body, dict):
        return _refused("The body must be a JSON object.")
    if body.get("ApplicationToken") != known.client_secret:
        return _refused("Unknown application token.")
    if body.get("ContextIdentifier") != known.tenant:
        return _refused(f"The application is not approved for tenant {body.get('ContextIdentifier')}.")
    if _is_revoked(world):
        return _refused("Revoked: the tenant has withdrawn the application's approval.")
    problem = signature_problem(str(body.get("SignedSystemToken", "")), known.system_token, known.system_user_key)
    if problem:
        return _refused(problem)
    ticket = known.ticket()
    world.keep_credentials()
    claims = _claims(world, SYSTEM_USER) | {f"{CLAIM}ticket": ticket, "aud": known.client_id}
    return JSONResponse({"IsSuccessful": True, "Token": _signed(world, claims), "ErrorMessage": None})


def _is_revoked(world: World) -> bool:
    return world.crm.faults.take(TokenExpiry) is not None


def signature_problem(signed: str, system_token: str, private_key_pem: str) -> str:
    """Why a signed system token does not hold; empty if it does.

    Format: ``<system token>.<yyyyMMddHHmm>.<base64 signature>``.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    parts = signed.rsplit(".", 2)
    if len(parts) != 3 or parts[0] != system_token:
        return "Unknown system token."
    try:
        stamp = datetime.strptime(parts[1], "%Y%m%d%H%M").replace(tzinfo=UTC)
        signature = base64.b64decode(parts[2], validate=True)
    except ValueError:
        return "InvalidSignature: the token is not <system token>.<yyyyMMddHHmm>.<base64>."
    if abs(datetime.now(UTC) - stamp) > _STAMP_TOLERANCE:
        return "InvalidTimestamp: the minute stamp (UTC) is more than 15 minutes off."
    key = load_pem_private_key(private_key_pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("The sandbox's system-user key must be RSA.")
    try:
        key.public_key().verify(signature, f"{parts[0]}.{parts[1]}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return "InvalidSignature: the signature does not fit the registered public key."
    return ""


def openid_configuration(world: World, call: Call) -> Response:
    """OpenID discovery."""
    del call
    root = f"{world.base_url}/superoffice/login"
    return JSONResponse(
        {
            "issuer": ISSUER,
            "authorization_endpoint": f"{root}/common/oauth/authorize",
            "token_endpoint": f"{root}/common/oauth/tokens",
            "jwks_uri": f"{root}/.well-known/jwks",
            "scopes_supported": ["openid"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "grant_types_supported": ["implicit", "authorization_code", "refresh_token"],
        }
    )


def jwks(world: World, call: Call) -> Response:
    """The public key that signs tokens."""
    import jwt

    del call
    key = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).prepare_key(world.credentials.signing_key)
    public = key.public_key() if hasattr(key, "public_key") else key
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(public))
    return JSONResponse({"keys": [{**jwk, "use": "sig", "alg": "RS256", "kid": _KEY_ID}]})


def state(world: World, call: Call) -> Response:
    """The tenant's state document; the API host stands in it."""
    tenant = call.path["tenant"]
    if tenant != world.credentials.tenant:
        return JSONResponse({"Message": f"No tenant {tenant}."}, status_code=404)
    position = world.switches["tenant_state"]
    moved, closed = world.crm.faults.take(MovedHost), world.crm.faults.first(Maintenance)
    seconds = min((item.fault.valid_seconds for item in (moved, closed) if item is not None), default=_STATE_SECONDS)
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    host = world.switches["api_cluster"]
    if moved is not None and moved.met <= moved.fault.late:
        host = "online3" if host == "online4" else "online4"
    endpoint_url = f"{world.base_url}/{host}/{tenant}"
    return JSONResponse(
        {
            "ContextIdentifier": tenant,
            "Endpoint": endpoint_url,
            "State": position,
            "IsRunning": position in ("Running", "OnlineMaintenance"),
            "ValidUntil": until.strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
            "Api": f"{endpoint_url}/api",
            "Version": "Release_11.10_Sandbox",
        }
    )


def _claims(world: World, associate_id: int) -> dict[str, Any]:
    now = int(time.time())
    tenant = world.credentials.tenant
    api = f"{world.base_url}/{world.switches['api_cluster']}/{tenant}"
    return {
        "sub": "sandbox@gtm-assets.example",
        f"{CLAIM}associateid": str(associate_id),
        f"{CLAIM}identityprovider": "sandbox",
        f"{CLAIM}email": "sandbox@gtm-assets.example",
        f"{CLAIM}upn": "sandbox@gtm-assets.example",
        f"{CLAIM}is_administrator": "False",
        f"{CLAIM}ctx": tenant,
        f"{CLAIM}company_name": "Sandbox (Musterdaten)",
        f"{CLAIM}serial": "1000000000",
        f"{CLAIM}netserver_url": f"{api}/Remote/Services88/",
        f"{CLAIM}webapi_url": f"{api}/api/",
        "iat": now,
        "nbf": now - 60,
        "exp": now + 300,
        "iss": ISSUER,
    }


def _signed(world: World, claims: dict[str, Any]) -> str:
    import jwt

    return jwt.encode(claims, world.credentials.signing_key, algorithm="RS256", headers={"kid": _KEY_ID})


def _basic(headers: Mapping[str, str]) -> dict[str, str]:
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client_id, "client_secret": secret}


def _oauth_error(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status_code=status)


def _refused(message: str) -> Response:
    return JSONResponse({"IsSuccessful": False, "Token": None, "ErrorMessage": message})
