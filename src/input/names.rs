//! What columns are called: the table of all names, which the README and `convoke columns` show.
//!
//! A word is in it only where it says that one thing in the sheets of its trade. What holds a person as a rule and not
//! what is asked for (`lecturer`, `user id`), a weekday (`day`), a running number (`no.`), or a result of this program
//! (`meeting id`, `organizer id`) is left out, for to take it would be a guess.

use std::collections::HashMap;
use std::iter;
use std::sync::LazyLock;

use super::fold::fold;
use super::setting;
use crate::meeting::Setting;

/// The columns that have a meaning, in Graph's spelling where Graph has the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the README's table of columns explains each")]
pub enum Column {
    ExternalId,
    OrganizerUserId,
    Subject,
    StartDateTime,
    StartDate,
    StartTime,
    EndDateTime,
    EndDate,
    EndTime,
    Duration,
    TimeZone,
    Attendees,
    Presenters,
    Coorganizers,
    ChatThreadId,
    Setting(Setting),
}

/// What there is to say about one column.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) needed: &'static str,
    pub(super) holds: &'static str,
    /// Separated by commas, as are the vague ones.
    pub(super) clear: &'static str,
    pub(super) vague: &'static str,
}

impl Column {
    /// Those that are no settings, in the order of the README's table.
    pub const OWN: [Self; 15] = [
        Self::ExternalId,
        Self::OrganizerUserId,
        Self::Subject,
        Self::StartDateTime,
        Self::StartDate,
        Self::StartTime,
        Self::EndDateTime,
        Self::EndDate,
        Self::EndTime,
        Self::Duration,
        Self::TimeZone,
        Self::Attendees,
        Self::Presenters,
        Self::Coorganizers,
        Self::ChatThreadId,
    ];

    /// All of them: the settings come last.
    pub const ALL: [Self; Self::OWN.len() + Setting::ALL.len()] = {
        let (mut all, mut place) = ([Self::ExternalId; Self::OWN.len() + Setting::ALL.len()], 0);
        while place < all.len() {
            let setting = place.checked_sub(Self::OWN.len());
            all[place] = if let Some(at) = setting { Self::Setting(Setting::ALL[at]) } else { Self::OWN[place] };
            place += 1;
        }
        all
    };

    /// Where it is in [`Self::ALL`].
    pub(super) fn place(self) -> usize {
        match self {
            Self::Setting(setting) => Self::OWN.len() + setting as usize,
            own => Self::OWN.iter().position(|one| *one == own).unwrap_or_default(),
        }
    }

    fn entry(self) -> &'static Entry {
        match self {
            Self::Setting(setting) => setting::entry(setting),
            own => &TABLE[own.place()],
        }
    }

    /// The canonical name.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// Whether a sheet must have it, in words; empty when it need not.
    pub fn needed(self) -> &'static str {
        self.entry().needed
    }

    /// What a cell of it holds; what is to be typed is between backticks.
    pub fn holds(self) -> &'static str {
        self.entry().holds
    }

    /// Its other names.
    pub fn aliases(self) -> impl Iterator<Item = &'static str> {
        list(self.entry().clear)
    }

    /// Names that mean it only where no other column of the sheet does.
    pub fn vague_aliases(self) -> impl Iterator<Item = &'static str> {
        list(self.entry().vague)
    }

    /// What says that it is meant: the canonical name first, then the aliases.
    pub(super) fn clear_names(self) -> impl Iterator<Item = &'static str> {
        iter::once(self.name()).chain(self.aliases())
    }
}

fn list(names: &'static str) -> impl Iterator<Item = &'static str> {
    names.split(", ").filter(|name| !name.is_empty())
}

/// In the order of [`Column::OWN`].
const TABLE: [Entry; Column::OWN.len()] = [
    Entry {
        name: "externalId",
        needed: "yes",
        holds: "Your own name for the meeting, the same whenever the row is sent again. With the organizer it is the \
                meeting: another id, or another organizer, is another meeting.",
        clear: "external key, session id, session key, booking id, booking reference",
        vague: "id, uid, key, reference, event id, course id, course code, id number, section, section id, CRN",
    },
    Entry {
        name: "organizerUserId",
        needed: "yes, unless `--me`",
        holds: "The organizer: the name with which they sign in (user principal name), their mail address, or their Entra object id.",
        clear: "organizer object id, organizer email, organizer UPN, organizer user principal name, organiser \
                user id, organiser object id, organiser email, organiser UPN, host id, host user id, host object \
                id, host email, host UPN",
        vague: "organizer, organiser, meeting organizer, meeting organiser, host, meeting host, owner, owner \
                email, Organisator",
    },
    Entry {
        name: "subject",
        needed: "",
        holds: "The title.",
        clear: "title, topic, summary, session title, session name, session topic, meeting title, meeting name, \
                meeting topic, meeting subject, Betreff, Titel, Thema, objet, sujet, titre, asunto, título",
        vague: "name, session, event, event name, event title, course, course name, course title",
    },
    Entry {
        name: "startDateTime",
        needed: "",
        holds: "When it begins, date and time in one. Without start and end Graph makes an instant meeting, from now \
                for one hour.",
        clear: "start, starts, starts at, start at, start date and time, session start, event start, begin, \
                begins, begins at, beginning, Beginn, début, inicio, comienzo",
        vague: "from, date and time, date/time, von",
    },
    Entry {
        name: "startDate",
        needed: "",
        holds: "The day on which it begins, where the time of day has a column of its own.",
        clear: "begin date, session date, session start date, meeting date, meeting start date, event date, \
                event start date, Startdatum, Beginnt am, date de début, fecha de inicio, fecha de comienzo",
        vague: "date, Datum, fecha",
    },
    Entry {
        name: "startTime",
        needed: "",
        holds: "The time of day at which it begins; date and time in one where no column has a date.",
        clear: "begin time, session start time, meeting start time, event start time, Startzeit, Beginnt um, \
                heure de début, hora de inicio, hora de comienzo",
        vague: "time, session time, meeting time, Uhrzeit, heure, hora",
    },
    Entry {
        name: "endDateTime",
        needed: "",
        holds: "When it ends. A start alone lasts one hour; an end alone, or before the start, is a flaw.",
        clear: "end, ends, ends at, end at, end date and time, finish, finishes, session end, event end, Ende, \
                fin, finalización",
        vague: "to, until, till, bis",
    },
    Entry {
        name: "endDate",
        needed: "",
        holds: "The day on which it ends; without it, that of the start.",
        clear: "finish date, session end date, meeting end date, event end date, Enddatum, Endet am, date de \
                fin, fecha de fin, fecha de finalización",
        vague: "",
    },
    Entry {
        name: "endTime",
        needed: "",
        holds: "The time of day at which it ends; date and time in one where no column has a date.",
        clear: "finish time, session end time, meeting end time, event end time, Endzeit, Endet um, heure de \
                fin, hora de fin, hora de finalización",
        vague: "",
    },
    Entry {
        name: "duration",
        needed: "",
        holds: "How long it lasts, in place of an end: `90` (minutes), `1:30`, `90 min` or `PT1H30M`.",
        clear: "session duration, meeting duration, event duration, Dauer, durée, duración",
        vague: "length",
    },
    Entry {
        name: "timeZone",
        needed: "",
        holds: "The zone of local times in this row, by its IANA name, `Europe/Berlin`, or Windows' name, `W. Europe Standard Time`.",
        clear: "time zone id, time zone name, TZ, Zeitzone, fuseau horaire, zona horaria, huso horario",
        vague: "zone",
    },
    Entry {
        name: "attendees",
        needed: "",
        holds: "Those who are to join, separated by `;`, commas or line breaks: each a user principal name, a mail address, an object id, or `Name <address>`.",
        clear: "attendee, attendee emails, attendee list, required attendees, participants, participant emails, \
                participant list, invitees, invitee emails, guests, guest emails, Teilnehmer, invités, \
                asistentes, participantes",
        vague: "emails, email addresses",
    },
    Entry {
        name: "presenters",
        needed: "",
        holds: "A list of the same kind: those who present.",
        clear: "presenter, presenter email, presenter emails, speaker email, speaker emails, panelists, panelist \
                emails, panellists",
        vague: "speaker, speakers",
    },
    Entry {
        name: "coorganizers",
        needed: "",
        holds: "A list of the same kind: those who organize it with the organizer.",
        clear: "coorganizer, coorganisers, coorganiser, coorganizer emails, cohosts, cohost, cohost emails, \
                alternative hosts, alternative host, alternate hosts, alternate host",
        vague: "",
    },
    Entry {
        name: "chatThreadId",
        needed: "",
        holds: "The thread of a Teams channel in which the meeting is held (Graph's beta endpoint).",
        clear: "chat thread, channel thread id, Teams channel id",
        vague: "",
    },
];

/// How well a name says what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It says it.
    Clear(Column),
    /// It may say it, if nothing else in the sheet does.
    Vague(Column),
    /// It is a duration in hours, which is read nowhere: a bare number in it would be taken for minutes.
    Hours,
}

/// The units that a duration's name may end in.
const MINUTES: [&str; 11] =
    ["inminutes", "minutes", "inminuten", "minuten", "enminutos", "minutos", "mins", "min", "hhmmss", "hhmm", "hmm"];
/// Those in which it is refused.
const HOURS: [&str; 7] = ["inhours", "hours", "hrs", "instunden", "stunden", "std", "h"];

/// What a column of this name means, if anything.
pub(super) fn word(name: &str) -> Option<Word> {
    static WORDS: LazyLock<HashMap<String, Word>> = LazyLock::new(|| {
        let of = |column: Column| {
            let clear = column.clear_names().map(move |name| (fold(name), Word::Clear(column)));
            clear.chain(column.vague_aliases().map(move |name| (fold(name), Word::Vague(column))))
        };
        Column::ALL.into_iter().flat_map(of).collect()
    });
    let folded = fold(name);
    let duration = |units: &[&str]| {
        let mut bare = units.iter().filter_map(|unit| WORDS.get(folded.strip_suffix(unit)?).copied());
        bare.find(|word| matches!(word, Word::Clear(Column::Duration) | Word::Vague(Column::Duration)))
    };
    let whole = WORDS.get(&folded).copied();
    whole.or_else(|| duration(&MINUTES)).or_else(|| duration(&HOURS).map(|_| Word::Hours))
}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
