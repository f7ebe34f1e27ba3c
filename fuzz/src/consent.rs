//! Bytes as texts of consent standards, and what must hold of all of them. Shared by the fuzzer and the test that replays
//! its corpus.

use ut_core::site::Mode;
use ut_tracking::modules::consent::{
    Choice, Collect, Decode, Decoded, Gcm, Gpp, Said, Signal, SignalSource, Tcf, resolve,
};

const NOW: i64 = 1_795_000_000_000;
const MODES: [Mode; 5] = [Mode::Strict, Mode::Cookieless, Mode::Cnil, Mode::Analytics, Mode::Full];

/// The first eight bytes are the time that a page sends with its texts, the ninth is where a text is cut; then texts, one a
/// line.
///
/// # Panics
/// When something does not hold that must.
pub(crate) fn read(bytes: &[u8]) {
    let Some((sent, rest)) = bytes.split_first_chunk() else { return };
    let Some((cut, rest)) = rest.split_first() else { return };
    let Ok(texts) = std::str::from_utf8(rest) else { return };
    let sent = Some(i64::from_le_bytes(*sent)).filter(|sent| *sent != 0);
    let mut signals = Vec::new();
    for text in texts.lines().take(6) {
        let by: [(&dyn Decode, _); 3] =
            [(&Tcf, SignalSource::Tcf), (&Gpp, SignalSource::Gpp), (&Gcm, SignalSource::Gcm)];
        for (by, source) in by {
            grown(by, text, *cut);
            let decoded = by.decode(text);
            assert_eq!(by.decode(text), decoded, "{text}");
            signals.extend(decoded.map(|said| said.signal(source, sent)));
        }
    }
    settled(&signals);
    remembered(&signals);
}

/// What comes after a text's end never grants: what a beginning of it denies or leaves open is not granted by the whole.
fn grown(by: &dyn Decode, text: &str, cut: u8) {
    let place = text.floor_char_boundary(text.len() * usize::from(cut) / 256);
    let (Ok(before), Ok(after)) = (by.decode(&text[..place]), by.decode(text)) else { return };
    let axes = |said: Decoded| [said.analytics, said.marketing, said.personalization];
    for (before, after) in axes(before).into_iter().zip(axes(after)) {
        assert!(after != Some(true) || before == after, "{text} grants what {} does not", &text[..place]);
        assert!(before != Some(false) || before == after, "{text} takes back what {} denies", &text[..place]);
    }
}

/// What follows is the same in every order, and no denial of now is overruled.
fn settled(signals: &[Signal]) {
    let reversed: Vec<Signal> = signals.iter().rev().copied().collect();
    let denied = Signal {
        source: SignalSource::Api,
        at: None,
        analytics: Some(false),
        marketing: Some(false),
        personalization: Some(false),
    };
    let last: Vec<Signal> = signals.iter().copied().chain([denied]).collect();
    for mode in MODES {
        for (gpc, opted_out) in [(false, false), (true, false), (false, true)] {
            let of = |signals| resolve(mode, Said { signals, gpc, opted_out }, NOW);
            let resolved = of(signals);
            assert_eq!(of(&reversed), resolved, "{signals:?}");
            let [analytics, marketing, personalization] = resolved.why.map(|why| why.granted());
            let consent = resolved.consent;
            assert_eq!((consent.analytics, consent.marketing), (analytics, marketing));
            assert_eq!(consent.personalization, personalization);
            assert_eq!(resolved.collect == Collect::Cookie, analytics, "{mode} {signals:?}");
            assert!(!(gpc || mode == Mode::Cnil) || !(marketing || personalization), "{mode} {signals:?}");
            assert!(!opted_out || resolved.collect == Collect::Nothing, "{mode} {signals:?}");
            assert_eq!(of(&last).why.map(|why| why.granted()), [false; 3], "{mode} {signals:?}");
        }
    }
}

/// What a browser keeps of the signals is read again, and says of each axis what they say. Of times before 1970 it keeps
/// no order, so that of those the denial counts.
fn remembered(signals: &[Signal]) {
    let mut choice = Choice::default();
    signals.iter().for_each(|signal| choice.learn(signal, NOW));
    let text = choice.to_string();
    let read: Choice = text.parse().unwrap_or_else(|_| panic!("{text} was written"));
    assert_eq!(read, choice);
    let kept: Vec<Signal> = read.signals().collect();
    let of = |signals| {
        resolve(Mode::Strict, Said { signals, ..Said::default() }, NOW).why.map(|why| why.granted())
    };
    let early = signals.iter().any(|signal| signal.at.is_some_and(|at| at < 0));
    for (kept, said) in of(&kept).into_iter().zip(of(signals)) {
        assert!(kept == said || (early && said), "{signals:?}");
    }
}
