//! Signing in against answers that are written out here, in virtual time.

use super::*;
use std::collections::VecDeque;
use std::fs;
use std::path::Path;

const CODE: (u16, &str) = (
    200,
    r#"{"user_code":"ABCD","device_code":"hush-device","verification_uri":"https://login.example/device",
        "expires_in":900,"interval":5,"message":"Open the page and enter ABCD."}"#,
);
const PENDING: (u16, &str) = (400, r#"{"error":"authorization_pending","error_description":"AADSTS70016: Pending."}"#);
const SLOW_DOWN: (u16, &str) = (400, r#"{"error":"slow_down"}"#);
/// Who it was is in the payload of the ID token.
const TOKEN: (u16, &str) = (
    200,
    r#"{"token_type":"Bearer","expires_in":3600,"access_token":"hush-access","refresh_token":"hush-refresh",
        "id_token":"e30.eyJwcmVmZXJyZWRfdXNlcm5hbWUiOiJhZGFAY29udG9zby5leGFtcGxlIn0.x"}"#,
);
const REFUSED: (u16, &str) =
    (400, r#"{"error":"invalid_grant","error_description":"AADSTS700082: hush-refresh has expired.\r\nTrace ID: 1"}"#);

/// Answers in order, and remembers what it was asked, and after how many seconds.
struct Script {
    replies: RefCell<VecDeque<Result<(u16, &'static str), Lost>>>,
    asked: RefCell<Vec<(u64, String, String)>>,
    began: Instant,
}

impl Script {
    fn new(replies: impl IntoIterator<Item = (u16, &'static str)>) -> Self {
        Self {
            replies: RefCell::new(replies.into_iter().map(Ok).collect()),
            asked: RefCell::default(),
            began: Instant::now(),
        }
    }

    /// When it was asked, in seconds.
    fn times(&self) -> Vec<u64> {
        self.asked.borrow().iter().map(|(at, ..)| *at).collect()
    }
}

impl Exchange for Script {
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let body = String::from_utf8(request.body().to_vec()).expect("a form is text");
        self.asked.borrow_mut().push((self.began.elapsed().as_secs(), request.uri().to_string(), body));
        let (status, body) = self.replies.borrow_mut().pop_front().expect("not asked more often than scripted")?;
        let mut reply = Response::new(body.into());
        *reply.status_mut() = StatusCode::from_u16(status).expect("a status");
        Ok(reply)
    }
}

fn device(keep: Option<&Path>, asks: bool) -> Result<Device> {
    let keep = keep.map(Path::to_owned);
    let app = DeviceCode { tenant: "t".into(), client_id: "app".into(), looks_up: false, keep, asks };
    Device::new("https://login.example/", scope("https://graph.example/", false), app)
}

/// The error of a sign-in that is answered so.
async fn told(device: &Device, replies: impl IntoIterator<Item = (u16, &'static str)>) -> Trouble {
    let Err(Verdict::Broken(trouble)) = device.fetch(&Script::new(replies)).await else { panic!("no row can succeed") };
    assert!(!trouble.error().contains("hush"), "{}", trouble.error());
    trouble
}

#[tokio::test(start_paused = true)]
async fn a_person_is_waited_for_at_the_pace_that_is_asked_for() {
    let (device, service) =
        (device(None, true).expect("a device"), Script::new([CODE, PENDING, SLOW_DOWN, PENDING, PENDING, TOKEN]));
    let (header, lifetime) = device.fetch(&service).await.expect("a token");
    assert_eq!((header.to_str().expect("text"), lifetime), ("Bearer hush-access", Duration::from_hours(1)));
    assert!(header.is_sensitive());
    assert_eq!(service.times(), [0, 5, 10, 20, 30, 40]);
    let asked = service.asked.borrow();
    let scope = "https%3A%2F%2Fgraph.example%2FOnlineMeetings.ReadWrite%20https%3A%2F%2Fgraph.example%2FUser.Read%20\
                 offline_access%20openid%20profile";
    assert_eq!(asked[0].1, "https://login.example/t/oauth2/v2.0/devicecode");
    assert_eq!(asked[0].2, format!("client_id=app&scope={scope}"));
    let form =
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=app&device_code=hush-device";
    for (_, uri, body) in &asked[1..] {
        assert_eq!((uri.as_str(), body.as_str()), ("https://login.example/t/oauth2/v2.0/token", form));
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_falters_is_asked_on_more_slowly() {
    let service = Script::new([CODE, (503, ""), (429, ""), TOKEN]);
    service.replies.borrow_mut().insert(1, Err(Lost::Timeout));
    device(None, true).expect("a device").fetch(&service).await.expect("a token");
    assert_eq!(service.times(), [0, 5, 15, 30, 45]);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_nobody_enters_ends_with_its_time() {
    let (device, service) =
        (device(None, true).expect("a device"), Script::new([CODE].into_iter().chain([PENDING; 179])));
    let Err(Verdict::Broken(trouble)) = device.fetch(&service).await else { panic!("it ends") };
    assert!(trouble.error().contains("nobody has signed in"), "{}", trouble.error());
    assert_eq!(service.times().last(), Some(&895));
}

#[tokio::test(start_paused = true)]
async fn every_end_of_a_code_is_told_in_our_words() {
    let device = device(None, true).expect("a device");
    for (body, words) in [
        (r#"{"error":"authorization_declined","error_description":"AADSTS70000: hush-device"}"#, "has declined"),
        (r#"{"error":"expired_token"}"#, "nobody has signed in"),
        (r#"{"error":"bad_verification_code","error_description":"hush-device is unknown"}"#, "for a new one"),
        (r#"{"error":"invalid_client","error_description":"AADSTS7000218: x"}"#, "allow public client flows"),
        (r#"{"error":"invalid_grant","error_description":"AADSTS65001: x"}"#, "nobody has consented"),
        (r#"{"error":"invalid_grant","error_description":"AADSTS50105: x"}"#, "not assigned"),
        (r#"{"error":"invalid_grant","error_description":"AADSTS53003: x"}"#, "conditional access"),
    ] {
        let trouble = told(&device, [CODE, PENDING, (400, body)]).await;
        assert!(trouble.error().contains(words), "{}", trouble.error());
        assert_eq!(trouble.http_status, Some(400));
        assert_eq!(trouble.error().contains("(the identity service said: "), body.contains("description"), "{body}");
    }
    let unknown = (400, r#"{"error":"unauthorized_client","error_description":"AADSTS700016: x"}"#);
    assert!(told(&device, [unknown]).await.error().contains("AZURE_CLIENT_ID"));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_code_is_asked_for_again() {
    let device = device(None, true).expect("a device");
    for reply in [(200, "{}"), (200, "<html>"), (200, TOKEN.1), (503, "")] {
        assert!(matches!(device.fetch(&Script::new([reply])).await, Err(Verdict::Again(_))), "{reply:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_token_is_got_without_the_person_and_each_refresh_token_replaces_the_last() {
    let device = device(None, true).expect("a device");
    device.fetch(&Script::new([CODE, TOKEN])).await.expect("a token");
    let second = (200, r#"{"access_token":"b","refresh_token":"next"}"#);
    let service = Script::new([second, (200, r#"{"access_token":"c"}"#), (503, ""), TOKEN]);
    for _ in 0..4 {
        let _ = device.fetch(&service).await;
    }
    let sent: Vec<String> = service.asked.borrow().iter().map(|(_, _, body)| body.clone()).collect();
    assert!(sent[0].starts_with("grant_type=refresh_token&client_id=app&refresh_token=hush-refresh&scope=https"));
    assert!(sent[1..].iter().all(|body| body.contains("refresh_token=next&")), "{sent:?}");
    assert_eq!(service.times(), [0; 4], "nobody waits");
}

#[tokio::test(start_paused = true)]
async fn a_refused_refresh_token_leads_back_to_the_person() {
    let device = device(None, true).expect("a device");
    device.fetch(&Script::new([CODE, TOKEN])).await.expect("a token");
    let service = Script::new([REFUSED, CODE, PENDING, TOKEN]);
    device.fetch(&service).await.expect("a token");
    assert_eq!(service.times(), [0, 0, 5, 10]);
    // What a person cannot mend does not ask one.
    told(&device, [(401, r#"{"error":"invalid_client","error_description":"AADSTS7000218: x"}"#)]).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_where_nobody_is() {
    let trouble = told(&device(None, false).expect("a device"), []).await;
    assert!(trouble.error().contains("run it at a terminal, once with --keep-sign-in FILE"), "{}", trouble.error());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sign-in.json");
    device(Some(&file), true).expect("a device").fetch(&Script::new([CODE, TOKEN])).await.expect("a token");
    let alone = device(Some(&file), false).expect("a device");
    let trouble = told(&alone, [REFUSED]).await;
    for words in ["once at a terminal", &file.display().to_string(), "AADSTS700082"] {
        assert!(trouble.error().contains(words), "{}", trouble.error());
    }
    assert_eq!(trouble.error().matches("no access token").count(), 1, "{}", trouble.error());
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_is_kept_for_the_next_run_and_nothing_else_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sign-in.json");
    let first = device(Some(&file), true).expect("a device");
    assert!(!file.exists(), "there is nothing to keep yet");
    first.fetch(&Script::new([CODE, TOKEN])).await.expect("a token");
    let kept = fs::read_to_string(&file).expect("it is kept");
    let kept: Value = serde_json::from_str(&kept).expect("JSON");
    let want = serde_json::json!({
        "what": "a sign-in kept by convoke", "login": "https://login.example", "tenant": "t", "client_id": "app",
        "account": "ada@contoso.example", "refresh_token": "hush-refresh",
    });
    assert_eq!(kept, want);
    let alone = device(Some(&file), false).expect("a device");
    let service = Script::new([(200, r#"{"access_token":"b","refresh_token":"next"}"#)]);
    alone.fetch(&service).await.expect("a token without anybody");
    assert!(fs::read_to_string(&file).expect("it is kept").contains(r#""refresh_token": "next""#));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside it");
    let printed = format!("{alone:?} {first:?}");
    assert!(!printed.contains("hush") && !printed.contains("next"), "{printed}");
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn the_kept_file_is_for_its_owner_only() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let (file, link) = (folder.path().join("sign-in.json"), folder.path().join("link.json"));
    device(Some(&file), true).expect("a device").fetch(&Script::new([CODE, TOKEN])).await.expect("a token");
    let mode = || fs::metadata(&file).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    symlink(&file, &link).expect("a link");
    device(Some(&link), false).expect("a device").fetch(&Script::new([TOKEN])).await.expect("a token");
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    assert_eq!(mode(), 0o600);
    for open in [0o640, 0o604, 0o660] {
        fs::set_permissions(&file, fs::Permissions::from_mode(open)).expect("a mode");
        let error = format!("{:#}", device(Some(&file), true).expect_err("others can read it"));
        assert!(error.contains("others can read it") && !error.contains("hush"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_ours_is_told_and_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sign-in.json");
    let late = device(Some(&file), true).expect("there is nothing yet");
    device(Some(&file), true).expect("a device").fetch(&Script::new([CODE, TOKEN])).await.expect("a token");
    let good = fs::read_to_string(&file).expect("it is kept");
    for (text, words) in [
        (good[..good.len() / 2].to_owned(), "no sign-in"),
        (String::new(), "no sign-in"),
        ("externalId,subject\n".into(), "no sign-in"),
        (r#"{"refresh_token":"hush"}"#.into(), "no sign-in"),
        (good.replace("hush-refresh", ""), "no sign-in"),
        (good.replace("hush-refresh", &"hush".repeat(20_000)), "no sign-in"),
        (good.replace(r#""t""#, r#""other""#), "for the tenant other, and this run is for t"),
        (good.replace(r#""app""#, r#""other""#), "for the app other"),
        (good.replace("https://login.example", "https://login.other"), "for the identity service https://login.other"),
    ] {
        fs::write(&file, &text).expect("it is written");
        let error = format!("{:#}", device(Some(&file), true).expect_err("it is refused"));
        assert!(error.contains("--keep-sign-in") && error.contains(words), "{error}");
        assert!(!error.contains("hush"), "{error}");
        // Nor does it go where it comes in the way later.
        late.refresh.borrow_mut().take();
        late.fetch(&Script::new([CODE, TOKEN])).await.expect("a token, though it is not kept");
        assert_eq!(fs::read_to_string(&file).expect("it is there"), text);
    }
    let error = device(Some(&folder.path().join("none").join("x")), true).expect_err("there is no such folder");
    assert!(format!("{error:#}").contains("cannot be written there"), "{error:#}");
    assert!(device(Some(folder.path()), true).is_err(), "a folder is no file");
}
