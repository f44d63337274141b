//! What is to be typed to mend what is missing, with this app's and these users' ids filled in, in the order in which it
//! is to be done. What is not known for certain stands there by its name, in capitals.

use super::permissions::Permission;
use super::{Doctor, unnamed};
use crate::check::{quoted, sheet_words};
use crate::cli::Doctor as Args;
use crate::graph::{Identity, cmdlets};
use crate::picture::visible;
use crate::plan::{Cloud, Network};
use crate::tally::plural;

/// Graph, by its application id.
const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";

/// What is to be typed in one place.
#[derive(Debug)]
pub(super) struct Block {
    /// Where: `sh`, `powershell` or `portal`.
    pub(super) shell: &'static str,
    pub(super) why: String,
    pub(super) lines: Vec<String>,
}

/// What is known to be missing.
pub(super) struct Advice {
    /// Variables that are not set.
    pub(super) exports: Vec<&'static str>,
    pub(super) permissions: Vec<Permission>,
    /// Organizers without a policy, by object id.
    pub(super) organizers: Vec<String>,
    /// The secret was refused.
    needs_secret: bool,
    app_id: Option<String>,
    /// The object id of the app's service principal.
    principal: Option<String>,
    is_managed: bool,
    is_global: bool,
    command: String,
}

impl Advice {
    pub(super) fn new(doctor: &Doctor) -> Self {
        Self {
            exports: Vec::new(),
            permissions: Vec::new(),
            organizers: Vec::new(),
            needs_secret: false,
            app_id: doctor.client_id.clone().filter(|id| is_id(id)),
            principal: None,
            is_managed: doctor.sign_in.as_ref().is_ok_and(|sign_in| sign_in.credentials.is_managed()),
            is_global: doctor.network.cloud.value == Cloud::Global,
            command: doctor.command.clone(),
        }
    }

    /// Takes the ids of whom the token stands for.
    pub(super) fn know(&mut self, identity: &Identity) {
        self.app_id = identity.app_id.clone().filter(|id| is_id(id)).or_else(|| self.app_id.take());
        self.principal = identity.object_id.clone().filter(|id| is_id(id) && !identity.is_users);
    }

    /// Why there is no token.
    pub(super) fn heed(&mut self, cause: &str) {
        self.needs_secret = ["AADSTS7000215", "AADSTS7000222"].iter().any(|number| cause.contains(number));
    }

    /// The last words, and what is to be typed.
    pub(super) fn ending(&self, failed: u64, unknown: u64) -> (String, Vec<Block>) {
        let mut blocks = Vec::new();
        blocks.extend(self.environment());
        blocks.extend(self.secret());
        blocks.extend(self.consent());
        blocks.extend(self.policy());
        let are = |count| if count == 1 { "is" } else { "are" };
        let things = plural(failed, "thing");
        let words = match (failed, unknown) {
            (0, 0) => "Nothing is missing.".to_owned(),
            (0, _) => format!("Nothing is known to be wrong; {unknown} of these {} not known.", are(unknown)),
            (_, 0) => {
                format!("{things} {} wrong. Mend the first one first, and run the same command again.", are(failed))
            }
            _ => format!(
                "{things} {} wrong, and {unknown} {} not known. Mend the first one first, and run the same command again.",
                are(failed),
                are(unknown)
            ),
        };
        if failed == 0 {
            let (why, lines) = ("This makes the meetings".to_owned(), vec![self.command.clone()]);
            blocks.push(Block { shell: "sh", why, lines });
        }
        (words, blocks)
    }

    fn environment(&self) -> Option<Block> {
        let lines = self.exports.iter().map(|name| match *name {
            "AZURE_TENANT_ID" => "export AZURE_TENANT_ID=TENANT-ID   # Directory (tenant) ID".to_owned(),
            "AZURE_CLIENT_ID" => "export AZURE_CLIENT_ID=CLIENT-ID   # Application (client) ID".to_owned(),
            name => format!("read -rs {name} && export {name}   # paste the secret's value, and press Enter"),
        });
        let lines: Vec<String> = lines.collect();
        let why =
            "In the shell, with what the app registration's Overview shows (Entra admin centre, App registrations)";
        (!lines.is_empty()).then(|| Block { shell: "sh", why: why.to_owned(), lines })
    }

    fn secret(&self) -> Option<Block> {
        let app = self.app_id();
        let lines = vec![
            format!(
                "az ad app credential reset --id {app} --append --display-name convoke --query password --output tsv"
            ),
            "read -rs AZURE_CLIENT_SECRET && export AZURE_CLIENT_SECRET   # paste what it printed, and press Enter"
                .to_owned(),
        ];
        let why = "In the shell, a new client secret beside those that the app has (or in the portal: App registrations, \
                   this app, Certificates & secrets)";
        self.needs_secret.then(|| Block { shell: "sh", why: why.to_owned(), lines })
    }

    fn consent(&self) -> Vec<Block> {
        if self.permissions.is_empty() {
            return Vec::new();
        }
        if self.is_managed {
            return vec![self.assignment()];
        }
        let app = self.app_id();
        let mut steps = Vec::new();
        if let Some(app) = self.app_id.as_ref().filter(|_| self.is_global) {
            let page =
                "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/CallAnAPI";
            steps.push(format!("{page}/appId/{app}/isMSAApp~/false"));
        }
        for permission in &self.permissions {
            let (kind, name) = (permission.kind(), permission.name);
            steps.push(format!(
                "App registrations › {app} › API permissions › Add a permission › Microsoft Graph › {kind} › {name}"
            ));
        }
        steps.push(format!("App registrations › {app} › API permissions › Grant admin consent"));
        let add = self.permissions.iter().map(|permission| {
            let kind = if permission.is_role { "Role" } else { "Scope" };
            format!("{}={kind}", permission.id)
        });
        let add = add.collect::<Vec<_>>().join(" ");
        let commands = vec![
            format!("az ad app permission add --id {app} --api {GRAPH_ID} --api-permissions {add}"),
            format!("az ad app permission admin-consent --id {app}"),
        ];
        vec![
            Block { shell: "portal", why: "In the Entra admin centre, as an administrator".to_owned(), lines: steps },
            Block { shell: "sh", why: "Or the same with the Azure CLI".to_owned(), lines: commands },
        ]
    }

    /// A managed identity has no app registration; it is given roles of Graph's one by one (Microsoft Entra, *assign a
    /// managed identity access to an application role*).
    fn assignment(&self) -> Block {
        let principal = self.principal.as_deref().unwrap_or("PRINCIPAL-OBJECT-ID");
        let mut lines = vec![format!("GRAPH=$(az ad sp show --id {GRAPH_ID} --query id --output tsv)")];
        lines.extend(self.permissions.iter().map(|Permission { id, name, .. }| {
            format!(
                "az rest --method post --url https://graph.microsoft.com/v1.0/servicePrincipals/{principal}/appRoleAssignments \
                 --body \"{{\\\"principalId\\\":\\\"{principal}\\\",\\\"resourceId\\\":\\\"$GRAPH\\\",\\\"appRoleId\\\":\\\"{id}\\\"}}\"   \
                 # {name}"
            )
        }));
        let why = "With the Azure CLI, as an administrator: a managed identity has no app registration, and is given what it \
                   lacks so";
        Block { shell: "sh", why: why.to_owned(), lines }
    }

    fn policy(&self) -> Option<Block> {
        if self.organizers.is_empty() {
            return None;
        }
        let organizers: Vec<&str> = self.organizers.iter().map(String::as_str).collect();
        let mut lines = vec!["Connect-MicrosoftTeams".to_owned()];
        lines.extend(cmdlets(self.app_id.as_deref(), &organizers).split("; ").map(str::to_owned));
        lines.push(
            "# in place of all Grant- lines, for every user who has no such policy of their own:\n  \
             # Grant-CsApplicationAccessPolicy -PolicyName convoke -Global"
                .to_owned(),
        );
        lines.push(format!(
            "# where there is a policy called convoke already, in place of the New- line:\n  \
             # Set-CsApplicationAccessPolicy -Identity convoke -AppIds @{{Add=\"{}\"}}",
            self.app_id()
        ));
        let lines = lines.iter().flat_map(|line| line.lines()).map(|line| line.trim_start().to_owned()).collect();
        let why = "In Teams PowerShell, as a Teams administrator; it takes up to 30 minutes to come into effect, at times hours";
        Some(Block { shell: "powershell", why: why.to_owned(), lines })
    }

    fn app_id(&self) -> &str {
        self.app_id.as_deref().unwrap_or("CLIENT-ID")
    }
}

/// Nothing that a shell would see more in.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The command that makes the meetings, with what was typed of it here.
pub(super) fn command(args: &Args, network: &Network) -> String {
    let mut words = sheet_words(args.input.as_deref().unwrap_or_else(|| unnamed()), &args.sheet);
    let mut option = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
    // What the environment has, the next command has as well.
    let typed = [
        ("--cloud", network.cloud.value.name(), &network.cloud.source),
        ("--graph-url", network.graph_url.value.as_str(), &network.graph_url.source),
        ("--login-url", network.login_url.value.as_str(), &network.login_url.source),
    ];
    typed.into_iter().filter(|(name, _, source)| name == source).for_each(|(name, value, _)| option(name, value));
    if let Some(proxy) = network.proxy.as_ref().filter(|proxy| proxy.source == "--proxy") {
        option("--proxy", &proxy.value);
    }
    if let Some(file) = network.ca_file.as_ref().filter(|file| file.source == "--ca-file") {
        option("--ca-file", &file.value.display().to_string());
    }
    let sign_in = &args.sign_in;
    if let Some(auth) = sign_in.auth {
        option("--auth", &auth.to_string());
    }
    let files = [
        ("--client-secret-file", &sign_in.client_secret_file),
        ("--keep-sign-in", &sign_in.keep_sign_in),
        ("--token-file", &sign_in.token_file),
    ];
    for (name, file) in files {
        if let Some(file) = file {
            option(name, &file.display().to_string());
        }
    }
    if args.people.lookup == crate::cli::Lookup::Off {
        option("--lookup", "off");
    }
    visible(&format!("convoke provision {}", words.join(" ")))
}
