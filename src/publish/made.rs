//! What there is to say of a product when it is made.

/// A product that is whole.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// How many records, files or the like it has.
    pub lines: u64,
    /// What the person should know of it, each a sentence.
    pub notices: Vec<String>,
}
