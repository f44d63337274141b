//! Names and words without what does not matter in them. What is the same then is the same to a person.

/// A name without what does not matter: case, spaces, punctuation, and the accents that exports lose.
pub(super) fn fold(name: &str) -> String {
    let bare = |c| match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        c => c,
    };
    name.chars().flat_map(char::to_lowercase).map(bare).filter(|c| c.is_alphanumeric()).collect()
}
