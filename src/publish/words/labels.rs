//! The few words that stand before a meeting's details, in Teams' own words as far as they are known.
//!
//! It names what is shown and translates nothing else; a language that is not among these has English.

/// The words in one language, without a colon.
#[derive(Debug, PartialEq, Eq)]
pub struct Labels {
    /// The language's tag.
    pub tag: &'static str,
    /// Before, or on, the link.
    pub join: &'static str,
    /// Before the number of the meeting.
    pub meeting_id: &'static str,
    /// Before the passcode.
    pub passcode: &'static str,
    /// Before the telephone number.
    pub dial_in: &'static str,
    /// Before the number that is keyed in on the telephone.
    pub conference_id: &'static str,
    /// Before the organizer.
    pub organizer: &'static str,
}

const fn labels(tag: &'static str, words: [&'static str; 6]) -> Labels {
    let [join, meeting_id, passcode, dial_in, conference_id, organizer] = words;
    Labels { tag, join, meeting_id, passcode, dial_in, conference_id, organizer }
}

/// The first is for everybody else.
#[rustfmt::skip]
static ALL: [Labels; 28] = [
    labels("en", ["Join the meeting", "Meeting ID", "Passcode", "Dial in by phone", "Phone conference ID", "Organizer"]),
    labels("ar", ["الانضمام إلى الاجتماع", "معرف الاجتماع", "رمز المرور", "الطلب الهاتفي", "معرف مؤتمر الهاتف", "المنظم"]),
    labels("cs", ["Připojit se ke schůzce", "ID schůzky", "Přístupový kód", "Telefonické připojení", "ID telefonické konference", "Organizátor"]),
    labels("da", ["Deltag i mødet", "Møde-id", "Adgangskode", "Ring ind via telefon", "Telefonkonference-id", "Arrangør"]),
    labels("de", ["An der Besprechung teilnehmen", "Besprechungs-ID", "Passcode", "Per Telefon einwählen", "Telefonkonferenz-ID", "Organisator"]),
    labels("el", ["Συμμετοχή στη σύσκεψη", "Αναγνωριστικό σύσκεψης", "Κωδικός πρόσβασης", "Κλήση μέσω τηλεφώνου", "Αναγνωριστικό τηλεφωνικής διάσκεψης", "Διοργανωτής"]),
    labels("es", ["Unirse a la reunión", "Id. de reunión", "Código de acceso", "Acceso por teléfono", "Id. de conferencia telefónica", "Organizador"]),
    labels("fi", ["Liity kokoukseen", "Kokoustunnus", "Tunnuskoodi", "Soita puhelimella", "Puhelinneuvottelun tunnus", "Järjestäjä"]),
    labels("fr", ["Rejoindre la réunion", "ID de réunion", "Code secret", "Rejoindre par téléphone", "ID de conférence téléphonique", "Organisateur"]),
    labels("he", ["הצטרף לפגישה", "מזהה פגישה", "קוד גישה", "חיוג באמצעות טלפון", "מזהה ועידת טלפון", "מארגן"]),
    labels("hu", ["Csatlakozás az értekezlethez", "Értekezlet azonosítója", "Hozzáférési kód", "Betárcsázás telefonon", "Telefonkonferencia azonosítója", "Szervező"]),
    labels("it", ["Partecipa alla riunione", "ID riunione", "Passcode", "Accesso tramite telefono", "ID conferenza telefonica", "Organizzatore"]),
    labels("ja", ["会議に参加する", "会議 ID", "パスコード", "電話でダイヤルイン", "電話会議 ID", "開催者"]),
    labels("ko", ["모임에 참가", "모임 ID", "암호", "전화로 참가", "전화 회의 ID", "이끌이"]),
    labels("nb", ["Bli med i møtet", "Møte-ID", "Passord", "Ring inn via telefon", "Telefonkonferanse-ID", "Arrangør"]),
    labels("nl", ["Deelnemen aan de vergadering", "Vergadering-id", "Wachtwoordcode", "Inbellen via telefoon", "Id van telefonische vergadering", "Organisator"]),
    labels("pl", ["Dołącz do spotkania", "Identyfikator spotkania", "Kod dostępu", "Połącz się telefonicznie", "Identyfikator konferencji telefonicznej", "Organizator"]),
    labels("pt", ["Ingressar na reunião", "ID da reunião", "Senha", "Discar por telefone", "ID da conferência por telefone", "Organizador"]),
    labels("pt-PT", ["Participar na reunião", "ID da reunião", "Código de acesso", "Ligar por telefone", "ID da conferência telefónica", "Organizador"]),
    labels("ro", ["Participați la întâlnire", "ID întâlnire", "Cod de acces", "Apelare prin telefon", "ID conferință telefonică", "Organizator"]),
    labels("ru", ["Присоединиться к собранию", "Идентификатор собрания", "Секретный код", "Присоединиться по телефону", "Идентификатор телефонной конференции", "Организатор"]),
    labels("sk", ["Pripojiť sa k schôdzi", "ID schôdze", "Prístupový kód", "Telefonické pripojenie", "ID telefonickej konferencie", "Organizátor"]),
    labels("sv", ["Delta i mötet", "Mötes-ID", "Lösenord", "Ring in via telefon", "Telefonkonferens-ID", "Organisatör"]),
    labels("tr", ["Toplantıya katıl", "Toplantı kimliği", "Geçiş kodu", "Telefonla arayın", "Telefon konferansı kimliği", "Düzenleyen"]),
    labels("uk", ["Приєднатися до наради", "Ідентифікатор наради", "Секретний код", "Приєднатися телефоном", "Ідентифікатор телефонної конференції", "Організатор"]),
    labels("zh", ["加入会议", "会议 ID", "密码", "通过电话拨入", "电话会议 ID", "组织者"]),
    labels("zh-Hant", ["加入會議", "會議識別碼", "密碼", "透過電話撥入", "電話會議識別碼", "召集人"]),
    labels("en-GB", ["Join the meeting", "Meeting ID", "Passcode", "Dial in by phone", "Phone conference ID", "Organiser"]),
];

/// Other tags of the same.
const SAME: [(&str, &str); 6] =
    [("no", "nb"), ("nn", "nb"), ("iw", "he"), ("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh-MO", "zh-Hant")];

impl Labels {
    /// Those of every language that there is.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// Those of a language, or of the next wider one that there is.
    pub fn of(language: Option<&str>) -> &'static Self {
        let mut tag = language.unwrap_or("en").trim();
        loop {
            let same = SAME.iter().find(|(other, _)| other.eq_ignore_ascii_case(tag)).map_or(tag, |(_, own)| own);
            if let Some(found) = ALL.iter().find(|own| own.tag.eq_ignore_ascii_case(same)) {
                return found;
            }
            let Some((wider, _)) = tag.rsplit_once('-') else { return &ALL[0] };
            tag = wider;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_language_that_there_is_has_the_words() {
        for (asked, tag) in [
            (None, "en"),
            (Some("de-AT"), "de"),
            (Some("DE"), "de"),
            (Some("en-US"), "en"),
            (Some("pt-PT"), "pt-PT"),
            (Some("pt-BR"), "pt"),
            (Some("no"), "nb"),
            (Some("nn-NO"), "nb"),
            (Some("zh-TW"), "zh-Hant"),
            (Some("zh-Hant-HK"), "zh-Hant"),
            (Some("zh-Hans-CN"), "zh"),
            (Some("tlh"), "en"),
            (Some(""), "en"),
        ] {
            assert_eq!(Labels::of(asked).tag, tag, "{asked:?}");
        }
    }

    #[test]
    fn no_word_is_missing_or_ends_in_a_colon_and_no_language_is_there_twice() {
        let mut tags: Vec<&str> = ALL.iter().map(|labels| labels.tag).collect();
        for Labels { join, meeting_id, passcode, dial_in, conference_id, organizer, tag } in &ALL {
            for word in [join, meeting_id, passcode, dial_in, conference_id, organizer] {
                assert!(!word.is_empty() && *word == word.trim() && !word.ends_with(':'), "{tag}: {word}");
            }
        }
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), ALL.len());
    }
}
