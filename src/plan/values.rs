//! Values as people write them on a command line.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use http::Uri;
use jiff::SignedDuration;

use crate::choice::MaxErrors;
use crate::graph::is_loopback;
use crate::pace::Rate;

/// One HTTP/2 connection carries at most 100 calls at a time and queues the rest unseen.
const CONCURRENCY_MAX: usize = 100;
/// No second of any service takes more; it keeps absurd numbers out of the arithmetic.
const RATE_MAX: f64 = 100_000.0;
/// Nobody waits longer for a run, and clocks can be reckoned with it.
const TIME_MAX: Duration = Duration::from_hours(30 * 24);
/// The longest timeout that makes sense, in seconds.
const TIMEOUT_SECONDS_MAX: f64 = 3600.0;

/// The root of a service, without a slash at its end. `name` is what a person knows it by.
pub(super) fn address(name: &str, text: &str) -> Result<String> {
    // With a user name there may be a password, which nobody is to see.
    ensure!(!text.contains('@'), "{name} must be a plain address, without a user name");
    let text = text.trim();
    let uri: Uri = text.parse().with_context(|| format!("{name} '{text}' is not an address"))?;
    let host = uri.host().with_context(|| format!("{name} '{text}' names no host"))?;
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if is_loopback(host) => {}
        Some("http") => bail!("{name} '{text}' must be https: the token would cross the network in the clear"),
        _ => bail!("{name} '{text}' must begin with https://"),
    }
    ensure!(
        uri.query().is_none() && !text.contains(['#', '\\']),
        "{name} '{text}' must be a plain address, without a query or a fragment"
    );
    let last = uri.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    ensure!(
        !last.eq_ignore_ascii_case("v1.0") && !last.eq_ignore_ascii_case("beta"),
        "{name} '{text}' has Graph's version at its end, which is added to each request: leave /{last} out"
    );
    Ok(text.trim_end_matches('/').to_owned())
}

/// How many requests may be on the wire at once.
pub(super) fn concurrency(most: usize) -> Result<usize> {
    ensure!(
        (1..=CONCURRENCY_MAX).contains(&most),
        "--concurrency {most} is not from 1 to {CONCURRENCY_MAX}, which is what a connection to Graph carries at a time"
    );
    Ok(most)
}

/// Attempts per second, or how they are found.
pub fn rate(text: &str) -> Result<Rate> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(Rate::Auto);
    }
    if text.eq_ignore_ascii_case("max") {
        return Ok(Rate::Max);
    }
    match text.parse() {
        Ok(rate) if (0.001..=RATE_MAX).contains(&rate) => Ok(Rate::PerSecond(rate)),
        _ => bail!("--rate '{text}' is neither a number of attempts per second (0.001 to {RATE_MAX}) nor auto nor max"),
    }
}

pub(super) fn timeout(option: &str, seconds: f64) -> Result<Duration> {
    ensure!(
        (0.001..=TIMEOUT_SECONDS_MAX).contains(&seconds),
        "{option} {seconds} is not a number of seconds from 0.001 to {TIMEOUT_SECONDS_MAX}"
    );
    Ok(Duration::from_secs_f64(seconds))
}

/// A time like `90s`, `10m` or `1h30m`.
pub(super) fn time(option: &str, text: &str) -> Result<Duration> {
    let time = text.trim().parse::<SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    time.filter(|time| *time <= TIME_MAX)
        .with_context(|| format!("{option} '{text}' is not a time up to 30 days: write it like 90s, 10m or 1h30m"))
}

/// A number of rows, or a percentage of them.
pub(super) fn max_errors(text: &str) -> Result<MaxErrors> {
    let text = text.trim();
    let read = match text.strip_suffix('%') {
        Some(percent) => percent.trim_end().parse().ok().filter(|p| (0.0..=100.0).contains(p)).map(MaxErrors::Percent),
        None => text.parse().ok().map(MaxErrors::Rows),
    };
    read.with_context(|| {
        format!("--max-errors '{text}' is neither a number of rows, like 50, nor a percentage, like 5%")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h30m", 5400), ("1h 30m", 5400), ("0s", 0), (" 2h ", 7200)]
        {
            assert_eq!(time("--deadline", text).expect("a time"), Duration::from_secs(seconds), "{text}");
        }
        for text in ["", "10", "soon", "-5m", "1 fortnight", "9223372036854775807s", "721h"] {
            assert!(time("--deadline", text).is_err(), "{text}");
        }
    }

    #[test]
    fn errors_are_counted_in_rows_or_in_percent() {
        assert_eq!(max_errors("50").expect("rows"), MaxErrors::Rows(50));
        assert_eq!(max_errors("0").expect("rows"), MaxErrors::Rows(0));
        assert_eq!(max_errors(" 2.5 %").expect("a share"), MaxErrors::Percent(2.5));
        for text in ["", "%", "-1", "101%", "many", "5 rows"] {
            assert!(max_errors(text).is_err(), "{text}");
        }
    }
}
