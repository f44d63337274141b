//! `doctor`: what must be true before meetings can be made, looked at in order, with what to do where it is not.
//!
//! Here is the order, and what rests on what. What rests on something that is missing is not tried; what does not, is.
//! Nothing is made or changed: it signs in, reads, and tells. Whether the bytes of a sheet are right is `check`'s.

mod access;
mod advice;
mod configuration;
mod json;
mod patience;
mod people;
mod permissions;
mod policy;
mod reach;
mod report;
mod sheet;

use std::io::Write;
use std::path::Path;

use anyhow::{Error, Result};
use secrecy::SecretString;

use self::access::Access;
use self::advice::Advice;
use self::report::{Line, Report, State};
use self::sheet::Sheet;
use crate::cli::{Doctor as Args, Environment, Form, Lookup};
use crate::exit::{ALL_AS_ASKED, CREDENTIALS, Ended, USAGE};
use crate::graph::{Credentials, Endpoint, Graph, Http};
use crate::input::{Input, Reading};
use crate::picture::WIDTH;
use crate::plan::{self, Network, Setting, SignIn};

/// What will be looked at, and how it is told.
#[derive(Debug)]
pub struct Doctor {
    input: Option<Input>,
    reading: Reading,
    network: Network,
    settings: Vec<Setting>,
    sign_in: Result<SignIn>,
    /// The tenant and the app that the environment names, whatever else is missing.
    tenant: Option<String>,
    client_id: Option<String>,
    looks_up: bool,
    /// The command that makes the meetings.
    command: String,
    form: Form,
}

impl Doctor {
    /// Checks what was typed. That there is nothing to sign in with is a finding, and no usage.
    pub fn from_args(args: Args, environment: Environment) -> Result<Self, Ended> {
        let usage = |error: Error| Ended(USAGE, error);
        let network = Network::from_args(&args.network, &environment).map_err(usage)?;
        let command = advice::command(&args, &network);
        let settings = plan::settings(&args.sign_in, &environment.sign_in);
        let (tenant, client_id) = (environment.sign_in.tenant_id.clone(), environment.sign_in.client_id.clone());
        let looks_up = args.people.lookup == Lookup::On;
        let sign_in = plan::sign_in(args.sign_in, environment.sign_in, args.sheet.me);
        Ok(Self {
            input: args.input.map(plan::input),
            reading: plan::reading(args.sheet, environment.now).map_err(usage)?,
            network,
            settings,
            sign_in: sign_in.map(|sign_in| sign_in.looking_up(looks_up)),
            tenant,
            client_id,
            looks_up,
            command,
            form: args.report.format,
        })
    }

    /// Looks at everything and tells it to `out`, as a terminal of that width shows it, if it is one; the exit status.
    pub async fn run(&self, out: &mut dyn Write, terminal: Option<usize>) -> Result<u8, Ended> {
        let mut report = Report::new(out, self.form, terminal.unwrap_or(WIDTH));
        let mut advice = Advice::new(self);
        configuration::tell(self, &mut report, &mut advice)?;
        let sheet = self.input.as_ref().map(|input| Sheet::read(input, &self.reading));
        match self.graph() {
            Ok(graph) => self.look(&graph, sheet.as_ref(), &mut report, &mut advice).await?,
            Err(error) => {
                let (found, mend) = report::parted(&format!("{error:#}"));
                report.tell(&Line::failed("configuration", "network", found, mend))?;
                report.tell(&Line::skipped(
                    "graph",
                    "everything beyond this machine",
                    "no connection can be opened",
                ))?;
                sheet::tell(self, sheet.as_ref(), &mut report)?;
            }
        }
        let (words, blocks) = advice.ending(report.failed, report.unknown);
        report.end(&words, &blocks)?;
        Ok(if report.failed == 0 { ALL_AS_ASKED } else { CREDENTIALS })
    }

    fn graph(&self) -> Result<Graph<Http>> {
        let credentials = match &self.sign_in {
            Ok(sign_in) => sign_in.credentials.clone(),
            // Nobody asks for it.
            Err(_) => Credentials::AccessToken(SecretString::default()),
        };
        let (graph_url, login_url) = (self.network.graph_url.value.clone(), self.network.login_url.value.clone());
        let endpoint = Endpoint { graph_url, login_url, credentials, language: None, invitations: false };
        Graph::new(Http::open(&self.network.connections, endpoint.is_secure())?, endpoint)
    }

    async fn look(
        &self,
        graph: &Graph<Http>,
        sheet: Option<&Result<Sheet>>,
        report: &mut Report<'_>,
        advice: &mut Advice,
    ) -> Result<(), Ended> {
        let readable = sheet.and_then(|sheet| sheet.as_ref().ok());
        let reads_people = self.looks_up && readable.is_none_or(|sheet| sheet.names_people(self.reading.me));
        let (login, mut greeted) = (reach::login(self, graph).await, reach::graph(self, graph).await);
        let access = access::look(self, graph, login, &greeted, report, advice).await?;
        permissions::tell(self, graph, &access, reads_people, report, advice)?;
        let access = if greeted.is_there { access } else { Access::none("Graph was not reached") };
        let (directory, found) = people::look(self, graph, &access, readable, reads_people).await;
        if directory.state == State::Failed && greeted.is_doubtful {
            greeted.line.state = State::Failed;
        }
        report.tell(&greeted.line)?;
        report.tell(&directory)?;
        sheet::tell(self, sheet, report)?;
        people::tell(self, readable, &found, report)?;
        policy::look(self, graph, &access, &found, report, advice).await
    }

    /// What the sheet is called, for a person.
    fn sheet_name(&self) -> String {
        self.input.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

/// The name that a command is given where nobody has named a sheet.
fn unnamed() -> &'static Path {
    Path::new("INPUT.csv")
}
