//! Sound answers of every kind, and what it takes to spoil one.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use serde_json::{Value, json};

use crate::schema::{Asked, judge};

pub(super) const GUID: &str = "6b1e0000-0000-4000-8000-000000000001";
pub(super) const ROOT: &str = "https://graph.example/v1.0/$metadata#";

/// A request and its answer, to be spoilt.
pub(super) struct Exchange {
    pub(super) request: Request<Bytes>,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Value>,
}

impl Exchange {
    pub(super) fn new(method: &str, path: &str, status: u16, body: Value) -> Self {
        let request = Request::builder().method(method).uri(path).header("client-request-id", "mine");
        let diagnostic = json!({ "ServerInfo": {
            "DataCenter": "Simulator", "Slice": "E", "Ring": "5", "ScaleUnit": "001", "RoleInstance": "SIM1",
        }});
        let headers = [
            ("content-type", "application/json;odata.metadata=minimal;charset=utf-8"),
            ("odata-version", "4.0"),
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("request-id", GUID),
            ("client-request-id", "mine"),
            ("x-ms-ags-diagnostic", &diagnostic.to_string()),
            ("cache-control", "no-store"),
        ];
        Self {
            request: request.body(Bytes::new()).expect("a request"),
            status,
            headers: headers.into_iter().map(|(name, value)| header(name, value)).collect(),
            body: Some(body),
        }
    }

    pub(super) fn judge(&self) -> Result<(), String> {
        let body = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        let status = StatusCode::from_u16(self.status).expect("a status");
        judge(&Asked::of(&self.request), status, &self.headers, Some(body.as_bytes()))
    }

    /// The same with another value at a place of the body.
    pub(super) fn with(mut self, place: &str, value: Value) -> Self {
        let body = self.body.as_mut().expect("there is a body");
        let (parent, name) = place.rsplit_once('/').expect("a JSON pointer");
        match body.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is not there")) {
            Value::Array(items) => items[name.parse::<usize>().expect("an index")] = value,
            parent => parent[name] = value,
        }
        self
    }

    pub(super) fn without(mut self, place: &str) -> Self {
        let (parent, name) = place.rsplit_once('/').expect("a JSON pointer");
        let parent = self.body.as_mut().and_then(|body| body.pointer_mut(parent)).and_then(Value::as_object_mut);
        parent.expect("an object").remove(name).expect("it was there");
        self
    }

    pub(super) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.extend([header(name, value)]);
        self
    }

    pub(super) fn without_header(mut self, name: &str) -> Self {
        self.headers.remove(name).expect("it was there");
        self
    }

    pub(super) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

pub(super) fn header(name: &str, value: &str) -> (HeaderName, HeaderValue) {
    (name.parse().expect("a name"), value.parse().expect("a value"))
}

pub(super) fn meeting() -> Value {
    let person = |role: &str| {
        json!({ "upn": "ada@contoso.example", "role": role, "identity": { "user": {
            "id": GUID, "displayName": null, "tenantId": GUID, "identityProvider": "AAD",
        }}})
    };
    json!({
        "@odata.context": format!("{ROOT}microsoft.graph.onlineMeeting"),
        "id": "MSo2YjFl", "externalId": "A", "subject": null, "isBroadcast": false, "meetingType": "scheduled",
        "creationDateTime": "2026-11-20T09:14:07.1182043Z",
        "startDateTime": "2027-02-03T08:00:00Z", "endDateTime": "2027-02-03T09:30:00Z",
        "joinWebUrl": "https://teams.example/l/x%2fy?a=b", "joinUrl": "https://teams.example/l/x", "meetingCode": "39",
        "allowedPresenters": "everyone", "allowRecording": true,
        "joinMeetingIdSettings": { "isPasscodeRequired": true, "joinMeetingId": "39", "passcode": "Kp7" },
        "lobbyBypassSettings": { "scope": "organization", "isDialInBypassEnabled": false },
        "audioConferencing": { "conferenceId": "51", "tollNumbers": ["+1 206-555-0100"] },
        "chatInfo": { "threadId": "19:x@thread.v2", "messageId": "0", "replyChainMessageId": null },
        "joinInformation": { "content": "data:text/html,x", "contentType": "html" },
        "participants": { "organizer": person("presenter"), "attendees": [person("attendee")] },
    })
}

pub(super) fn created() -> Exchange {
    Exchange::new("POST", "/v1.0/users/ada/onlineMeetings/createOrGet", 201, meeting())
}

pub(super) fn found() -> Exchange {
    let mut own = meeting();
    own.as_object_mut().expect("an object").remove("@odata.context");
    let context = format!("{ROOT}users('{GUID}')/onlineMeetings");
    let body = json!({ "@odata.context": context, "value": [own] });
    Exchange::new("GET", "/v1.0/me/onlineMeetings?$filter=JoinWebUrl%20eq%20'x'", 200, body)
}

pub(super) fn problem() -> Exchange {
    let inner = json!({ "date": "2026-11-20T09:14:07", "request-id": GUID, "client-request-id": "mine" });
    let body = json!({ "error": { "code": "NotFound", "message": "", "innerError": inner } });
    Exchange::new("GET", "/v1.0/me/onlineMeetings/MSo2", 404, body)
}

pub(super) fn user() -> Exchange {
    let body = json!({
        "@odata.context": format!("{ROOT}users/$entity"),
        "businessPhones": [], "displayName": "Ada", "givenName": null, "id": GUID, "jobTitle": null, "mail": null,
        "mobilePhone": null, "officeLocation": null, "preferredLanguage": null, "surname": null,
        "userPrincipalName": "ada@contoso.example",
    });
    Exchange::new("GET", "/v1.0/users/ada@contoso.example", 200, body)
}

pub(super) fn users() -> Exchange {
    let one = json!({ "id": GUID, "mail": null });
    let body = json!({ "@odata.context": format!("{ROOT}users(id,mail)"), "value": [one] });
    Exchange::new("GET", "/v1.0/users?$filter=x&%24select=id%2Cmail", 200, body)
}

pub(super) fn organization() -> Exchange {
    let domain = json!({ "name": "contoso.example", "isDefault": true, "isInitial": true });
    let own = json!({ "id": GUID, "displayName": "Contoso", "verifiedDomains": [domain] });
    let body = json!({ "@odata.context": format!("{ROOT}organization"), "value": [own] });
    Exchange::new("GET", "/v1.0/organization", 200, body)
}

pub(super) fn call() -> Exchange {
    let body = json!({
        "@odata.type": "#microsoft.graph.call", "id": GUID, "state": "establishing", "direction": "outgoing",
        "callbackUri": "https://bot.example/api/calls", "requestedModalities": ["audio"], "tenantId": GUID,
        "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" },
        "chatInfo": { "@odata.type": "#microsoft.graph.chatInfo", "threadId": "19:x@thread.v2", "messageId": "0" },
        "meetingInfo": { "@odata.type": "#microsoft.graph.organizerMeetingInfo", "allowConversationWithoutHost": true,
            "organizer": { "user": { "id": GUID, "tenantId": GUID } } },
    });
    Exchange::new("POST", "/v1.0/communications/calls", 201, body)
}

pub(super) fn batch() -> Exchange {
    let (made, failed) = (meeting(), problem().body);
    let headers = json!({ "Content-Type": "application/json", "Retry-After": "2.5" });
    let body = json!({ "responses": [
        { "id": "2", "status": 429, "headers": headers, "body": failed },
        { "id": "1", "status": 201, "headers": { "Content-Type": "application/json" }, "body": made },
        { "id": "3", "status": 204 },
    ]});
    let mut exchange = Exchange::new("POST", "/v1.0/$batch", 200, body);
    let asked = |id: &str, method: &str, url: &str| json!({ "id": id, "method": method, "url": url });
    let requests = json!({ "requests": [
        asked("1", "POST", "/users/ada/onlineMeetings/createOrGet"),
        asked("2", "GET", "/me"),
        asked("3", "DELETE", "me/onlineMeetings/x"),
    ]});
    *exchange.request.body_mut() = requests.to_string().into();
    exchange
}

pub(super) fn token() -> Exchange {
    let body = json!({ "token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "x" });
    Exchange::new("POST", "/contoso/oauth2/v2.0/token", 200, body)
}

pub(super) fn denial() -> Exchange {
    let body = json!({
        "error": "authorization_pending", "error_description": "AADSTS70016: wait", "error_codes": [70016],
        "timestamp": "2026-11-20 09:14:07Z", "trace_id": GUID, "correlation_id": GUID,
    });
    Exchange::new("POST", "/contoso/oauth2/v2.0/token", 400, body)
}

pub(super) fn device_code() -> Exchange {
    let body = json!({
        "user_code": "F3JK", "device_code": "x", "verification_uri": "https://login.example/device",
        "expires_in": 900, "interval": 5, "message": "Open the page.",
    });
    Exchange::new("POST", "/contoso/oauth2/v2.0/devicecode", 200, body)
}

pub(super) fn configuration() -> Exchange {
    let at = |path: &str| format!("https://login.example/contoso/{path}");
    let body = json!({
        "issuer": at("v2.0"), "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
        "jwks_uri": at("keys"), "device_authorization_endpoint": at("devicecode"), "tenant_region_scope": null,
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    Exchange::new("GET", "/contoso/v2.0/.well-known/openid-configuration", 200, body)
}
