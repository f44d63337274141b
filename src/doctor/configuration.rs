//! What was configured: each value, where it comes from, and what is missing. Secrets are masked.

use super::Doctor;
use super::advice::Advice;
use super::report::{Line, Report, parted};
use crate::exit::Ended;

const STEP: &str = "configuration";

/// Tells it; what is missing comes into the advice.
pub(super) fn tell(doctor: &Doctor, report: &mut Report<'_>, advice: &mut Advice) -> Result<(), Ended> {
    let line = match &doctor.sign_in {
        Ok(sign_in) => Line::ok(STEP, "configuration", sign_in.words.as_str()),
        Err(error) => {
            let words = format!("{error:#}");
            let is_missing = |name: &&str| words.contains(*name) && doctor.settings.iter().all(|own| own.from != *name);
            let names = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"];
            advice.exports.extend(names.into_iter().filter(is_missing));
            let (found, mend) = parted(&words);
            Line::failed(STEP, "configuration", found, mend)
        }
    };
    report.tell(&line)?;
    for setting in &doctor.settings {
        report.tell(&Line::ok(
            STEP,
            format!("{} configured", setting.name),
            format!("{} ({})", setting.shown, setting.from),
        ))?;
    }
    let network = &doctor.network;
    let value = |what: &str, value: &str, source: &str| Line::ok(STEP, what, format!("{value} ({source})"));
    report.tell(&value("Graph's address", &network.graph_url.value, &network.graph_url.source))?;
    report.tell(&value("login address", &network.login_url.value, &network.login_url.source))?;
    if let Some(proxy) = &network.proxy {
        report.tell(&value("proxy", &proxy.value, &proxy.source))?;
    }
    if let Some(file) = &network.ca_file {
        report.tell(&value("file of authorities", &file.value.display().to_string(), &file.source))?;
    }
    Ok(())
}
