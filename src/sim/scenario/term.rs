//! One `what=value` of a scenario's text: the numbers of a scenario by name, each read and written in its own form.
//!
//! It bounds every number, and does not ask how they go together; `compose` does.

use std::time::Duration;

use chrono::TimeDelta;

use super::super::quota::{Limit, Quota};
use super::super::retry_after::RetryAfter;
use super::words::{YEAR, nearest, read_duration, read_number, read_share, show_duration, show_share, shown};
use super::{Latency, Scenario};

/// What a quota looks like.
const QUOTA: &str = "300/10s for so many in each 10 seconds, 20/s+50 for 20 a second and 50 at once, or none";
/// The greatest rate and burst: more than any machine sends.
const MOST: f64 = 1e9;
/// The units that a rate may have, with their seconds.
const PER: [(&str, f64); 4] = [("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)];
const FORMS: [(&str, RetryAfter); 4] = [
    ("integer", RetryAfter::Integer),
    ("fraction", RetryAfter::Fraction),
    ("date", RetryAfter::Date),
    ("absent", RetryAfter::Absent),
];

/// One number of a scenario.
pub(super) struct Term {
    pub(super) name: &'static str,
    /// A value that is good for it.
    pub(super) example: &'static str,
    kind: Kind,
}

type Place<T> = fn(&mut Scenario) -> &mut T;

enum Kind {
    Seed,
    Latency,
    Quota(Place<Option<Quota>>),
    RetryAfter,
    RefusedCost,
    FaultsEnd,
    Share(Place<f64>),
    Time { place: Place<Duration>, least: Duration, most: Duration },
    Revoked,
    Skew,
}

const fn share(name: &'static str, place: Place<f64>) -> Term {
    Term { name, example: "2%", kind: Kind::Share(place) }
}

const fn term(name: &'static str, example: &'static str, kind: Kind) -> Term {
    Term { name, example, kind }
}

/// All of them. What is said of quotas comes after the quotas.
pub(super) const TERMS: [Term; 21] = [
    term("seed", "7", Kind::Seed),
    term("latency", "40ms..250ms", Kind::Latency),
    term("quota", "300/10s", Kind::Quota(|scenario| &mut scenario.quota)),
    term("user-quota", "5/s+5", Kind::Quota(|scenario| &mut scenario.user_quota)),
    term("retry-after", "date", Kind::RetryAfter),
    term("throttled-cost", "1", Kind::RefusedCost),
    term("faults-end", "6", Kind::FaultsEnd),
    share("throttled", |scenario| &mut scenario.throttled),
    share("500", |scenario| &mut scenario.internal_error),
    share("502", |scenario| &mut scenario.bad_gateway),
    share("503", |scenario| &mut scenario.unavailable),
    share("504", |scenario| &mut scenario.gateway_timeout),
    share("reset-before", |scenario| &mut scenario.dropped_before),
    share("reset-after", |scenario| &mut scenario.dropped_after),
    share("cut-off", |scenario| &mut scenario.cut_off),
    share("not-json", |scenario| &mut scenario.proxy_page),
    share("never", |scenario| &mut scenario.never),
    term(
        "token-lifetime",
        "5m",
        Kind::Time { place: |scenario| &mut scenario.token_lifetime, least: Duration::from_secs(1), most: YEAR },
    ),
    term("token-revoked-after", "2m", Kind::Revoked),
    term("skew", "+90s", Kind::Skew),
    term(
        "retry-after-max",
        "30s",
        Kind::Time {
            place: |scenario| &mut scenario.retry_after_max,
            least: Duration::from_millis(100),
            most: Duration::from_hours(24),
        },
    ),
];

impl Term {
    /// Sets the number to this; what is wrong with it is said without the item that it is in.
    pub(super) fn read(&self, scenario: &mut Scenario, text: &str) -> Result<(), String> {
        match self.kind {
            Kind::Seed => {
                let wrong = |_| format!("'{}' is no seed; a whole number of 0 to {}", shown(text), u64::MAX);
                scenario.seed = text.parse().map_err(wrong)?;
            }
            Kind::Latency => scenario.latency = read_latency(text)?,
            Kind::Quota(place) => *place(scenario) = read_quota(text)?,
            Kind::RetryAfter => {
                let form = read_form(text)?;
                let set = each_quota(scenario, |quota| quota.retry_after = form);
                set.ok_or("it is what the 429 of a quota has, and there is no quota; add one as in quota=300/10s")?;
            }
            Kind::RefusedCost => {
                let cost = read_number(text).filter(|cost| *cost <= 10.0);
                let wrong = || format!("'{}' is no cost; a number of 0 to 10, where 1 is a request's", shown(text));
                let cost = cost.ok_or_else(wrong)?;
                let set = each_quota(scenario, |quota| quota.refused_cost = Some(cost));
                set.ok_or("it is what a quota charges, and there is no quota; add one as in quota=300/10s")?;
            }
            Kind::FaultsEnd if text == "never" => scenario.faults_end = None,
            Kind::FaultsEnd => {
                let attempts = text.parse().ok().filter(|attempts| *attempts > 0);
                let wrong = || format!("'{}' is no number of attempts; 1 to {}, or never", shown(text), u64::MAX);
                scenario.faults_end = Some(attempts.ok_or_else(wrong)?);
            }
            Kind::Share(place) => *place(scenario) = read_share(text)?,
            Kind::Time { place, least, most } => *place(scenario) = read_duration(text, least..=most)?,
            Kind::Revoked if text == "none" => scenario.token_revoked_after = None,
            Kind::Revoked => {
                let after = read_duration(text, Duration::ZERO..=YEAR).map_err(|why| format!("{why}; or none"))?;
                scenario.token_revoked_after = Some(after);
            }
            Kind::Skew => scenario.skew = read_skew(text)?,
        }
        Ok(())
    }

    /// What would be read as this number. Of two quotas, what is said of both is that of the application's.
    pub(super) fn show(&self, scenario: &mut Scenario) -> String {
        let quota = scenario.quota.or(scenario.user_quota);
        match self.kind {
            Kind::Seed => scenario.seed.to_string(),
            Kind::Latency => show_latency(scenario.latency),
            Kind::Quota(place) => place(scenario).map_or_else(|| "none".to_owned(), |quota| show_limit(quota.limit)),
            Kind::RetryAfter => {
                let form = quota.map(|quota| quota.retry_after).unwrap_or_default();
                FORMS.iter().find(|(_, known)| *known == form).map_or("", |(name, _)| name).to_owned()
            }
            // Unless it is said, it is what the limit is used to.
            Kind::RefusedCost => {
                quota.and_then(|quota| quota.refused_cost).map_or_else(String::new, |cost| cost.to_string())
            }
            Kind::FaultsEnd => scenario.faults_end.map_or_else(|| "never".to_owned(), |attempts| attempts.to_string()),
            Kind::Share(place) => show_share(*place(scenario)),
            Kind::Time { place, .. } => show_duration(*place(scenario)),
            Kind::Revoked => scenario.token_revoked_after.map_or_else(|| "none".to_owned(), show_duration),
            Kind::Skew => {
                let sign = if scenario.skew < TimeDelta::zero() { '-' } else { '+' };
                format!("{sign}{}", show_duration(scenario.skew.abs().to_std().unwrap_or_default()))
            }
        }
    }
}

/// `None` if there is no quota.
fn each_quota(scenario: &mut Scenario, set: impl FnMut(&mut Quota)) -> Option<()> {
    let quotas = scenario.quota.iter_mut().chain(&mut scenario.user_quota);
    let count = quotas.map(set).count();
    (count > 0).then_some(())
}

fn read_form(text: &str) -> Result<RetryAfter, String> {
    let names = FORMS.map(|(name, _)| name);
    let known = FORMS.iter().find(|(name, _)| *name == text).map(|(_, form)| *form);
    known.ok_or_else(|| {
        let mend = nearest(text, names).map_or_else(|| names.join(", "), |name| format!("the nearest is {name}"));
        format!("'{}' is no form of a Retry-After; {mend}", shown(text))
    })
}

fn read_latency(text: &str) -> Result<Latency, String> {
    let read = |text: &str| read_duration(text, Duration::ZERO..=YEAR);
    if let Some((shortest, longest)) = text.split_once("..") {
        let (shortest, longest) = (read(shortest)?, read(longest)?);
        if longest < shortest {
            return Err(format!("the shortest goes first; {}..{}", show_duration(longest), show_duration(shortest)));
        }
        return Ok(Latency::Between(shortest, longest));
    }
    if let Some((median, p99)) = text.split_once('~') {
        let (median, p99) = (read(median)?, read(p99)?);
        if median.is_zero() || p99 < median {
            return Err("the median is more than 0 and goes before the 99th percentile; as in 80ms~2s".to_owned());
        }
        return Ok(Latency::LongTail { median, p99 });
    }
    let forms = "as in 120ms, from..to as in 40ms..250ms, or median~99th percentile as in 80ms~2s";
    read(text).map(Latency::Fixed).map_err(|wrong| format!("{wrong}; {forms}"))
}

fn show_latency(latency: Latency) -> String {
    match latency {
        Latency::Fixed(always) => show_duration(always),
        Latency::Between(shortest, longest) => format!("{}..{}", show_duration(shortest), show_duration(longest)),
        Latency::LongTail { median, p99 } => format!("{}~{}", show_duration(median), show_duration(p99)),
    }
}

fn read_quota(text: &str) -> Result<Option<Quota>, String> {
    if text == "none" {
        return Ok(None);
    }
    let wrong = || format!("'{}' is no quota; {QUOTA}", shown(text));
    let (count, per) = text.split_once('/').ok_or_else(wrong)?;
    let number = read_number(count).ok_or_else(wrong)?;
    let (unit, burst) = per.split_once('+').map_or((per, None), |(unit, burst)| (unit, Some(burst)));
    let Some((_, seconds)) = PER.iter().find(|(name, _)| *name == unit) else {
        let length = read_duration(per, Duration::from_millis(1)..=YEAR);
        let length = length.map_err(|why| format!("{why}; {QUOTA}"))?;
        let requests = count.parse::<u32>().ok().filter(|requests| *requests > 0);
        let requests = requests.ok_or_else(|| format!("a window has a whole number of requests, 1 to {}", u32::MAX))?;
        return Ok(Some(Quota::window(requests, length)));
    };
    let Some(burst) = burst else {
        let (text, count) = (shown(text), shown(count));
        let mend = match number {
            0.0..1.0 => format!("{text}+1"),
            _ => format!("{text}+{count}, or the window {count}/1{unit}"),
        };
        return Err(format!("how many may come at once is missing; {mend}"));
    };
    let burst = read_number(burst).ok_or_else(wrong)?;
    let per_second = number / seconds;
    // Less than one in a year is none.
    if per_second * YEAR.as_secs_f64() < 1.0 || per_second > MOST {
        return Err(format!("a rate is one in a year at the least, and {MOST} a second at the most"));
    }
    if !(1.0..=MOST).contains(&burst) {
        return Err(format!("1 at once is the least, and {MOST} the most"));
    }
    Ok(Some(Quota::bucket(per_second, burst)))
}

fn show_limit(limit: Limit) -> String {
    match limit {
        Limit::Window { requests, length } => format!("{requests}/{}", show_duration(length)),
        Limit::Bucket { per_second, burst } => {
            // The unit in which it is the shortest number that is read as the same.
            let texts = PER.iter().map(|(unit, seconds)| (per_second * seconds, unit, seconds));
            let exact = texts.filter(|(rate, _, seconds)| (*rate / *seconds).total_cmp(&per_second).is_eq());
            let text = exact.map(|(rate, unit, _)| format!("{rate}/{unit}")).min_by_key(String::len);
            format!("{}+{burst}", text.unwrap_or_else(|| format!("{per_second}/s")))
        }
    }
}

fn read_skew(text: &str) -> Result<TimeDelta, String> {
    let behind = text.strip_prefix('-');
    let off = behind.or(text.strip_prefix('+')).unwrap_or(text);
    let off =
        read_duration(off, Duration::ZERO..=YEAR).map_err(|why| format!("{why}; +90s is ahead, -5m is behind"))?;
    let off = TimeDelta::from_std(off).unwrap_or_default();
    Ok(if behind.is_some() { -off } else { off })
}
