//! The options that a run has, told without anything secret, for a report that is kept.

use crate::choice::MaxErrors;
use crate::cli::UnknownAttendees;
use crate::input::{DateOrder, delimiter_name};
use crate::pace::Rate;
use crate::tally::clock;

use super::{Job, Plan, Target};

/// How many externalIds of `--only` are told.
const ONLY_MAX: usize = 100;

/// The values in effect of the options of `provision`, by their long names and in the order of the alphabet. Options without
/// a value are not there; those that are either on or off are `true` where they are on. Of how the run signs in there are
/// the words alone that a person is told at its beginning.
pub fn told(plan: &Plan) -> Vec<(String, String)> {
    let mut told = Vec::new();
    let mut tell = |name: &str, value: Option<String>| told.extend(value.map(|value| (name.to_owned(), value)));
    let is_on = |on: bool| on.then(|| "true".to_owned());
    let path = |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let (network, reading) = (&plan.network, &plan.reading);
    let (sign_in, rehearse) = match &plan.target {
        Target::Real(sign_in) => (Some(sign_in.words.clone()), None),
        Target::Rehearsal(scenario) => (None, Some(scenario.clone())),
        Target::Nobody => (None, None),
    };
    tell("auth", sign_in);
    tell("ca-file", network.ca_file.as_ref().map(|file| file.value.display().to_string()));
    tell("carry", path(&plan.carry));
    tell("cloud", Some(network.cloud.value.name().to_owned()));
    tell("concurrency", Some(plan.concurrency.to_string()));
    tell("connect-timeout", Some(network.connections.connect_timeout.as_secs_f64().to_string()));
    tell("dates", reading.dates.map(|order| if order == DateOrder::DayFirst { "dmy" } else { "mdy" }.to_owned()));
    tell("deadline", plan.deadline.map(clock));
    tell("delimiter", reading.form.delimiter.map(|delimiter| delimiter_name(delimiter).to_owned()));
    tell("encoding", reading.form.encoding.map(|encoding| encoding.name().to_owned()));
    tell("graph-url", Some(network.graph_url.value.clone()));
    tell("language", plan.language.clone());
    tell("limit", plan.limit.map(|limit| limit.to_string()));
    tell("lock-wait", Some(plan.lock_wait).filter(|wait| !wait.is_zero()).map(clock));
    tell("login-url", Some(network.login_url.value.clone()));
    tell("lookup", Some(if plan.unknown_attendees.is_some() { "on" } else { "off" }.to_owned()));
    let map: Vec<String> = reading.map.iter().map(|(column, own)| format!("{}={own}", column.name())).collect();
    tell("map", (!map.is_empty()).then(|| map.join(";")));
    tell("max-errors", plan.max_errors.map(max_errors));
    tell("me", is_on(reading.me));
    tell("only", plan.only.as_ref().map(only));
    tell("output", Some(plan.output.to_string()));
    tell("plain-create", is_on(matches!(plan.job, Job::Create { .. })));
    tell("proxy", network.proxy.as_ref().map(|proxy| proxy.value.clone()));
    tell("rate", Some(rate(plan.rate)));
    tell("rehearse", rehearse);
    tell("rejects", path(&plan.rejects));
    tell("request-timeout", Some(network.connections.request_timeout.as_secs_f64().to_string()));
    tell("restart", is_on(plan.restart));
    let set: Vec<String> = reading.settings.iter().map(|(one, value)| format!("{}={value}", one.name())).collect();
    tell("set", (!set.is_empty()).then(|| set.join(";")));
    tell("sheet", reading.form.sheet.clone());
    tell("strict", is_on(plan.strict));
    tell("time-zone", reading.default_zone.clone());
    tell("unknown-attendees", plan.unknown_attendees.map(unknown_attendees));
    tell("join-information", is_on(plan.join_information));
    // The address is a secret, but for its host.
    tell("ping", plan.ping.as_ref().map(|ping| ping.host().to_owned()));
    let wanted = &plan.wanted;
    for (option, path) in wanted.files().chain(wanted.folders()) {
        tell(option.trim_start_matches("--"), Some(path.display().to_string()));
    }
    tell("ics-method", wanted.ics_requests.then(|| "request".to_owned()));
    tell("only-new", is_on(wanted.only_new));
    let has_tables = wanted.excel.is_some() || wanted.recipients.is_some();
    tell("excel-delimiter", has_tables.then(|| delimiter_name(wanted.delimiter).to_owned()));
    tell("within", if let Job::Verify { within, .. } = plan.job { Some(within.num_days().to_string()) } else { None });
    told.sort();
    told
}

fn max_errors(most: MaxErrors) -> String {
    match most {
        MaxErrors::Rows(rows) => rows.to_string(),
        MaxErrors::Percent(percent) => format!("{percent}%"),
    }
}

fn rate(rate: Rate) -> String {
    match rate {
        Rate::PerSecond(rate) => rate.to_string(),
        Rate::Auto => "auto".to_owned(),
        Rate::Max => "max".to_owned(),
    }
}

fn only(ids: &std::collections::BTreeSet<String>) -> String {
    let named: Vec<&str> = ids.iter().take(ONLY_MAX).map(String::as_str).collect();
    let others = if ids.len() > ONLY_MAX { format!(" and {} others", ids.len() - ONLY_MAX) } else { String::new() };
    format!("{}{others}", named.join(","))
}

fn unknown_attendees(what: UnknownAttendees) -> String {
    match what {
        UnknownAttendees::Fail => "fail",
        UnknownAttendees::Keep => "keep",
        UnknownAttendees::Drop => "drop",
    }
    .to_owned()
}
