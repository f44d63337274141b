//! Tokens against a scripted identity service, in virtual time.

use std::collections::VecDeque;

use ::http::{Request, Response};
use bytes::Bytes;

use super::login::secret_header;
use super::*;
use crate::graph::Lost;

/// Answers what it was told to, in order, after a second each.
struct Script {
    replies: RefCell<VecDeque<Result<(u16, String), Lost>>>,
    asked: Cell<u32>,
}

impl Script {
    fn new(replies: impl IntoIterator<Item = (u16, &'static str)>) -> Self {
        let replies = replies.into_iter().map(|(status, body)| Ok((status, body.to_owned()))).collect();
        Self { replies: RefCell::new(replies), asked: Cell::new(0) }
    }
}

impl Exchange for Script {
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        assert_eq!(request.uri(), "https://login.example/t%20t/oauth2/v2.0/token");
        assert_eq!(
            request.body(),
            "client_id=app&client_secret=s%26%3D%2B&scope=https%3A%2F%2Fgraph.example%2F.default&grant_type=client_credentials"
        );
        self.asked.set(self.asked.get() + 1);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (status, body) = self.replies.borrow_mut().pop_front().expect("not asked more often than scripted")?;
        let mut reply = Response::new(body.into());
        *reply.status_mut() = ::http::StatusCode::from_u16(status).expect("a status");
        Ok(reply)
    }
}

fn tokens() -> Tokens {
    let app = ClientSecret { tenant: "t t".into(), client_id: "app".into(), secret: "s&=+".into() };
    Tokens::new("https://login.example/", "https://graph.example", Credentials::ClientSecret(app)).expect("a source")
}

const HOUR: (u16, &str) = (200, r#"{"token_type":"Bearer","expires_in":3600,"access_token":"a"}"#);

#[tokio::test(start_paused = true)]
async fn one_renewal_serves_all_who_ask() {
    let (tokens, service) = (tokens(), Script::new([HOUR, (200, r#"{"expires_in":"3600","access_token":"b"}"#)]));
    let bearers = futures::future::join_all((0..20).map(|_| tokens.bearer(&service))).await;
    assert!(bearers.iter().all(|bearer| bearer.as_ref().expect("a token").serial == 1));
    assert_eq!(service.asked.get(), 1);
    tokio::time::advance(Duration::from_secs(3600 - 301)).await;
    assert_eq!(tokens.bearer(&service).await.expect("a token").serial, 1);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(tokens.bearer(&service).await.expect("a token").header().to_str().expect("text"), "Bearer b");
}

#[tokio::test(start_paused = true)]
async fn one_renewal_that_fails_fails_for_all_who_wait_for_it() {
    let (tokens, service) = (tokens(), Script::new([(503, ""), HOUR]));
    let bearers = futures::future::join_all((0..64).map(|_| tokens.bearer(&service))).await;
    assert!(
        bearers.iter().all(|bearer| matches!(bearer, Err(Verdict::Again(trouble)) if trouble.http_status == Some(503)))
    );
    assert_eq!(service.asked.get(), 1);
    assert_eq!(tokens.bearer(&service).await.expect("who comes later asks again").serial, 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_has_ended_or_was_rejected_is_not_sent_after_a_wait() {
    let (tokens, service) = (tokens(), Script::new([HOUR, HOUR]));
    assert!(tokens.lasting().is_none());
    tokens.bearer(&service).await.expect("a token");
    assert_eq!(tokens.lasting().map(|bearer| bearer.serial), Some(1));
    tokio::time::advance(Duration::from_secs(3601)).await;
    assert!(tokens.lasting().is_none(), "it has ended");
    let second = tokens.bearer(&service).await.expect("a token");
    assert_eq!(tokens.lasting().map(|bearer| bearer.serial), Some(2));
    assert!(matches!(tokens.rejected(&second, Trouble::default()), Verdict::Again(_)));
    assert!(tokens.lasting().is_none(), "it was rejected");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_ahead_of_time_keeps_nobody_waiting_who_can_use_the_old_token() {
    let (tokens, service) = (tokens(), Script::new([HOUR, HOUR]));
    tokens.bearer(&service).await.expect("a token");
    tokio::time::advance(Duration::from_secs(3400)).await;
    let began = Instant::now();
    let asked = async { (tokens.bearer(&service).await.expect("a token").serial, began.elapsed().as_secs()) };
    let meanwhile = async { (tokens.bearer(&service).await.expect("a token").serial, began.elapsed().as_secs()) };
    assert_eq!(futures::future::join(asked, meanwhile).await, ((2, 1), (1, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_command_that_does_not_end_is_given_up() {
    let source = Credentials::TokenCommand("exec sleep 1000".into());
    let tokens = Tokens::new("https://login.example", "https://graph.example", source).expect("a source");
    let Err(Verdict::Again(trouble)) = tokens.bearer(&Script::new([])).await else { panic!("it never ends") };
    assert!(trouble.cause.contains("did not end within 60 s"), "{}", trouble.cause);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_leaves_the_old_token_while_it_lasts() {
    let (tokens, service) = (tokens(), Script::new([HOUR, (503, ""), (503, ""), (503, "")]));
    tokens.bearer(&service).await.expect("a token");
    tokio::time::advance(Duration::from_secs(3400)).await;
    assert_eq!(tokens.bearer(&service).await.expect("the old token").serial, 1);
    tokio::time::advance(Duration::from_secs(190)).await;
    assert_eq!(tokens.bearer(&service).await.expect("the old token, to its very end").serial, 1);
    assert_eq!(service.asked.get(), 3);
    tokio::time::advance(Duration::from_secs(9)).await;
    assert!(matches!(tokens.bearer(&service).await, Err(Verdict::Again(_))));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_renewed_once_and_then_the_run_is_doomed() {
    let (tokens, service) = (tokens(), Script::new([HOUR, HOUR, HOUR]));
    let first = tokens.bearer(&service).await.expect("a token");
    assert!(matches!(tokens.rejected(&first, Trouble::default()), Verdict::Again(_)));
    assert!(matches!(tokens.rejected(&first, Trouble::default()), Verdict::Again(_)), "others had it in flight");
    let second = tokens.bearer(&service).await.expect("a token");
    assert!(matches!(tokens.rejected(&first, Trouble::default()), Verdict::Again(_)), "a late answer to the old one");
    tokens.accepted(&second);
    assert!(matches!(tokens.rejected(&second, Trouble::default()), Verdict::Again(_)), "it was good for a while");
    let third = tokens.bearer(&service).await.expect("a token");
    assert!(matches!(tokens.rejected(&third, Trouble::default()), Verdict::Broken(_)));
}

#[tokio::test(start_paused = true)]
async fn a_token_from_elsewhere_is_never_renewed() {
    let source = Credentials::AccessToken("given".into());
    let tokens = Tokens::new("https://login.example", "https://graph.example", source).expect("a source");
    let service = Script::new([]);
    let bearer = tokens.bearer(&service).await.expect("a token");
    tokio::time::advance(Duration::from_hours(100)).await;
    assert_eq!(tokens.bearer(&service).await.expect("a token").serial, 1);
    let Verdict::Broken(trouble) = tokens.rejected(&bearer, Trouble::default()) else { panic!("nothing to renew") };
    assert!(trouble.cause.contains("CONVOKE_ACCESS_TOKEN"));
}

#[tokio::test(start_paused = true)]
async fn bad_credentials_doom_the_run_and_are_explained() {
    for (status, body, words) in [
        (
            401,
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret.\r\nTrace ID: 1"}"#,
            "not its id",
        ),
        (401, r#"{"error":"invalid_client","error_description":"AADSTS7000222: Expired."}"#, "expired"),
        (400, r#"{"error":"unauthorized_client","error_description":"AADSTS700016: No app."}"#, "AZURE_CLIENT_ID"),
        (400, r#"{"error":"invalid_request","error_description":"AADSTS90002: No tenant."}"#, "no such tenant"),
        (404, "<html>", "check AZURE_TENANT_ID"),
    ] {
        let Err(Verdict::Broken(trouble)) = tokens().bearer(&Script::new([(status, body)])).await else {
            panic!("{body} dooms the run")
        };
        assert!(trouble.error().contains(words), "{}", trouble.error());
        assert!(!trouble.error().contains("Trace ID"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_passing_fault_of_the_identity_service_is_tried_again() {
    for (status, body) in [(500, ""), (503, "<html>"), (408, ""), (200, "{}"), (200, "cut")] {
        assert!(matches!(tokens().bearer(&Script::new([(status, body)])).await, Err(Verdict::Again(_))), "{status}");
    }
    assert!(matches!(tokens().bearer(&Script::new([(429, "")])).await, Err(Verdict::Throttled(None, _))));
}

#[tokio::test(start_paused = true)]
async fn a_lifetime_beyond_all_reason_is_taken_for_a_day() {
    let endless = (200, r#"{"expires_in":18446744073709551615,"access_token":"a"}"#);
    let (tokens, service) = (tokens(), Script::new([endless, HOUR]));
    tokens.bearer(&service).await.expect("a token");
    tokio::time::advance(Duration::from_hours(24)).await;
    assert_eq!(tokens.bearer(&service).await.expect("a token").serial, 2);
}

#[tokio::test(start_paused = true)]
async fn a_passing_fault_is_not_blamed_on_the_credentials() {
    let Err(Verdict::Again(trouble)) = tokens().bearer(&Script::new([(503, "")])).await else { panic!("it passes") };
    assert!(trouble.cause.contains("HTTP 503") && !trouble.cause.contains("AZURE"), "{}", trouble.cause);
}

#[tokio::test(start_paused = true)]
async fn a_page_in_the_way_is_not_blamed_on_the_credentials() {
    for status in [200, 403] {
        let Err(Verdict::Again(trouble) | Verdict::Broken(trouble)) =
            tokens().bearer(&Script::new([(status, "<html>Welcome to our WLAN")])).await
        else {
            panic!("it is no token")
        };
        assert!(trouble.cause.contains("no JSON") && !trouble.cause.contains("SECRET"), "{}", trouble.cause);
    }
}

#[test]
fn tokens_and_secrets_cannot_be_printed() {
    let app = ClientSecret { tenant: "t".into(), client_id: "c".into(), secret: "hush".into() };
    let bearer = Bearer { header: secret_header(&"hush".into()).expect("a header"), serial: 1 };
    let printed = format!("{:?} {:?} {:?} {bearer:?}", Credentials::AccessToken("hush".into()), app, bearer.header());
    assert!(!printed.contains("hush"), "{printed}");
}
