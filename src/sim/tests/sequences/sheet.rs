//! From a plan and what is known to the requests themselves.

use proptest::sample::Index;

use super::super::calls::{by_coordinates, by_number};
use super::super::*;
use super::model::Model;
use super::plan::{Sent, Spoil, Step};

pub(super) const ORGANIZERS: [&str; 3] = [ORGANIZER, "6b1e0000-0000-4000-8000-000000000002", USER_ID];
const STRANGER: &str = "6b1e0000-0000-4000-8000-00000000000f";
const KEYS: [&str; 4] = ["A", "a", "Z\u{fc}rich '5/6?'", "\u{0}"];
const METHODS: [&str; 8] = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "get", "BREW"];
const SLIPS: [&str; 11] = ["", "/", "~", "%", "%ff", "%2F", "A", "'", "//", "%00", "."];
const HEADERS: [(&str, &str); 10] = [
    ("content-type", ""),
    ("content-type", "text/plain"),
    ("content-type", "application/json;odata.metadata=none"),
    ("authorization", ""),
    ("authorization", "Bearer x.y.z"),
    ("prefer", "include-unknown-enum-members"),
    ("accept-language", "de;q=x, ;;,*"),
    ("client-request-id", "not a GUID"),
    ("consistencylevel", "eventual"),
    ("expect", "nothing"),
];
const ELSEWHERE: [&str; 20] = [
    "/me",
    "/users",
    "/users?$top=0",
    "/users?$select=aboutMe",
    "/users?$count=true&$filter=startswith(displayName,'A')",
    "/users?$filter=mail%20eq%20'ada@contoso.example'&$select=id",
    "/users?$skiptoken=x",
    "/users/ada@contoso.example",
    "/users/nobody",
    "/organization",
    "/organization?$select=id,displayName",
    "/onlineMeetings",
    "/me/onlineMeetings",
    "/me/onlineMeetings?$filter=externalId%20eq%20'A'",
    "/communications/calls",
    "/$batch",
    "/users/%/onlineMeetings/%25",
    "/",
    "//",
    "",
];

/// A request, but for the version and the token.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Text that may be no JSON any more.
    pub(super) body: Option<String>,
    /// The id of the meeting that it is about, as far as it names one.
    pub(super) about: Option<String>,
    /// Whether it must find that meeting if there is one.
    pub(super) finds: bool,
}

/// What there is to put in the place of a member; `None`: nothing.
fn oddities() -> Vec<Option<Value>> {
    let odd = [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1.5e300),
        json!(""),
        json!("x"),
        json!("A"),
        json!([]),
        json!({}),
        json!([null]),
        json!({ "a": { "b": [] } }),
        json!("2027-02-03T08:00:00Z"),
        json!("9999-12-31T23:59:59.9999999Z"),
        json!("unknownFutureValue"),
        json!("coorganizer"),
        json!("\u{0}\u{202e}'\"<&>%00"),
        json!("\u{e9}".repeat(400)),
        json!(ORGANIZER),
    ];
    std::iter::once(None).chain(odd.into_iter().map(Some)).collect()
}

fn creations() -> [Value; 4] {
    [
        json!({}),
        json!({ "subject": "B", "joinMeetingIdSettings": { "isPasscodeRequired": false } }),
        json!({ "allowedPresenters": "organizer", "lobbyBypassSettings": { "scope": "invited" } }),
        json!({ "startDateTime": "2027-02-03T08:00:00Z", "participants": full()["participants"] }),
    ]
}

fn changes() -> [Value; 6] {
    [
        json!({}),
        json!({ "subject": null }),
        json!({ "subject": "C", "lobbyBypassSettings": { "isDialInBypassEnabled": true } }),
        json!({ "startDateTime": "0001-01-01T00:00:00Z", "endDateTime": "9999-12-31T23:59:59Z" }),
        json!({ "participants": { "attendees": [{ "upn": "new@contoso.example", "role": "coorganizer" }] } }),
        json!({ "anonymizeIdentityForRoles": ["producer"], "externalId": "A" }),
    ]
}

impl Sheet {
    fn plain(method: &str, path: String, body: Option<&Value>) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        let body = body.map(Value::to_string);
        Self { method: method.to_owned(), path, headers, body, about: None, finds: false }
    }

    pub(super) fn of(sent: &Sent, model: &Model) -> Self {
        let mut sheet = Self::good(sent, model);
        if let Some(spoil) = &sent.spoil {
            sheet.finds = false;
            sheet.spoil(spoil);
        }
        sheet
    }

    fn good(sent: &Sent, model: &Model) -> Self {
        let Sent { step, signed_in, .. } = sent;
        let of = |who: &str| match who {
            USER_ID if *signed_in => "/me/onlineMeetings".to_owned(),
            who => format!("/users/{who}/onlineMeetings"),
        };
        let known = |index: &Index| (!model.all().is_empty()).then(|| index.get(model.all()));
        let (method, body, index, tail): (_, Option<&Value>, _, _) = match step {
            Step::CreateOrGet { organizer, key } => {
                let mut body = full();
                body["externalId"] = json!(key.get(&KEYS));
                return Self::plain(
                    "POST",
                    of(ORGANIZERS[organizer.index(ORGANIZERS.len())]) + "/createOrGet",
                    Some(&body),
                );
            }
            Step::Create { organizer, body } => {
                return Self::plain(
                    "POST",
                    of(ORGANIZERS[organizer.index(ORGANIZERS.len())]),
                    Some(body.get(&creations())),
                );
            }
            Step::Elsewhere(at) => return Self::plain("GET", (*at.get(&ELSEWHERE)).to_owned(), None),
            Step::Join { of: index, by_number: false } => {
                let Some(meeting) = known(index) else {
                    return Self::plain("POST", "/communications/calls".into(), None);
                };
                return Self::plain("POST", "/communications/calls".into(), Some(&by_coordinates(&meeting.body)));
            }
            Step::Join { of: index, by_number: true } => {
                let meeting = known(index).map(|meeting| &meeting.body);
                let code = meeting.map_or("1".to_owned(), |meeting| text(meeting, "/meetingCode"));
                let passcode = meeting.and_then(|meeting| meeting["joinMeetingIdSettings"]["passcode"].as_str());
                return Self::plain("POST", "/communications/calls".into(), Some(&by_number(&code, passcode)));
            }
            Step::Get { of, select, .. } => ("GET", None, of, if *select { "?$select=subject,id" } else { "" }),
            Step::Change { of, .. } => ("PATCH", None, of, ""),
            Step::Delete { of } => ("DELETE", None, of, ""),
            Step::Find { of, .. } => ("GET", None, of, ""),
        };
        let Some(meeting) = known(index) else {
            return Self::plain(method, of(ORGANIZER) + "/unknown", body);
        };
        let stranger = matches!(step, Step::Get { stranger: true, .. });
        let owner = of(if stranger { STRANGER } else { &meeting.organizer });
        let path = match step {
            Step::Find { by_number: true, .. } => {
                let code = text(&meeting.body, "/meetingCode");
                format!("{owner}?$filter=joinMeetingIdSettings/joinMeetingId%20eq%20'{code}'")
            }
            Step::Find { .. } => {
                let link = text(&meeting.body, "/joinWebUrl").replace('%', "%25");
                format!("{owner}?$filter=JoinWebUrl%20eq%20'{link}'")
            }
            _ => format!("{owner}/{}{tail}", text(&meeting.body, "/id").replace('/', "%2F")),
        };
        let changes = changes();
        let body = if let Step::Change { body, .. } = step { Some(body.get(&changes)) } else { body };
        let id = text(&meeting.body, "/id");
        Self { about: Some(id), finds: !stranger, ..Self::plain(method, path, body) }
    }

    fn spoil(&mut self, spoil: &Spoil) {
        match spoil {
            Spoil::Member { at, with } => {
                let Some(mut body) = self.body.as_deref().and_then(|body| serde_json::from_str(body).ok()) else {
                    return;
                };
                let mut places = Vec::new();
                collect(&body, String::new(), &mut places);
                put(&mut body, &places[at.index(places.len())], with.get(&oddities()).clone());
                self.body = Some(body.to_string());
            }
            Spoil::CutBody(at) => {
                if let Some(body) = &self.body {
                    self.body = Some(body.chars().take(at.index(body.len().max(1))).collect());
                }
            }
            Spoil::Path { at, with } if !self.path.is_empty() => {
                // Not what is selected: whether a name that there is not is refused, no page says.
                let at = at.index(self.path.find("?$select").unwrap_or(self.path.len()));
                self.path.replace_range(at..=at, SLIPS[with.index(SLIPS.len())]);
            }
            Spoil::Path { .. } => self.path.push('/'),
            Spoil::Method(method) => (*method.get(&METHODS)).clone_into(&mut self.method),
            Spoil::Header(at) => {
                let (name, value) = *at.get(&HEADERS);
                self.headers.retain(|(own, _)| *own != name);
                self.headers.push((name, value.to_owned()));
            }
        }
    }

    pub(super) fn deletes(&self) -> Option<&str> {
        self.about.as_deref().filter(|_| self.method.eq_ignore_ascii_case("DELETE"))
    }

    /// As an item of a batch.
    pub(super) fn item(&self, id: &str) -> Value {
        let headers: serde_json::Map<_, _> =
            self.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let mut item = json!({ "id": id, "method": self.method, "url": self.path, "headers": headers });
        if let Some(body) = &self.body {
            item["body"] = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
        }
        item
    }
}

/// All places of a JSON, as pointers.
fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    let names: Vec<String> = match value {
        Value::Object(members) => members.keys().map(|name| name.replace('~', "~0").replace('/', "~1")).collect(),
        Value::Array(items) => (0..items.len()).map(|at| at.to_string()).collect(),
        _ => Vec::new(),
    };
    for name in names {
        let below = format!("{place}/{name}");
        collect(value.pointer(&format!("/{name}")).unwrap_or(&Value::Null), below, places);
    }
    places.push(place);
}

fn put(body: &mut Value, place: &str, with: Option<Value>) {
    if let Some(value) = with {
        if let Some(there) = body.pointer_mut(place) {
            *there = value;
        }
        return;
    }
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    if let Some(Value::Object(parent)) = body.pointer_mut(parent) {
        parent.remove(name);
    }
}
