//! Which way is chosen, and what is said where there is none.

use super::*;
use crate::plan::settings;

fn text(text: &str) -> String {
    text.to_owned()
}

/// An app that is named, and nothing that proves it.
fn app() -> Variables {
    Variables { tenant_id: Some(text("t")), client_id: Some(text("c")), ..Variables::default() }
}

fn with_secret() -> Variables {
    Variables { client_secret: Some("hush".into()), ..app() }
}

fn file(directory: &tempfile::TempDir, name: &str) -> PathBuf {
    let path = directory.path().join(name);
    std::fs::write(&path, "hush").expect("a file");
    path
}

fn refusal(options: Options, variables: Variables, me: bool) -> String {
    sign_in(options, variables, me).map(|chosen| chosen.words).expect_err("a refusal").to_string()
}

fn words(options: Options, variables: Variables, me: bool) -> String {
    let chosen = sign_in(options, variables, me).expect("a way");
    assert!(!format!("{chosen:?}").contains("hush"), "{chosen:?}");
    chosen.words
}

fn asks(auth: Auth) -> Options {
    Options { auth: Some(auth), ..Options::default() }
}

#[test]
fn what_comes_first_in_the_order_is_taken_and_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut variables = Variables {
        access_token: Some("hush".into()),
        federated_token_file: Some(file(&directory, "federated")),
        identity_endpoint: Some(text("http://127.0.0.1:1/msi/token")),
        identity_header: Some("hush".into()),
        ..with_secret()
    };
    let mut options = Options {
        token_file: Some(file(&directory, "token")),
        token_command: Some("echo hush".into()),
        client_secret_file: Some(file(&directory, "secret")),
        ..Options::default()
    };
    let copy = |options: &Options| Options {
        auth: None,
        token_file: options.token_file.clone(),
        token_command: options.token_command.clone(),
        client_secret_file: options.client_secret_file.clone(),
        keep_sign_in: None,
    };
    let mut told = Vec::new();
    for step in 0..7 {
        told.push(words(copy(&options), variables.clone(), false));
        match step {
            0 => variables.access_token = None,
            1 => options.token_file = None,
            2 => options.token_command = None,
            3 => options.client_secret_file = None,
            4 => variables.client_secret = None,
            _ => variables.federated_token_file = None,
        }
    }
    assert_eq!(
        told,
        [
            "signing in with an access token (CONVOKE_ACCESS_TOKEN)",
            "signing in with an access token in a file (--token-file)",
            "signing in with an access token that a command prints (--token-command)",
            "signing in with a client secret in a file (--client-secret-file), as app c in tenant t",
            "signing in with a client secret (AZURE_CLIENT_SECRET), as app c in tenant t",
            "signing in with a federated token (AZURE_FEDERATED_TOKEN_FILE), as app c in tenant t",
            "signing in with the managed identity of App Service (IDENTITY_ENDPOINT), as the user-assigned identity c \
             (AZURE_CLIENT_ID)",
        ]
    );
}

#[test]
fn auth_overrides_what_is_configured() {
    let chosen = |auth, variables| words(asks(auth), variables, false);
    let token = || Variables { access_token: Some("hush".into()), ..with_secret() };
    assert!(chosen(Auth::Secret, token()).contains("AZURE_CLIENT_SECRET, as --auth secret asks"));
    assert!(chosen(Auth::Token, token()).contains("CONVOKE_ACCESS_TOKEN, as --auth token asks"));
    assert!(chosen(Auth::ManagedIdentity, Variables::default()).contains("virtual machine (--auth managed-identity)"));
    for (auth, words) in [
        (Auth::Secret, "AZURE_TENANT_ID and AZURE_CLIENT_ID and AZURE_CLIENT_SECRET must be set too"),
        (Auth::Certificate, "AZURE_CLIENT_CERTIFICATE_PATH must be set too"),
        (Auth::Federated, "AZURE_FEDERATED_TOKEN_FILE must be set too"),
        (Auth::AzureCli, "no program az is on the PATH"),
        (Auth::Token, "CONVOKE_ACCESS_TOKEN, --token-file or --token-command"),
        (Auth::DeviceCode, "add --me"),
    ] {
        let refusal = refusal(asks(auth), Variables::default(), false);
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[test]
fn what_is_missing_is_named_and_where_it_comes_from() {
    let half = Variables { tenant_id: Some(text("t")), ..Variables::default() };
    let told = refusal(Options::default(), half, false);
    assert!(told.contains("AZURE_CLIENT_ID and AZURE_CLIENT_SECRET must"), "{told}");
    assert!(told.contains("AZURE_CLIENT_ID is the Application (client) ID on the Overview"), "{told}");
    assert!(told.contains("AZURE_FEDERATED_TOKEN_FILE will do"), "{told}");
    let endpoint = Variables { identity_endpoint: Some(text("http://127.0.0.1:1/")), ..Variables::default() };
    assert!(refusal(Options::default(), endpoint, false).contains("IDENTITY_HEADER must be set too"));
    let nothing = refusal(Options::default(), Variables::default(), false);
    for words in ["AZURE_CLIENT_SECRET", "--token-command", "--auth managed-identity", "--rehearse"] {
        assert!(nothing.contains(words), "{nothing}");
    }
}

#[test]
fn me_needs_a_person() {
    let told = refusal(Options::default(), with_secret(), true);
    assert!(told.contains("AZURE_CLIENT_SECRET) signs an app in") && told.contains("CONVOKE_ACCESS_TOKEN"), "{told}");
    assert!(refusal(Options::default(), Variables::default(), true).contains("public client flows"));
    assert_eq!(
        words(Options::default(), app(), true),
        "signing in with a device code (AZURE_CLIENT_ID and --me), to app c"
    );
    let asked = words(asks(Auth::DeviceCode), with_secret(), true);
    assert!(asked.contains("as --auth device-code asks"), "{asked}");
    let token = Variables { access_token: Some("hush".into()), ..with_secret() };
    assert!(words(Options::default(), token, true).contains("CONVOKE_ACCESS_TOKEN"));
}

#[test]
fn what_cannot_be_used_is_told_before_anything_is_sent() {
    let missing = || Some(PathBuf::from("no/such/file"));
    for (options, variables, words) in [
        (Options { token_file: missing(), ..Options::default() }, app(), "no/such/file, cannot be read"),
        (Options { client_secret_file: missing(), ..Options::default() }, app(), "the client secret, no/such/file"),
        (Options::default(), Variables { federated_token_file: missing(), ..app() }, "federated token"),
        (Options::default(), Variables { access_token: Some("a\nb".into()), ..app() }, "line break"),
        (
            asks(Auth::ManagedIdentity),
            Variables { identity_host: Some(text("http://metadata.example")), ..app() },
            "cross the network in the clear",
        ),
        (
            Options::default(),
            Variables {
                identity_endpoint: Some(text("https://localhost:2377/x")),
                identity_header: Some("hush".into()),
                ..app()
            },
            "Service Fabric",
        ),
    ] {
        let refusal = refusal(options, variables, false);
        assert!(refusal.contains(words) && !refusal.contains("hush"), "{refusal}");
    }
}

#[test]
fn the_azure_cli_is_looked_for_on_the_path_and_not_where_the_run_is_started() {
    let directory = tempfile::tempdir().expect("a directory");
    let az = file(&directory, if cfg!(windows) { "az.cmd" } else { "az" });
    let path = |folders: &[&std::path::Path]| std::env::join_paths(folders).expect("a path");
    let empty = std::path::Path::new("");
    assert_eq!(azure_cli(&path(&[empty, std::path::Path::new("src"), directory.path()])), Some(az));
    assert_eq!(azure_cli(&path(&[empty])), None);
}

#[test]
fn every_value_is_told_with_its_source_and_no_secret_is_shown() {
    let options = Options { auth: Some(Auth::Secret), token_command: Some("hush".into()), ..Options::default() };
    let all = settings(&options, &with_secret());
    let told: Vec<_> = all.iter().map(|setting| (setting.from, setting.shown.as_str())).collect();
    assert_eq!(
        told,
        [
            ("--auth or CONVOKE_AUTH", "secret"),
            ("--token-command or CONVOKE_TOKEN_COMMAND", "(hidden, 4 characters)"),
            ("AZURE_TENANT_ID", "t"),
            ("AZURE_CLIENT_ID", "c"),
            ("AZURE_CLIENT_SECRET", "(hidden, 4 characters)"),
        ]
    );
}
