//! The Azure CLI's signed-in user: what `az account get-access-token` prints. The program is run as it is, without a
//! shell.

use std::time::{Duration, SystemTime};

use tokio::process::Command;

use super::AzureCli;
use super::child::{Failed, run};
use super::login::login_trouble;
use super::printed;
use super::redact::said;
use super::source::Fetched;
use super::words::known;
use crate::graph::Verdict;

/// How long it may take: it needs some seconds to start, and asks the identity service itself.
const TIME_MAX: Duration = Duration::from_secs(45);
/// What its libraries say when the network is at fault.
const PASSING: [&str; 5] =
    ["Max retries exceeded", "Connection aborted", "ConnectionError", "timed out", "Temporary failure in name"];

/// The program, and what for.
pub(super) struct Cli {
    cli: AzureCli,
    resource: String,
}

impl Cli {
    pub(super) fn new(cli: AzureCli, graph_url: &str) -> Self {
        Self { cli, resource: graph_url.trim_end_matches('/').to_owned() }
    }

    pub(super) async fn fetch(&self) -> Result<Fetched, Verdict> {
        let broken = |words: &str| Verdict::Broken(login_trouble(None, words));
        let again = |words: &str| Verdict::Again(login_trouble(None, words));
        let Some(program) = &self.cli.program else { return Err(broken("the Azure CLI (az) is not on the PATH")) };
        let mut command = Command::new(program);
        command.args(["account", "get-access-token", "--resource", &self.resource, "--output", "json"]);
        if let Some(tenant) = &self.cli.tenant {
            command.args(["--tenant", tenant]);
        }
        let ran = run(&mut command, TIME_MAX).await.map_err(|failed| match failed {
            Failed::NotStarted(why) => broken(&format!("the Azure CLI, {}, cannot be run ({why})", program.display())),
            Failed::TooLong => again(&format!("the Azure CLI did not answer within {} s", TIME_MAX.as_secs())),
        })?;
        if ran.status.success() {
            let fetched = printed::read(&ran.stdout, SystemTime::now());
            return fetched.ok_or_else(|| broken("the Azure CLI printed no token; is az a program of another name?"));
        }
        let said = said(&ran);
        Err(if ran.stderr.to_ascii_lowercase().contains("certificate verify failed") {
            broken(&format!(
                "the Azure CLI does not trust the identity service, or a proxy that opens TLS: name the file of its \
                 authority in REQUESTS_CA_BUNDLE, which is what az reads ({said})"
            ))
        } else if PASSING.iter().any(|words| ran.stderr.contains(words)) {
            again(&format!("the Azure CLI does not reach the identity service ({said})"))
        } else {
            broken(&self.mend(&ran.stderr, &said, ran.status))
        })
    }

    fn mend(&self, stderr: &str, said: &str, status: std::process::ExitStatus) -> String {
        let tenant = self.cli.tenant.as_ref().map(|tenant| format!(" --tenant {tenant}")).unwrap_or_default();
        let sign_in = format!("az login{tenant} --allow-no-subscriptions");
        if let Some(mend) = known(stderr) {
            format!("{mend}; then {sign_in} (of the Azure CLI: {said})")
        } else if stderr.contains("az login") || stderr.contains("az account set") {
            format!("nobody is signed in to the Azure CLI: run {sign_in} ({said})")
        } else {
            format!("the Azure CLI failed ({status}; {said}); try {sign_in}")
        }
    }
}
