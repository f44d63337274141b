//! What must be so, from the answers alone: which meetings there are, and which there can no longer be.

use std::collections::BTreeMap;

use super::super::*;
use super::sheet::Sheet;

/// All that the documents know, and 0 for no answer at all.
const STATUSES: [u16; 18] = [0, 200, 201, 204, 400, 401, 403, 404, 405, 413, 424, 429, 500, 501, 502, 503, 504, 509];

/// A meeting that an answer has shown.
#[derive(Debug)]
pub(super) struct Known {
    /// As it was shown first.
    pub(super) body: Value,
    pub(super) organizer: String,
    external_id: Option<String>,
    /// In which group of requests that was.
    since: usize,
    /// How often it was told that it is new.
    made: u32,
    /// In which group it was gone at the latest, and whether that was told.
    gone: Option<usize>,
    told: bool,
    /// In which group a deletion was asked for first of which it is not known what became.
    perhaps_gone: Option<usize>,
}

#[derive(Debug, Default)]
pub(super) struct Model {
    known: Vec<Known>,
    /// How many deletions may have been carried out, by key.
    deletions: BTreeMap<String, u64>,
    /// Whether every answer arrives.
    calm: bool,
}

impl Known {
    fn key(&self) -> Option<String> {
        let external_id = self.external_id.as_ref()?;
        Some(format!("{TENANT_ID}/{}/{external_id}", self.organizer))
    }

    fn id(&self) -> &Value {
        &self.body["id"]
    }

    fn was_to_go_by(&self, group: usize) -> bool {
        [self.gone, self.perhaps_gone].into_iter().flatten().any(|since| since <= group)
    }
}

impl Model {
    pub(super) fn new(calm: bool) -> Self {
        Self { calm, ..Self::default() }
    }

    pub(super) fn all(&self) -> &[Known] {
        &self.known
    }

    /// Heeds the answers to what was sent together, in whatever order that was carried out; a body is `None` if it was
    /// lost.
    pub(super) fn learn(&mut self, group: usize, heard: &[(Sheet, u16, Option<Value>)]) {
        for (sheet, status, _) in heard {
            assert!(STATUSES.contains(status), "{status} to {sheet:?}");
            if let Some(id) = sheet.deletes() {
                self.deleted(group, id, *status);
            }
        }
        for (_, status, body) in heard {
            let body = body.as_ref().filter(|_| (200..300).contains(status)).unwrap_or(&Value::Null);
            let items = body["value"].as_array().into_iter().flatten();
            for meeting in items.chain([body]).filter(|body| body["joinWebUrl"].is_string()) {
                self.shown(group, *status, meeting);
            }
        }
        for (sheet, status, body) in heard.iter().filter(|(sheet, _, _)| sheet.finds) {
            let about = sheet.about.as_deref().and_then(|id| self.known.iter().find(|known| *known.id() == id));
            let Some(known) = about else { continue };
            let lost = *status == 404 && !known.was_to_go_by(group);
            assert!(!lost, "nobody has deleted {} and it is not found by {sheet:?}", known.id());
            let risen = *status == 200 && body.is_some() && known.gone.is_some_and(|gone| gone < group);
            assert!(!risen, "{} is deleted, and found by {sheet:?}", known.id());
        }
    }

    fn deleted(&mut self, group: usize, id: &str, status: u16) {
        let Some(known) = self.known.iter_mut().find(|known| *known.id() == id) else { return };
        let key = known.key();
        match status {
            204 => {
                assert!(!known.told, "{id} is deleted twice");
                assert!(known.gone.is_none_or(|gone| gone >= group), "{id} had been gone before it is deleted");
                known.told = true;
                known.gone = Some(group);
            }
            400..=428 => return,
            _ => {
                assert!(!self.calm, "{status} when nothing fails");
                known.perhaps_gone.get_or_insert(group);
            }
        }
        *self.deletions.entry(key.unwrap_or_default()).or_default() += 1;
    }

    fn shown(&mut self, group: usize, status: u16, body: &Value) {
        let new = u32::from(status == 201);
        if let Some(known) = self.known.iter_mut().find(|known| *known.id() == body["id"]) {
            for member in ["joinWebUrl", "meetingCode", "externalId", "chatInfo", "creationDateTime"] {
                assert_eq!(known.body[member], body[member], "{member} of {} has changed", known.id());
            }
            assert!(known.gone.is_none_or(|gone| gone >= group), "{} is shown after it had gone", known.id());
            known.made += new;
            assert!(known.made <= 1, "{} is new twice", known.id());
            return;
        }
        let known = Known {
            organizer: text(body, "/participants/organizer/identity/user/id"),
            external_id: body["externalId"].as_str().map(str::to_owned),
            body: body.clone(),
            since: group,
            made: new,
            gone: None,
            told: false,
            perhaps_gone: None,
        };
        let key = known.key();
        for other in &mut self.known {
            assert_ne!(other.body["joinWebUrl"], body["joinWebUrl"], "two meetings have one link");
            let code = &other.body["meetingCode"];
            assert!(other.was_to_go_by(group) || *code != body["meetingCode"], "two meetings have the number {code}");
            if key.is_some() && other.key() == key {
                // What is not known before a group cannot be deleted in it.
                let made_way = other.since < group && other.was_to_go_by(group);
                assert!(made_way, "{key:?} has both {} and {}", other.id(), body["id"]);
                other.gone = Some(other.gone.map_or(group, |gone| gone.min(group)));
            }
        }
        self.known.push(known);
    }

    /// The ids of meetings that there are must be these, as far as that is known.
    pub(super) fn hold(&self, there: &[bool], report: &Report) {
        let mut live: BTreeMap<String, &Known> = BTreeMap::new();
        let mut codes = std::collections::HashSet::new();
        for (known, there) in self.known.iter().zip(there) {
            assert!(!there || known.gone.is_none(), "{} is back", known.id());
            assert!(*there || known.was_to_go_by(usize::MAX), "{} is lost", known.id());
            if *there {
                assert!(codes.insert(known.body["meetingCode"].to_string()), "two meetings have one number");
                let before = known.key().and_then(|key| live.insert(key, known));
                assert!(before.is_none(), "two meetings have one key: {} and {before:?}", known.id());
            }
            assert!(!self.calm || known.made == 1, "{} was never told to be new", known.id());
        }
        let kept = there.iter().filter(|there| **there).count() as u64;
        assert!(
            report.meetings_kept == kept || (!self.calm && report.meetings_kept > kept),
            "{}",
            report.meetings_kept
        );
        let mut seen = BTreeMap::<String, u64>::new();
        for key in self.known.iter().filter_map(Known::key) {
            *seen.entry(key).or_default() += 1;
        }
        for (key, made) in &report.meetings {
            let (seen, deleted) = (*seen.get(key).unwrap_or(&0), *self.deletions.get(key).unwrap_or(&0));
            assert!(*made <= 1 + deleted, "{key} has {made} meetings after {deleted} deletions");
            assert!(*made == seen || (!self.calm && *made > seen), "{key} has {made} meetings, {seen} of them seen");
        }
    }
}
