//! DER, as much of it as keys, certificates and PKCS#12 files take (ITU-T X.690).
//!
//! It reads what has a definite length and says nothing of what is wrong: whoever asks knows what was expected.

/// The tags that are looked for.
pub(super) mod tag {
    pub(in super::super) const INTEGER: u8 = 0x02;
    pub(in super::super) const BIT_STRING: u8 = 0x03;
    pub(in super::super) const OCTET_STRING: u8 = 0x04;
    pub(in super::super) const OBJECT_ID: u8 = 0x06;
    pub(in super::super) const UTC_TIME: u8 = 0x17;
    pub(in super::super) const GENERALIZED_TIME: u8 = 0x18;
    pub(in super::super) const SEQUENCE: u8 = 0x30;
    /// `[0] EXPLICIT`.
    pub(in super::super) const EXPLICIT_0: u8 = 0xa0;
    /// `[0] IMPLICIT` of something that has no parts.
    pub(in super::super) const IMPLICIT_0: u8 = 0x80;
}

/// An `AlgorithmIdentifier`: its object id, and its parameters.
pub(super) type Algorithm<'a> = (&'a [u8], Der<'a>);

/// What is still to be read.
#[derive(Clone, Copy)]
pub(super) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// All of it, unread.
    pub(super) fn rest(self) -> &'a [u8] {
        self.0
    }

    /// The next value: its tag, and itself.
    pub(super) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, first], rest) = self.0.split_first_chunk()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // Four bytes of length are more than any file has that is read here.
            0x81..=0x84 => {
                let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (length.iter().fold(0, |length, &byte| length << 8 | usize::from(byte)), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, value))
    }

    /// The next value, which must have this tag.
    pub(super) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, value) = self.next()?;
        (found == tag).then_some(value)
    }

    /// The next value if it has this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let value = ahead.take(tag)?;
        *self = ahead;
        Some(value)
    }

    /// What is in the next value, which must have this tag.
    pub(super) fn inner(&mut self, tag: u8) -> Option<Self> {
        self.take(tag).map(Self)
    }

    /// What is in the next sequence.
    pub(super) fn sequence(&mut self) -> Option<Self> {
        self.inner(tag::SEQUENCE)
    }

    /// The next number, when it is one of at most 32 bits and not negative.
    pub(super) fn number(&mut self) -> Option<u32> {
        let bytes = self.take(tag::INTEGER)?;
        let &first = bytes.first().filter(|first| **first < 0x80)?;
        // A number whose first bit is set has a zero before it.
        let bytes = if first == 0 { &bytes[1..] } else { bytes };
        (bytes.len() <= 4).then(|| bytes.iter().fold(0, |number, &byte| number << 8 | u32::from(byte)))
    }

    /// The next number, if the next value is one.
    pub(super) fn optional_number(&mut self) -> Option<u32> {
        let mut ahead = *self;
        let number = ahead.number()?;
        *self = ahead;
        Some(number)
    }

    pub(super) fn algorithm(&mut self) -> Option<Algorithm<'a>> {
        let mut algorithm = self.sequence()?;
        Some((algorithm.take(tag::OBJECT_ID)?, algorithm))
    }
}
