//! Outages in virtual time.

use super::*;
use futures::FutureExt as _;

const SECOND: Duration = Duration::from_secs(1);

fn begun() -> Outage {
    let outage = Outage::default();
    for failure in 0..u64::from(FAILURES) - 1 {
        assert_eq!(outage.failed(failure), Blame::Row);
    }
    assert_eq!(outage.failed(0), Blame::Service { begins: true });
    outage
}

#[tokio::test(start_paused = true)]
async fn an_answer_between_failures_makes_them_the_rows_own() {
    let outage = Outage::default();
    for row in 0..100 {
        assert_eq!(outage.failed(row), Blame::Row);
        if row % 19 == 0 {
            assert_eq!(outage.answered(true), None);
        }
    }
    assert_eq!(outage.over(1, true).now_or_never(), Some(false));
}

#[tokio::test(start_paused = true)]
async fn one_row_at_a_time_probes_at_growing_intervals_until_the_service_answers() {
    let (outage, opened) = (begun(), Instant::now());
    let mut probes = Vec::new();
    let probe = async |row| {
        outage.over(row, true).await;
        if outage.next_probe().is_some() {
            assert!(outage.admits(row) && !outage.admits(row + 100));
            tokio::time::sleep(SECOND / 10).await;
            if opened.elapsed() > 200 * SECOND {
                assert!(outage.answered(true).expect("it was an outage") > 200 * SECOND);
            } else {
                assert_eq!(outage.failed(row), Blame::Service { begins: false });
            }
            return Some(opened.elapsed());
        }
        None
    };
    for round in 0..20 {
        let rows = (0..5).map(|row| probe(round * 5 + row));
        probes.extend(futures::future::join_all(rows).await.into_iter().flatten());
    }
    probes.sort();
    assert_eq!(probes.len(), 9);
    let mut before = Duration::ZERO;
    for (probe, seconds) in probes.into_iter().zip([1, 2, 4, 8, 16, 32, 60, 60, 60]) {
        let (earliest, latest) = (before + SECOND * seconds, before + SECOND * seconds + SECOND / 2);
        assert!((earliest..latest).contains(&probe), "{probe:?} is not {seconds} s after {before:?}");
        before = probe;
    }
    assert!(outage.admits(7));
}

#[tokio::test(start_paused = true)]
async fn rows_that_have_not_been_sent_probe_before_those_that_have_and_nobody_twice_if_there_is_another() {
    let outage = begun();
    tokio::time::advance(10 * SECOND).await;
    assert_eq!(outage.over(1, false).now_or_never(), Some(false), "nobody else is there for so long");
    outage.failed(1);
    let race = async |row, fresh| {
        outage.over(row, fresh).await;
        row
    };
    for (others, winner) in [([(1, false), (2, false), (3, true)], 3), ([(3, false), (1, false), (3, false)], 1)] {
        let [one, two, three] = others.map(|(row, fresh)| race(row, fresh));
        let first = tokio::select! { biased; row = one => row, row = two => row, row = three => row };
        assert_eq!(first, winner);
        outage.failed(first);
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_sat_out_for_so_long_and_no_longer() {
    for (answered_before, sent, end) in [(true, 39, false), (false, 40, false), (true, 40, true)] {
        let outage = Outage::default();
        let asking: Vec<_> = (0..40).map(|_| outage.asking()).collect();
        asking.iter().take(sent).for_each(Asking::sent);
        drop(outage.asking());
        outage.answered(answered_before);
        for row in 0..u64::from(FAILURES) {
            outage.failed(row % 3);
        }
        let bound = if end { FEW_MAX } else { OUTAGE_MAX };
        tokio::time::advance(bound).await;
        outage.over(1, true).await;
        assert_eq!(outage.failed(1), Blame::Service { begins: false });
        tokio::time::advance(PROBE_MAX).await;
        outage.over(2, true).await;
        let blame = outage.failed(2);
        assert_eq!(blame == Blame::Hopeless, end, "{blame:?}");
        assert_eq!(matches!(blame, Blame::TooLong(_)), !end, "{blame:?}");
        tokio::time::advance(AFTER_OTHERS).await;
        assert!(!end || outage.over(1, true).now_or_never().is_some(), "the others are not kept waiting for it");
    }
}
