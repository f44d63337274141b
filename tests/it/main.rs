//! The features of `convoke`, each against the embedded Graph: most in virtual time and in one process (`harness`), a
//! few through the real program over a real socket (`binary`, `wire`).

mod agree;
mod awkward;
mod binary;
mod check;
mod der;
mod directory;
mod harness;
mod host;
mod measure;
mod needed;
mod outage;
mod page;
mod people;
mod process;
mod provision;
mod relay;
mod resume;
mod retries;
mod samples;
mod schema;
mod server;
mod show;
mod simulate;
mod spoilt;
mod state;
mod storm;
mod throttle;
mod tidy;
mod tls;
mod wall;
mod wire;
mod wrong;
