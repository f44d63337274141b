//! How long the doctor waits: a passing fault is tried at most three times within some ten seconds, and each step takes a
//! minute at most. A run has hours; whoever asks what is wrong wants to know it now.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::graph::Verdict;
use crate::outcome::Trouble;

/// How often one question is asked.
const TRIES_MAX: u32 = 3;
/// How long it may have taken before it is asked once more.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait before it is asked again, where nobody says how long; then twice as long.
const WAIT: Duration = Duration::from_millis(500);
/// How long one step may take.
pub(super) const STEP_MAX: Duration = Duration::from_mins(1);

/// Asks until there is an answer that counts, within the time of a step.
pub(super) async fn patiently<T>(send: impl AsyncFn() -> Verdict<T>) -> Result<T, Trouble> {
    timeout(STEP_MAX, thrice(send)).await.unwrap_or_else(|_| {
        let cause = "there was no answer within a minute; check the network and the proxy".to_owned();
        Err(Trouble { cause, ..Trouble::default() })
    })
}

/// The same without an end, where a person is waited for.
pub(super) async fn thrice<T>(send: impl AsyncFn() -> Verdict<T>) -> Result<T, Trouble> {
    let (begun, mut tries) = (Instant::now(), 0);
    loop {
        tries += 1;
        let (wait, trouble) = match send().await {
            Verdict::Ready(there) => return Ok(there),
            Verdict::Refused(trouble) | Verdict::Broken(trouble) => return Err(trouble),
            Verdict::Again(trouble) | Verdict::Throttled(None, trouble) => (WAIT * 2_u32.pow(tries - 1), trouble),
            Verdict::Throttled(Some(after), trouble) | Verdict::Overloaded(after, trouble) => (after, trouble),
        };
        if tries == TRIES_MAX || begun.elapsed() + wait > PATIENCE {
            let often = if tries == 1 { "once".to_owned() } else { format!("{tries} times") };
            let (cause, said) = (trouble.cause.clone(), format!("tried {often}"));
            // With what else is in parentheses, which is found and not to be done.
            return Err(Trouble { cause: format!("{cause} ({said})"), ..trouble });
        }
        sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    async fn asked(verdict: impl Fn() -> Verdict<()>, takes: Duration) -> (u32, Duration, String) {
        let (begun, asked) = (Instant::now(), Cell::new(0));
        let ended = patiently(async || {
            asked.set(asked.get() + 1);
            sleep(takes).await;
            verdict()
        });
        let cause = ended.await.expect_err("it fails").cause;
        (asked.get(), begun.elapsed(), cause)
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_asked_more_than_three_times_and_nothing_takes_more_than_a_minute() {
        let trouble = || Trouble { cause: "a fault".into(), ..Trouble::default() };
        let second = Duration::from_secs(1);
        let (tries, took, cause) = asked(|| Verdict::Again(trouble()), Duration::ZERO).await;
        assert!((tries, cause.as_str()) == (3, "a fault (tried 3 times)") && took < second * 2, "{took:?}");
        for (verdict, takes, expected) in [
            (Verdict::Again(trouble()), second * 30, 1),
            (Verdict::Throttled(Some(second * 60), trouble()), second, 1),
            (Verdict::Overloaded(second * 3, trouble()), second, 3),
            (Verdict::Refused(trouble()), second, 1),
            (Verdict::Broken(trouble()), second, 1),
        ] {
            let (tries, took, _) = asked(|| verdict.clone(), takes).await;
            assert!(tries == expected && took <= STEP_MAX, "{tries} in {took:?} for {expected}");
        }
        let (tries, took, cause) = asked(|| Verdict::Ready(()), second * 3600).await;
        assert!((tries, took) == (1, STEP_MAX) && cause.contains("within a minute"), "{took:?}: {cause}");
    }
}
