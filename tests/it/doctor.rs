//! `doctor` through the real program: against the simulator with each thing broken in turn, and against stand-ins where
//! the simulator cannot be broken so.

use std::net::TcpListener;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use convoke::sim::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};
use http::{Request, Response};
use serde_json::Value;
use tempfile::TempDir;

use crate::binary::{convoke, run, write};
use crate::harness::reply;
use crate::server::Server;
use crate::simulate::Simulator;

const ADA: &str = "6b1e0000-0000-4000-8000-000000000001";
const BOB: &str = "6b1e0000-0000-4000-8000-000000000002";
const EVE: &str = "6b1e0000-0000-4000-8000-000000000003";

/// A tenant, and a sheet of these organizers; they go with the last value.
fn tenant(organizers: &[&str]) -> (String, String, TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let people = format!(
        "id,userPrincipalName,displayName,mail,licensed,policy\n{ADA},ada.lind@contoso.example,Ada,ada@contoso.example,true,true\n\
         {BOB},bob@contoso.example,Bob,,true,false\n{EVE},eve@contoso.example,Eve,,false,true\n"
    );
    let rows: Vec<String> = organizers.iter().enumerate().map(|(at, who)| format!("A-{at},{who}\n")).collect();
    let sheet = write(directory.path(), "in.csv", &format!("externalId,organizerUserId\n{}", rows.concat()));
    (write(directory.path(), "people.csv", &people), sheet, directory)
}

/// The doctor, pointed at a server and signed in as the embedded Graph's app.
fn doctor(url: &str, args: &[&str]) -> Command {
    let mut command = convoke(["doctor", "-v"]);
    command.env("CONVOKE_GRAPH_URL", url).env("CONVOKE_LOGIN_URL", url);
    command.args(args).env("AZURE_TENANT_ID", TENANT_ID).env("AZURE_CLIENT_ID", CLIENT_ID);
    command.env("AZURE_CLIENT_SECRET", CLIENT_SECRET);
    command
}

/// Runs it as a person does and as a program does, finds that both say the same and no secret, and gives its exit status,
/// the text and the objects.
fn examine(mut command: Command) -> (Option<i32>, String, Vec<Value>) {
    let (status, text, said) = run(&mut command);
    let (also, json, also_said) = run(command.arg("--format=json"));
    assert_eq!(status, also, "{text}\n{json}");
    for secret in [CLIENT_SECRET, "not-the-secret", "eyJ", "Bearer"] {
        assert!([&text, &json, &said, &also_said].iter().all(|out| !out.contains(secret)), "{secret}: {text}\n{said}");
    }
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    for line in &lines {
        let names: Vec<&str> = line.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(names, ["commands", "found", "mend", "state", "step", "what"], "{line}");
    }
    let count = |state: &str| lines.iter().filter(|line| line["step"] != "next" && line["state"] == state).count();
    for (glyph, state) in [("✓ ", "ok"), ("✗ ", "failed"), ("? ", "unknown")] {
        assert_eq!(text.lines().filter(|line| line.starts_with(glyph)).count(), count(state), "{text}\n{json}");
    }
    assert_eq!(status, Some(if count("failed") == 0 { 0 } else { 4 }), "{text}");
    (status, text, lines)
}

/// The step of the first cross.
fn first_cross(lines: &[Value]) -> &str {
    let cross = lines.iter().find(|line| line["state"] == "failed");
    cross.and_then(|line| line["step"].as_str()).unwrap_or("none")
}

fn state<'a>(lines: &'a [Value], step: &str) -> &'a str {
    let line = lines.iter().find(|line| line["step"] == step);
    line.and_then(|line| line["state"].as_str()).unwrap_or("none")
}

/// An address where nobody listens.
fn nowhere() -> String {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    format!("http://{}", taken.local_addr().expect("an address"))
}

#[test]
fn with_nothing_broken_it_says_the_next_command() {
    let (people, sheet, _directory) = tenant(&["ada.lind@contoso.example", "ada@contoso.example", ADA]);
    let simulator = Simulator::start(&["--directory", &people]);
    let url = &simulator.url;
    let typed = ["--time-zone", "Europe/Berlin", "--graph-url", url, "--login-url", url];
    let (status, text, lines) = examine(doctor(url, &[&[sheet.as_str()][..], &typed].concat()));
    assert_eq!((status, first_cross(&lines)), (Some(0), "none"), "{text}");
    assert!(text.contains("Nothing is missing.") && !text.contains('?'), "{text}");
    let next = format!("convoke provision {sheet} --time-zone Europe/Berlin --graph-url {url} --login-url {url}");
    assert!(text.ends_with(&format!("\n  {next}\n")), "{text}");
    let steps: Vec<&str> = lines.iter().filter_map(|line| line["step"].as_str()).collect();
    let mut order = steps.clone();
    order.dedup();
    let expected = [
        "configuration",
        "login",
        "token",
        "clock",
        "identity",
        "permissions",
        "graph",
        "directory",
        "sheet",
        "organizer",
        "policy",
        "next",
    ];
    assert_eq!(order, expected);
    for words in [TENANT_ID, CLIENT_ID, "AZURE_CLIENT_SECRET", "hidden", "--graph-url", "is ada.lind@contoso.example"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let (_, _, said) = simulator.end("TERM");
    assert!(said.contains("meetings made in this run: 0"), "{said}");
}

#[test]
fn each_thing_that_is_broken_is_named_first() {
    let (people, sheet, directory) = tenant(&[ADA]);
    let (_, stranger, _second) = tenant(&[ADA, "ada.lint@contoso.example"]);
    let (_, unlet, _third) = tenant(&[ADA, "bob@contoso.example"]);
    let spoilt = write(directory.path(), "spoilt.csv", "a,b\n1,2\n");
    let nowhere = nowhere();
    let other = "5150c0de-0000-4000-8000-00000000000f";
    let login = ["--login-url", nowhere.as_str()];
    let graph = ["--graph-url", nowhere.as_str()];
    let (calm, none): (&[&str], &[&str]) = (&[], &[]);
    for (simulated, variable, options, input, step, words) in [
        (calm, ("AZURE_CLIENT_SECRET", ""), none, &*sheet, "configuration", "read -rs AZURE_CLIENT_SECRET"),
        (calm, ("AZURE_CLIENT_ID", ""), none, &*sheet, "configuration", "export AZURE_CLIENT_ID=CLIENT-ID"),
        (calm, ("", ""), &login, &*sheet, "login", "check --login-url and the proxy"),
        (calm, ("AZURE_TENANT_ID", other), none, &*sheet, "tenant", "AADSTS90002"),
        (calm, ("AZURE_CLIENT_ID", other), none, &*sheet, "token", "AADSTS700016"),
        (calm, ("AZURE_CLIENT_SECRET", "not-the-secret"), none, &*sheet, "token", "az ad app credential reset --id"),
        (&["--scenario=skew=+10m"], ("", ""), none, &*sheet, "clock", "10 min behind"),
        (&["--scenario=skew=-2h"], ("", ""), none, &*sheet, "clock", "2 h 0 min ahead of"),
        (&["--grant=User.Read.All"], ("", ""), none, &*sheet, "permissions", "OnlineMeetings.ReadWrite.All"),
        (
            calm,
            ("CONVOKE_ME", "1"),
            &["--auth=token", "--token-command=echo opaque"],
            &*sheet,
            "policy",
            "Graph rejects",
        ),
        (calm, ("", ""), &graph, &*sheet, "graph", "check the network, the proxy and --graph-url"),
        (calm, ("", ""), none, &*stranger, "organizer", "write ada.lind@contoso.example if that is meant"),
        (calm, ("", ""), none, &*unlet, "policy", "takes up to 30 minutes"),
        (calm, ("", ""), none, &*spoilt, "sheet", "externalId"),
        (calm, ("", ""), none, "/nowhere/in.csv", "sheet", "/nowhere/in.csv"),
    ] {
        let simulator = Simulator::start(&[simulated, &["--directory", &people]].concat());
        let mut command = doctor(&simulator.url, &[]);
        command.args(options).arg(input);
        if !variable.0.is_empty() {
            command.env(variable.0, variable.1);
        }
        let (status, text, lines) = examine(command);
        assert_eq!((status, first_cross(&lines)), (Some(4), step), "{text}");
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn what_is_missing_can_be_pasted_with_the_ids_filled_in() {
    let (people, sheet, _directory) = tenant(&["bob@contoso.example"]);
    let simulator = Simulator::start(&["--directory", &people]);
    let (_, text, lines) = examine(doctor(&simulator.url, &[&sheet]));
    let cmdlets = [
        format!("New-CsApplicationAccessPolicy -Identity convoke -AppIds \"{CLIENT_ID}\""),
        format!("Grant-CsApplicationAccessPolicy -PolicyName convoke -Identity \"{BOB}\""),
        "Grant-CsApplicationAccessPolicy -PolicyName convoke -Global".to_owned(),
    ];
    let last = lines.last().expect("a line");
    assert_eq!(last["commands"][0]["shell"], "powershell");
    for cmdlet in &cmdlets {
        assert!(text.contains(cmdlet) && last["commands"].to_string().replace("\\\"", "\"").contains(cmdlet), "{text}");
    }
    let bare = Simulator::start(&["--directory", &people, "--grant="]);
    let (_, text, _) = examine(doctor(&bare.url, &[&sheet]));
    for words in [
        format!("App registrations › {CLIENT_ID} › API permissions › Grant admin consent"),
        format!("az ad app permission admin-consent --id {CLIENT_ID}"),
        "b8bb2037-6e08-44ac-a4ea-4674e010e2a4=Role df021288-bdef-4463-88db-98f22de89214=Role".to_owned(),
    ] {
        assert!(text.contains(&words), "{words}: {text}");
    }
}

#[test]
fn what_does_not_rest_on_what_is_broken_is_looked_at_all_the_same() {
    let (people, sheet, _directory) = tenant(&[ADA]);
    let simulator = Simulator::start(&["--directory", &people]);
    let (_, text, lines) = examine(doctor(&simulator.url, &[&sheet, "--login-url", &nowhere()]));
    let states = ["login", "token", "graph", "directory", "sheet"].map(|step| state(&lines, step));
    assert_eq!(states, ["failed", "unknown", "ok", "unknown", "ok"], "{text}");
    let (_, text, lines) = examine(doctor(&simulator.url, &["/nowhere/in.csv"]));
    let states = ["token", "permissions", "graph", "directory", "sheet"].map(|step| state(&lines, step));
    assert_eq!(states, ["ok", "ok", "ok", "ok", "failed"], "{text}");
    let mut command = convoke(["doctor", "--graph-url", &simulator.url]);
    command.args(["--login-url", &simulator.url]);
    let (_, text, lines) = examine(command);
    assert_eq!(
        (first_cross(&lines), state(&lines, "login"), state(&lines, "graph")),
        ("configuration", "ok", "ok"),
        "{text}"
    );
}

type Answer = fn() -> Response<Bytes>;

/// A Graph and an identity service of which the tests say what they answer to look-ups and to all else; the app has what it
/// needs.
fn stand_in(look_ups: Answer, meetings: Answer) -> Server {
    Server::start(move |request: &Request<Bytes>| {
        let path = request.uri().path();
        if path.ends_with("openid-configuration") {
            return reply(200, &[], r#"{"token_endpoint":"https://login.example/token"}"#);
        }
        if path.ends_with("/token") {
            let claims = r#"{"tid":"t","aud":"https://graph.microsoft.com","appid":"app-1","app_displayname":"Meetings",
                "roles":["OnlineMeetings.ReadWrite.All","User.Read.All"],"exp":4102444800}"#;
            let token = format!("e30.{}.hush", URL_SAFE_NO_PAD.encode(claims));
            return reply(200, &[], &format!(r#"{{"expires_in":3599,"access_token":"{token}"}}"#));
        }
        match path {
            "/v1.0/" => reply(401, &[("request-id", "r")], "{}"),
            "/v1.0/$batch" => look_ups(),
            _ => meetings(),
        }
    })
}

fn looked_up(status: u16, body: &str) -> Response<Bytes> {
    reply(200, &[], &format!(r#"{{"responses":[{{"id":"0","status":{status},"body":{body}}}]}}"#))
}

#[test]
fn a_directory_that_cannot_be_read_is_named_though_the_token_says_otherwise() {
    let denied = || looked_up(403, r#"{"error":{"code":"Authorization_RequestDenied","message":"No."}}"#);
    let (_, sheet, _directory) = tenant(&["ada@contoso.example"]);
    let (_, text, lines) = examine(doctor(&stand_in(denied, || reply(404, &[], "")).url, &[&sheet]));
    assert_eq!((first_cross(&lines), state(&lines, "organizer")), ("directory", "unknown"), "{text}");
    assert!(text.contains("app app-1 (Meetings)") && text.contains("User.Read.All"), "{text}");
    // Who names object ids only does not need it.
    let (_, sheet, _directory) = tenant(&[ADA]);
    let (status, text, _) = examine(doctor(&stand_in(denied, || reply(200, &[], "{}")).url, &[&sheet]));
    assert!(status == Some(0) && text.contains("? directory: "), "{text}");
}

#[test]
fn whether_the_policy_is_there_is_told_as_unknown_where_graph_does_not_say() {
    let there = || looked_up(200, &format!(r#"{{"id":"{ADA}","userPrincipalName":"ada@contoso.example"}}"#));
    let (_, sheet, _directory) = tenant(&[ADA]);
    let meetings: [(Answer, &str); 4] = [
        (|| reply(200, &[], r#"{"value":[]}"#), "✓ access policy"),
        (|| reply(404, &[], r#"{"error":{"code":"UnknownError","message":""}}"#), "? access policy"),
        (|| reply(403, &[], r#"{"error":{"code":"Forbidden","message":""}}"#), "? access policy"),
        (|| reply(502, &[], ""), "? access policy"),
    ];
    for (answer, words) in meetings {
        let server = stand_in(there, answer);
        let (status, text, _) = examine(doctor(&server.url, &[&sheet]));
        assert!(status == Some(0) && text.contains(words), "{words}: {text}");
        let of_meetings = server.seen().into_iter().filter(|request| request.uri().path().ends_with("/onlineMeetings"));
        assert!(of_meetings.into_iter().all(|request| request.method() == "GET"));
    }
}

#[test]
fn of_hundreds_the_counts_and_the_first_that_are_missing_are_told() {
    let absent: Vec<String> = (0..15).map(|n| format!("9c440000-0000-4000-8000-0000000000{n:02}")).collect();
    let organizers: Vec<&str> = absent.iter().map(String::as_str).chain([ADA, BOB, EVE]).collect();
    let (people, sheet, _directory) = tenant(&organizers);
    let simulator = Simulator::start(&["--directory", &people]);
    let (_, text, lines) = examine(doctor(&simulator.url, &[&sheet]));
    assert_eq!(first_cross(&lines), "organizer");
    assert!(text.contains("3 of 18 are in the directory") && text.contains("and: 5 more like these"), "{text}");
    assert_eq!(text.matches("✗ organizer ").count(), 10, "{text}");
}

#[test]
fn a_user_makes_meetings_of_their_own_and_an_app_none_of_its_own() {
    let simulator = Simulator::start(&[]);
    let (_, text, lines) = examine(doctor(&simulator.url, &["--me", "--auth=secret"]));
    assert_eq!(first_cross(&lines), "configuration", "{text}");
    for (claims, me, words) in [
        (r#"{"tid":"t","aud":"a","roles":["OnlineMeetings.ReadWrite.All","User.Read.All"]}"#, true, "✗ --me: "),
        (
            r#"{"tid":"t","aud":"a","scp":"OnlineMeetings.ReadWrite User.ReadBasic.All","upn":"ada@x"}"#,
            false,
            "✗ no --me: ",
        ),
    ] {
        let token = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims));
        let mut command = convoke(["doctor", "--graph-url", &simulator.url]);
        command.env("CONVOKE_ACCESS_TOKEN", &token).env("CONVOKE_ME", if me { "yes" } else { "no" });
        let (_, text, _) = run(&mut command);
        assert!(text.contains(words) && !text.contains(&token), "{words}: {text}");
    }
}

#[test]
fn what_cannot_be_is_usage_and_a_report_that_nobody_reads_is_no_fault() {
    let (status, _, said) = run(&mut convoke(["doctor", "--cloud=china"]));
    assert!(status == Some(2) && said.contains("no createOrGet"), "{said}");
    let (status, _, said) = run(&mut convoke(["doctor", "--rate=1"]));
    assert_eq!(status, Some(2), "{said}");
}
