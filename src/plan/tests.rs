//! What is refused before anything is touched.

use super::*;
use crate::cli::{Cli, Command};
use clap::Parser as _;

fn args(line: &str) -> Provision {
    match Cli::try_parse_from(line.split(' ')).expect("well-formed").command {
        Command::Provision(args) => *args,
        _ => panic!("{line}"),
    }
}

fn plan(rest: &str) -> Result<Plan, String> {
    let args = args(&format!("convoke provision --rehearse {rest}"));
    Plan::from_args(args, Environment::default()).map_err(|refusal| match refusal {
        Refusal::Usage(error) | Refusal::Credentials(error, _) => format!("{error:#}"),
    })
}

#[test]
fn the_output_is_beside_the_input_unless_it_is_named() {
    for (line, output) in [
        ("a/course.csv", Output::File("a/course.joined.csv".into())),
        ("course", Output::File("course.joined.csv".into())),
        ("a/course.csv -o b.csv", Output::File("b.csv".into())),
        ("a/course.csv -o -", Output::Stdout),
        ("-", Output::Stdout),
    ] {
        assert_eq!(plan(line).expect("a plan").output, output, "{line}");
    }
}

#[test]
fn the_defaults_are_those_of_the_help() {
    let plan = plan("a.csv").expect("a plan");
    assert_eq!((plan.concurrency, plan.rate), (16, Rate::PerSecond(10.0)));
    assert_eq!(plan.network.graph_url.value, "https://graph.microsoft.com");
    assert_eq!(plan.network.login_url.value, "https://login.microsoftonline.com");
}

#[test]
fn what_cannot_be_is_refused_in_words_that_help() {
    for (line, words) in [
        ("a.csv --concurrency 101", "from 1 to 100"),
        ("a.csv --concurrency 0", "from 1 to 100"),
        ("a.csv --rate 0", "neither a number"),
        ("a.csv --rate -1", "neither a number"),
        ("a.csv --rate NaN", "neither a number"),
        ("a.csv --rate fast", "neither a number"),
        ("a.csv --limit 0", "send nothing"),
        ("a.csv --time-zone Europe/Berln", "IANA"),
        ("a.csv --graph-url http://graph.example", "in the clear"),
        ("a.csv --graph-url http://127.0.0.1.example", "in the clear"),
        ("a.csv --login-url ftp://login.example", "must begin with https://"),
        ("a.csv --graph-url graph.example", "must begin with https://"),
        ("a.csv --graph-url https://u:p@graph.example", "plain address"),
        ("a.csv --request-timeout 0", "number of seconds"),
        ("a.csv --request-timeout NaN", "number of seconds"),
        (
            "a.csv --set lobby=all",
            "--set lobbyBypassScope=all: Graph has no 'all' for lobbyBypassScope; write organizer,",
        ),
        ("a.csv --set room=4", "'room' is none of the settings, which are lobbyBypassScope,"),
        ("a.csv --set lobby=invited;lobbyBypassScope=everyone", "--set says twice what lobbyBypassScope is"),
        ("a.csv --set requirePasscode=yes", "say --plain-create too, or leave it out"),
        ("a.csv -o a.csv", "the input itself"),
        ("a.csv -o src", "is a directory"),
    ] {
        let refusal = plan(&line.replace("--rate -1", "--rate=-1")).expect_err(line);
        assert!(refusal.contains(words), "{line}: {refusal}");
    }
}

#[test]
fn plain_http_is_for_this_machine_alone() {
    for url in ["http://127.0.0.1:8080", "http://127.9.9.9", "http://localhost:1", "http://[::1]:8080/x"] {
        plan(&format!("a.csv --graph-url {url} --login-url {url}")).expect(url);
    }
}

#[test]
fn options_are_told_by_their_names_and_without_anything_secret() {
    use clap::CommandFactory as _;
    let line = "convoke provision a.csv --rate auto --me --auth token --proxy http://anne:s3cret@proxy.example:8080 \
        --token-command s3cret --only a,b --max-errors 5% --deadline 90m --time-zone Europe/Berlin --map subject=Session \
        --set lobby=Everyone;requirePasscode=ja --plain-create";
    let mut environment = Environment::default();
    environment.sign_in.client_secret = Some("s3cret".into());
    let plan = Plan::from_args(args(line), environment).expect("a plan");
    let told = told(&plan);
    let of = |wanted: &str| told.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    for (name, value) in [
        ("concurrency", "16"),
        ("deadline", "1 h 30 min"),
        ("graph-url", "https://graph.microsoft.com"),
        ("map", "subject=Session"),
        ("max-errors", "5%"),
        ("me", "true"),
        ("only", "a,b"),
        ("output", "a.joined.csv"),
        ("plain-create", "true"),
        ("proxy", "http://proxy.example:8080"),
        ("rate", "auto"),
        ("set", "lobbyBypassScope=everyone;requirePasscode=true"),
        ("time-zone", "Europe/Berlin"),
    ] {
        assert_eq!(of(name), Some(value), "{name}");
    }
    assert_eq!((of("rehearse"), of("limit")), (None, None));
    assert!(!format!("{told:?}").contains("s3cret"), "{told:?}");
    assert!(told.is_sorted());
    let command = Cli::command();
    let command = command.find_subcommand("provision").expect("it is there");
    let longs: Vec<&str> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
    assert!(told.iter().all(|(name, _)| longs.contains(&name.as_str())), "{told:?}");
}

#[test]
fn a_product_that_cannot_be_or_would_take_the_place_of_something_is_refused() {
    for (line, words) in [
        ("a.csv --recipients a.csv", "--recipients a.csv is the file of the input, too"),
        ("a.csv --xlsx a.joined.csv", "its name must end in .xlsx"),
        ("a.csv --excel=a.joined.csv", "the file of the output, too"),
        ("a.csv --coordinates a.joined.csv.partial", "the output while it is written"),
        ("a.csv --carry b.csv --ics-feed b.csv", "the file of --carry, too"),
        ("a.csv --rejects b.csv --metrics ./b.csv", "the file of --rejects, too"),
        ("a.csv --metrics m --ics-feed m", "--metrics m is the file of --ics-feed, too"),
        ("a.csv --report r.txt", "must end in .json"),
        ("a.csv --report r.json --report s.json", "reports of one form"),
        ("a.csv --recipients no/such/folder/r.csv", "there is no folder no/such/folder: make it"),
        ("a.csv --recipients src", "is a folder, a device or a pipe"),
        ("a.csv --qr-dir Cargo.toml", "is a file, and a folder is needed"),
        ("a.csv --only-new", "those were not asked for"),
        ("a.csv -o - --excel", "needs a name"),
        ("a.csv --excel --excel-delimiter x", "--excel-delimiter"),
        ("a.csv --ping nonsense", "--ping"),
        ("a.csv --excel --language german!", "'german!' is no tag of a language"),
    ] {
        let error = plan(line).expect_err(line);
        assert!(error.contains(words), "{line}: {error}");
    }
    let excel = |line| plan(line).expect("a plan").wanted.excel;
    assert_eq!(excel("src/course.csv --excel"), Some("src/course.joined.excel.csv".into()));
    assert_eq!(excel("course.csv --excel=b.csv"), Some("b.csv".into()));
}
