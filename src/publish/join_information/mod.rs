//! Graph's own invitation to each meeting as a page of HTML (`--html-dir`).
//!
//! The words are Graph's, in the language that it was asked for. All the same they are not trusted: what could run is
//! taken out, and the page's own policy forbids it once more.

mod sanitize;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use self::sanitize::sanitized;
use super::markup::escaped;
use super::{Draft, Entry, Finished, Made, make_folder, settle};

/// What a page may do: be read.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none'; form-action 'none'";

const STYLE: &str = "body{margin:0;font-family:system-ui,'Segoe UI',sans-serif;color:#242424;background:#fff}\
                     main{max-width:45rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}\
                     h1{font-size:1.4rem}img{max-width:100%;height:auto}";

/// Writes a page for each meeting, by the name of the meeting's files.
pub fn directory(finished: &Finished, dir: &Path) -> Result<Made> {
    make_folder(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    pages(finished.entries()?, dir)
}

fn pages(entries: impl Iterator<Item = Result<Entry>>, dir: &Path) -> Result<Made> {
    let (mut lines, mut without) = (0, 0_u64);
    for entry in entries {
        let entry = entry?;
        let Some(meeting) = entry.meeting().filter(|_| entry.is_first) else { continue };
        let Some(invitation) = &meeting.join_information else {
            without += 1;
            continue;
        };
        let path = dir.join(format!("{}.html", entry.file_stem()));
        let name = Some(entry.subject()).filter(|subject| !subject.is_empty()).unwrap_or(entry.external_id());
        let mut draft = Draft::private(&path).with_context(|| format!("cannot write {}", path.display()))?;
        draft.write_all(page(name, invitation).as_bytes())?;
        draft.finish_in_folder().with_context(|| format!("cannot write {}", path.display()))?;
        lines += 1;
    }
    settle(dir).with_context(|| format!("the files in {} cannot be kept safe", dir.display()))?;
    let mut notices = Vec::new();
    if without > 0 {
        let meetings = if without == 1 { "meeting has" } else { "meetings have" };
        notices.push(format!(
            "{without} {meetings} no page, because the output has no joinInformation for it: run convoke provision with \
             --join-information once more; Graph gives the same meetings again, and joinInformation with them"
        ));
    }
    Ok(Made { lines, notices })
}

/// A whole document around Graph's fragment.
fn page(name: &str, invitation: &str) -> String {
    let name = escaped(name);
    let mut page = String::with_capacity(invitation.len() + 1024);
    let _ = write!(
        page,
        "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1 dir=\"auto\">{name}</h1>\n\
         <div dir=\"auto\">\n"
    );
    page.push_str(&sanitized(invitation));
    page.push_str("\n</div>\n</main>\n</body>\n</html>\n");
    page
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::input::{Reading, Source};

    const OUTPUT: &str = "externalId,organizerUserId,subject,status,joinWebUrl,attempts,record\n\
        A/1,6b1e0000-0000-4000-8000-000000000001,<b>Term & planning,created,https://teams.example/a,1,1\n\
        A/1,6b1e0000-0000-4000-8000-000000000001,again,existing,https://teams.example/a,0,2\n\
        B,6b1e0000-0000-4000-8000-000000000001,none,created,https://teams.example/b,1,3\n\
        C,6b1e0000-0000-4000-8000-000000000001,none,refused,,1,4\n";

    /// The first meeting has an invitation.
    fn with_invitation(entry: Result<Entry>) -> Result<Entry> {
        let mut entry = entry?;
        if let crate::outcome::Outcome::Created(answer) = &mut entry.outcome
            && entry.row.record == 1
        {
            answer.meeting.join_information = Some("<script>x</script><p>Join".into());
        }
        Ok(entry)
    }

    #[test]
    fn each_meeting_with_an_invitation_has_a_whole_page_and_the_others_are_counted() {
        let finished = Finished::open(Source::of(OUTPUT), Reading::default()).expect("an output");
        let dir = tempfile::tempdir().expect("a folder");
        let made = pages(finished.entries().expect("lines").map(with_invitation), dir.path()).expect("pages");
        assert_eq!(made.lines, 1);
        assert!(made.notices[0].starts_with("1 meeting has no page"), "{:?}", made.notices);
        let files: Vec<_> =
            fs::read_dir(dir.path()).expect("a folder").map(|file| file.expect("a file").path()).collect();
        let [file] = &files[..] else { panic!("{files:?}") };
        let name = file.file_name().expect("a name").to_string_lossy();
        assert!(name.starts_with("A_1-") && name.ends_with(".html"), "{name}");
        let page = fs::read_to_string(file).expect("text");
        assert!(page.starts_with("<!doctype html>") && page.contains("<p>Join</p>\n</div>\n</main>"), "{page}");
        assert!(page.contains("<title>&lt;b&gt;Term &amp; planning</title>") && !page.contains("<script"), "{page}");
    }

    #[test]
    fn an_output_without_invitations_gives_no_pages_and_says_why() {
        let finished = Finished::open(Source::of(OUTPUT), Reading::default()).expect("an output");
        let dir = tempfile::tempdir().expect("a folder");
        let made = directory(&finished, &dir.path().join("new")).expect("a folder");
        assert_eq!((made.lines, made.notices.len()), (0, 1));
        assert!(dir.path().join("new").is_dir());
    }
}
