//! Microsoft's clouds: where each has its Graph and its identity service (Graph, *national cloud deployments*).
//!
//! A token of one cloud does not work in another, so that both addresses come from one choice.

use anyhow::{Result, bail};

/// A cloud that has createOrGet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    /// The global service, GCC included.
    Global,
    /// US government L4, which is GCC High.
    UsGovL4,
    /// US government L5, which is the military's.
    UsGovL5,
}

/// What is accepted, in words.
const CHOICES: &str = "global (also for GCC), us-gov-l4 (GCC High) or us-gov-l5 (DoD, the military)";
/// The hosts of Graph that are not the global one's.
const US_GOVERNMENT_GRAPH: [(&str, &str); 2] =
    [("graph.microsoft.us", "us-gov-l4"), ("dod-graph.microsoft.us", "us-gov-l5")];
const CHINA_GRAPH: &str = "microsoftgraph.chinacloudapi.cn";
/// The hosts of identity services whose Graph is not the global one.
const US_GOVERNMENT_LOGIN: &str = "login.microsoftonline.us";
const CHINA_LOGIN: [&str; 2] = ["login.chinacloudapi.cn", "login.partner.microsoftonline.cn"];
/// Why there is no China here (Graph, *onlineMeeting: createOrGet*, national cloud deployments).
const NOT_IN_CHINA: &str = "Graph operated by 21Vianet in China has no createOrGet for online meetings, so that no \
    meeting can be made there";

impl Cloud {
    /// Reads the name of a cloud. Other names for one are told their own, and not taken.
    pub(super) fn named(name: &str) -> Result<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "global" => Ok(Self::Global),
            "us-gov-l4" => Ok(Self::UsGovL4),
            "us-gov-l5" => Ok(Self::UsGovL5),
            "china" | "azurechinacloud" | "azurechina" | "21vianet" | "mooncake" => {
                bail!("--cloud {name}: {NOT_IN_CHINA}")
            }
            "azurepubliccloud" | "azurecloud" | "gcc" => {
                bail!("--cloud {name} is Azure's or Microsoft 365's name for it: here it is --cloud global")
            }
            "azureusgovernment" | "azureusgovernmentcloud" | "us-gov" | "usgov" => {
                bail!(
                    "--cloud {name} is two clouds for Graph: name --cloud us-gov-l4 (GCC High) or us-gov-l5 (DoD, the military)"
                )
            }
            "gcc-high" | "gcchigh" => bail!("--cloud {name} is called us-gov-l4 here"),
            "dod" => bail!("--cloud {name} is called us-gov-l5 here"),
            _ => bail!("--cloud '{name}' is no cloud of Microsoft's: name {CHOICES}"),
        }
    }

    /// What it is called here.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::UsGovL4 => "us-gov-l4",
            Self::UsGovL5 => "us-gov-l5",
        }
    }

    /// Graph's root.
    pub fn graph_url(self) -> &'static str {
        match self {
            Self::Global => "https://graph.microsoft.com",
            Self::UsGovL4 => "https://graph.microsoft.us",
            Self::UsGovL5 => "https://dod-graph.microsoft.us",
        }
    }

    /// The identity service's root.
    pub fn login_url(self) -> &'static str {
        match self {
            Self::Global => "https://login.microsoftonline.com",
            Self::UsGovL4 | Self::UsGovL5 => "https://login.microsoftonline.us",
        }
    }
}

/// Fails when a Graph is known to have no meetings, or to be that of a cloud that nobody has named while the identity
/// service would be the global one, which would be sent the secret of another.
pub(super) fn check_graph(name: &str, host: &str, is_global_login: bool) -> Result<()> {
    if host.eq_ignore_ascii_case(CHINA_GRAPH) {
        bail!("{name}: {NOT_IN_CHINA}");
    }
    let other = US_GOVERNMENT_GRAPH.iter().find(|(graph, _)| host.eq_ignore_ascii_case(graph));
    if let Some((_, cloud)) = other.filter(|_| is_global_login) {
        bail!("{name} is the US government's Graph: name its identity service too, with --cloud {cloud}");
    }
    Ok(())
}

/// Fails when an identity service is known to be that of a cloud that nobody has named, and Graph would be the global
/// one: its secret would be refused there, or its token by Graph.
pub(super) fn check_authority(name: &str, host: &str) -> Result<()> {
    if host.eq_ignore_ascii_case(US_GOVERNMENT_LOGIN) {
        bail!(
            "{name} is the US government's identity service: name its Graph too, with --cloud us-gov-l4 or us-gov-l5"
        );
    }
    if CHINA_LOGIN.iter().any(|login| host.eq_ignore_ascii_case(login)) {
        bail!("{name}: {NOT_IN_CHINA}");
    }
    Ok(())
}
