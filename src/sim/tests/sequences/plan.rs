//! What is to be asked, before anything is known of the answers.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::Index;

/// A request of one kind or the other. An index chooses among what there is by the time it is sent.
#[derive(Clone, Debug)]
pub(super) enum Step {
    CreateOrGet {
        organizer: Index,
        key: Index,
    },
    Create {
        organizer: Index,
        body: Index,
    },
    /// As this user, or as the organizer.
    Get {
        of: Index,
        stranger: bool,
        select: bool,
    },
    Change {
        of: Index,
        body: Index,
    },
    Delete {
        of: Index,
    },
    Find {
        of: Index,
        by_number: bool,
    },
    Join {
        of: Index,
        by_number: bool,
    },
    /// Of the rest of Graph, of Entra, or of nobody.
    Elsewhere(Index),
}

/// What is wrong with a request.
#[derive(Clone, Debug)]
pub(super) enum Spoil {
    /// Something else at a place of the JSON.
    Member {
        at: Index,
        with: Index,
    },
    CutBody(Index),
    /// Something else at a place of the path.
    Path {
        at: Index,
        with: Index,
    },
    Method(Index),
    Header(Index),
}

#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) step: Step,
    pub(super) spoil: Option<Spoil>,
    /// With the token of the user who is signed in.
    pub(super) signed_in: bool,
    pub(super) beta: bool,
    /// The request of the batch before this one is to be done first.
    pub(super) waits: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Act {
    One(Sent),
    Batch { items: Vec<Sent>, as_sent: Sent, twins: bool },
}

/// One act, and how many milliseconds after the ones that it goes with; `first`: it waits for all before it.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) act: Act,
    pub(super) delay: u64,
    pub(super) first: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    prop_oneof![
        8 => (index(), index()).prop_map(|(organizer, key)| Step::CreateOrGet { organizer, key }),
        2 => (index(), index()).prop_map(|(organizer, body)| Step::Create { organizer, body }),
        2 => (index(), weighted(0.2, Just(())), any::<bool>())
            .prop_map(|(of, stranger, select)| Step::Get { of, stranger: stranger.is_some(), select }),
        2 => (index(), index()).prop_map(|(of, body)| Step::Change { of, body }),
        5 => index().prop_map(|of| Step::Delete { of }),
        2 => (index(), any::<bool>()).prop_map(|(of, by_number)| Step::Find { of, by_number }),
        2 => (index(), any::<bool>()).prop_map(|(of, by_number)| Step::Join { of, by_number }),
        1 => index().prop_map(Step::Elsewhere),
    ]
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let index = any::<Index>;
    prop_oneof![
        4 => (index(), index()).prop_map(|(at, with)| Spoil::Member { at, with }),
        1 => index().prop_map(Spoil::CutBody),
        2 => (index(), index()).prop_map(|(at, with)| Spoil::Path { at, with }),
        1 => index().prop_map(Spoil::Method),
        2 => index().prop_map(Spoil::Header),
    ]
}

fn sent() -> impl Strategy<Value = Sent> {
    let now_and_then = || weighted(0.15, Just(())).prop_map(|it| it.is_some());
    (step(), weighted(0.25, spoil()), now_and_then(), now_and_then(), now_and_then())
        .prop_map(|(step, spoil, signed_in, beta, waits)| Sent { step, spoil, signed_in, beta, waits })
}

fn act() -> impl Strategy<Value = Act> {
    let batch = (vec(sent(), 1..8), sent(), weighted(0.1, Just(())));
    prop_oneof![
        5 => sent().prop_map(Act::One),
        1 => batch.prop_map(|(items, as_sent, twins)| Act::Batch { items, as_sent, twins: twins.is_some() }),
    ]
}

pub(super) fn turns() -> impl Strategy<Value = Vec<Turn>> {
    vec((act(), 0..20_u64, weighted(0.4, Just(()))), 1..40).prop_map(|turns| {
        turns.into_iter().map(|(act, delay, first)| Turn { act, delay, first: first.is_some() }).collect()
    })
}
