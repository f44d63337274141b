//! A redirect is told and not followed: neither a token nor a secret goes where an answer says.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use crate::binary::{convoke_at, run, write};
use crate::harness::{column, reply, sheet};
use crate::server::Server;

/// Somebody else's server, and the address by which a redirect names it.
fn witness() -> (TcpListener, String) {
    let witness = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    witness.set_nonblocking(true).expect("a socket");
    let url = format!("http://localhost:{}", witness.local_addr().expect("an address").port());
    (witness, url)
}

/// Whether nobody has called.
fn saw_nothing(witness: &TcpListener) -> bool {
    witness.accept().is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

#[test]
fn a_redirect_of_graph_is_told_and_no_token_goes_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(1));
    let (witness, url) = witness();
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{url}/hush?token=hush");
        let server = Server::start(move |_| reply(status, &[("location", &location)], ""));
        let mut command = convoke_at(&server, &[&input, "-v", "-o", "-"]);
        let (code, stdout, stderr) = run(command.env("CONVOKE_ACCESS_TOKEN", "sesame"));
        assert_eq!((code, column(&stdout, "status")), (Some(1), vec!["refused".to_owned()]), "{stderr}");
        let [error] = &column(&stdout, "error")[..] else { panic!("one row: {stdout}") };
        for words in [&format!("a redirect to {url};"), "it was not followed, and no token went there", "--graph-url"] {
            assert!(error.contains(words), "{words}: {error}");
        }
        assert!(!format!("{stdout}{stderr}").contains("hush") && saw_nothing(&witness), "{stderr}");
        assert_eq!(server.seen().len(), 1, "it is asked once");
    }
}

#[test]
fn a_redirect_of_the_identity_service_is_told_and_no_secret_goes_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(1));
    let (witness, url) = witness();
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{url}/hush?secret=hush");
        let server = Server::start(move |_| reply(status, &[("location", &location)], ""));
        let (code, stdout, stderr) = run(&mut convoke_at(&server, &[&input, "-v", "-o", "-"]));
        assert_eq!(code, Some(4), "{stderr}");
        for words in [&format!("a redirect to {url};"), "neither a secret nor a token went there", "--login-url"] {
            assert!(stderr.contains(words), "{words}: {stderr}");
        }
        assert!(!format!("{stdout}{stderr}").contains("hush") && saw_nothing(&witness), "{stderr}");
        assert_eq!(server.seen().len(), 1, "it is asked once");
    }
}
