//! New inputs of old ones.

use fastrand::Rng;

use crate::book::{parts, zipped};

/// Pieces of spreadsheets, and what people and programs put into their cells.
const PIECES: &[&str] = &[
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\u{a0}",
    "\u{feff}",
    "\u{200b}",
    "\0",
    "ü",
    "�",
    "=",
    "sep=;\n",
    "externalId",
    "organizerUserId",
    "subject",
    "Start",
    "End",
    "startDate",
    "startTime",
    "endTime",
    "Date",
    "duration",
    "timeZone",
    "attendees",
    "presenters",
    "coorganizers",
    "id",
    "host",
    "topic",
    "status",
    "error",
    "6b1e0000-0000-4000-8000-000000000001",
    "ada@contoso.example",
    "Ada Lind <ada@contoso.example>",
    "\"Lind, Ada\" <",
    ">",
    "<",
    "@",
    "mailto:",
    "presenter:",
    "coorganizer:",
    "host:",
    "a@b.c;",
    "2027-02-03T09:00",
    "2027-03-28T02:30",
    "2027-10-31T02:30",
    "2027-02-03",
    "03/02/2027",
    "25/02/2027",
    "02/25/2027",
    "03.02.2027",
    "3 Feb 2027",
    "Wed, 3 Feb 2027",
    "20270203T090000Z",
    "3.2.27",
    "09:00",
    "9:00 AM",
    "13:00 PM",
    "12:00 AM",
    "24:00",
    "T",
    "Z",
    "+01:00",
    "-7:00",
    "+25:00",
    ":60",
    ".12345678",
    "Europe/Berlin",
    "W. Europe Standard Time",
    "EST",
    "PST",
    "UTC+1",
    "(UTC+01:00) Amsterdam",
    "90",
    "1:30",
    "90 min",
    "1,5 h",
    "PT1H30M",
    "PT-1H",
    "-1",
    "99999999999999999999",
    "1.23457E+11",
    "46056.375",
    "#N/A",
    "<c r=\"B2\"><v>46056</v></c>",
    "</row><row r=\"3\">",
    "t=\"s\"",
    "t=\"d\"",
    "s=\"1\"",
    "<f>1</f>",
    "&#x41;",
    "date1904=\"1\"",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "invalid",
    "PK\u{3}\u{4}",
];
/// The longest input that is made.
const LENGTH_MAX: usize = 1 << 20;
/// How many inputs are kept to make others of.
const KEPT_MAX: usize = 4096;

/// Makes inputs.
pub(crate) struct Maker {
    random: Rng,
    kept: Vec<(Vec<u8>, u64)>,
    /// How many of the first are to be given out as they are.
    first: usize,
}

impl Maker {
    pub(crate) fn new(seeds: Vec<Vec<u8>>, seed: u64) -> Self {
        let kept: Vec<_> = seeds.into_iter().chain([Vec::new()]).map(|input| (input, 0)).collect();
        Self { random: Rng::with_seed(seed), first: kept.len(), kept }
    }

    /// An input, and in which way it is to be read.
    pub(crate) fn next(&mut self) -> (Vec<u8>, u64) {
        if self.first > 0 {
            self.first -= 1;
            return self.kept[self.first].clone();
        }
        // The smaller of two: it is faster to read, and as good to begin with.
        let [one, other] = [(); 2].map(|()| self.random.usize(..self.kept.len()));
        let smaller = if self.kept[one].0.len() < self.kept[other].0.len() { one } else { other };
        let (mut input, mut how) = self.kept[smaller].clone();
        if self.random.u8(..8) == 0 {
            how = self.random.u64(..1 << 12);
        }
        match parts(&input).filter(|parts| !parts.is_empty() && self.random.u8(..8) > 0) {
            Some(mut parts) => {
                let part = self.random.usize(..parts.len());
                self.changes(&mut parts[part].1);
                input = zipped(&parts).unwrap_or(input);
            }
            None => self.changes(&mut input),
        }
        input.truncate(LENGTH_MAX);
        (input, how)
    }

    /// Keeps an input to make others of; in the place of another when there are many.
    pub(crate) fn keep(&mut self, input: Vec<u8>, how: u64) {
        // Small ones are faster to change and to read; a few large ones are kept too.
        if input.len() > 1 << 14 && self.random.u8(..8) > 0 {
            return;
        }
        if self.kept.len() < KEPT_MAX {
            self.kept.push((input, how));
        } else {
            let place = self.random.usize(..KEPT_MAX);
            self.kept[place] = (input, how);
        }
    }

    fn changes(&mut self, input: &mut Vec<u8>) {
        for _ in 0..=self.random.usize(..6) {
            self.change(input);
        }
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let random = &mut self.random;
        let at = random.usize(..=input.len());
        let end = at + random.usize(..=(input.len() - at).min(64));
        match random.u8(..12) {
            0 if at < input.len() => input[at] = random.u8(..),
            1 if at < input.len() => input[at] ^= 1 << random.u8(..8),
            2 => drop(input.drain(at..end)),
            3..6 => drop(input.splice(at..at, PIECES[random.usize(..PIECES.len())].bytes())),
            6 => drop(input.splice(at..end, PIECES[random.usize(..PIECES.len())].bytes())),
            7 => {
                let piece = input[at..end].to_vec();
                let to = random.usize(..=input.len());
                drop(input.splice(to..to, piece));
            }
            8 => {
                let (other, _) = &self.kept[random.usize(..self.kept.len())];
                let from = random.usize(..=other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            9 if random.u8(..16) == 0 => self.repeat(input),
            10 if random.u8(..8) == 0 => recode(input, random.u8(..4)),
            11 if random.u8(..4) == 0 => input.truncate(at),
            _ => {}
        }
    }

    /// A piece many times over: a cell, a line or a list that does not end.
    fn repeat(&mut self, input: &mut Vec<u8>) {
        let at = self.random.usize(..=input.len());
        let piece = if self.random.bool() {
            PIECES[self.random.usize(..PIECES.len())].as_bytes().to_vec()
        } else {
            input[at..(at + 40).min(input.len())].to_vec()
        };
        let times = 1 << self.random.u32(4..17);
        let most = LENGTH_MAX.saturating_sub(input.len());
        let long: Vec<u8> = piece.iter().copied().cycle().take((piece.len() * times).min(most)).collect();
        drop(input.splice(at..at, long));
    }
}

/// The same text in another encoding.
fn recode(input: &mut Vec<u8>, encoding: u8) {
    let text = String::from_utf8_lossy(input).into_owned();
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| ["\u{feff}", &text].concat().encode_utf16().flat_map(bytes).collect();
    *input = match encoding {
        0 => utf_16(u16::to_le_bytes),
        1 => utf_16(u16::to_be_bytes),
        2 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
        _ => text.replace(',', ";").into_bytes(),
    };
}
