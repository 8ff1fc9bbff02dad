//! Recordings of sags, swells and frequencies.

use super::*;

fn point(at_ms: u64, pu: f64, battery_w: f64, state: ShelfState) -> GridPoint {
    GridPoint {
        number: at_ms / 10 + 1,
        at_ms,
        rms: [Volts(277.0), Volts(277.0 * pu), Volts(277.0)],
        frequency: Some(Hertz(60.0)),
        input: Some(Watts(9000.0)),
        bus: None,
        battery: Some(Watts(battery_w)),
        state,
    }
}

/// Points each 10 ms from `from` to `to`; the recordings that end in them.
fn run(
    recorder: &mut Recorder,
    ms: std::ops::Range<u64>,
    pu: f64,
    state: ShelfState,
) -> Vec<(Recording, bool)> {
    let power = if pu < 0.9 { 1000.0 } else { -200.0 };
    let points = ms.step_by(10).filter_map(|at| recorder.push(point(at, pu, power, state)));
    points.map(|(running, cut)| (running.recording(SystemTime::UNIX_EPOCH, cut), cut)).collect()
}

#[test]
fn a_sag_is_recorded_once_with_what_came_before_and_after() {
    let mut recorder = Recorder::new(277.0, 60.0);
    assert_eq!(run(&mut recorder, 0..5000, 1.0, ShelfState::Normal), []);
    assert_eq!(run(&mut recorder, 5000..5200, 0.4, ShelfState::SagDetected), []);
    // Inside the band, but not so far that it ends; then back, while the shelf still recovers.
    assert_eq!(run(&mut recorder, 5200..5300, 0.91, ShelfState::Supporting), []);
    assert_eq!(run(&mut recorder, 5300..9000, 1.0, ShelfState::Recovering), []);
    let ended = run(&mut recorder, 9000..20_000, 1.0, ShelfState::Normal);
    let [(recording, cut)] = ended.as_slice() else { panic!("{}", ended.len()) };
    assert_eq!((recording.kind, *cut), (GridEventKind::Sag, false));
    assert!((recording.extreme.0 - 0.4).abs() < 1e-9);
    assert_eq!(recording.duration, Duration::from_millis(300));
    assert!((recording.energy.unwrap().0 - 200.0).abs() < 1e-6, "1 kW for 200 ms");
    assert_eq!(recording.seconds(&recording.points[0]), -1.0, "a second before it");
    assert_eq!(recording.points.last().unwrap().at_ms, 9000);
    let csv = recording.csv();
    assert!(csv.contains("\n0.000,277.00,110.80,277.00,60.000,9000.0,,1000.0\n"), "{csv}");
}

#[test]
fn what_does_not_end_is_cut_and_everything_is_bounded() {
    let mut recorder = Recorder::new(277.0, 60.0);
    let mut cut = 0;
    for at in 0..50_000 {
        let low = GridPoint { rms: [Volts(5.0); 3], ..point(at * 5, 1.0, 0.0, ShelfState::Supporting) };
        if let Some((running, was_cut)) = recorder.push(low) {
            let recording = running.recording(SystemTime::UNIX_EPOCH, was_cut);
            assert_eq!((recording.kind, was_cut), (GridEventKind::Interruption, true));
            assert!(recording.points.len() <= MOST);
            cut += 1;
        }
        assert!(recorder.before.len() <= MOST);
    }
    assert_eq!(cut, 50_000 / MOST);
    let mut recorder = Recorder::new(277.0, 60.0);
    for at in 0..50_000 {
        assert!(recorder.push(point(at / 100, 1.0, 0.0, ShelfState::Normal)).is_none());
    }
    assert!(recorder.before.len() <= MOST / 4);
    // A measurement that is no number begins nothing.
    let broken = GridPoint { rms: [Volts(f64::NAN); 3], ..point(600, 1.0, 0.0, ShelfState::Normal) };
    assert!(recorder.push(broken).is_none() && recorder.running.is_none());
}

#[test]
fn a_frequency_that_stays_off_is_an_event_and_one_that_jumps_is_none() {
    let at = |hz: f64, at_ms| GridPoint {
        frequency: Some(Hertz(hz)),
        ..point(at_ms, 1.0, 0.0, ShelfState::Normal)
    };
    let mut recorder = Recorder::new(277.0, 60.0);
    let mut ended = Vec::new();
    // Well, a jump for 100 ms, well, 58.8 and 58.5 Hz for 2 s, back.
    for at_ms in (0..12_000).step_by(10) {
        let hz = match at_ms {
            2000..2100 => 55.0,
            4000..5000 => 58.8,
            5000..6000 => 58.5,
            _ => 60.1,
        };
        ended.extend(recorder.push(at(hz, at_ms)).map(|(r, cut)| r.recording(SystemTime::UNIX_EPOCH, cut)));
    }
    let [recording] = ended.as_slice() else { panic!("{}", ended.len()) };
    assert_eq!((recording.kind, recording.cut, recording.zero_ms), (GridEventKind::Frequency, false, 4000));
    assert!((recording.extreme.0 - 58.5 / 60.0).abs() < 1e-9);
    assert_eq!(recording.duration, Duration::from_millis(2000));
    assert_eq!(recording.seconds(&recording.points[0]), -1.0);
    assert!(recording.points.windows(2).all(|pair| pair[1].at_ms == pair[0].at_ms + 10), "without a gap");
    // A frequency that is not known begins nothing, and one that is off in a sag leaves it a sag.
    let mut recorder = Recorder::new(277.0, 60.0);
    for at_ms in (0..1000).step_by(10) {
        let unknown = GridPoint { frequency: None, ..at(60.0, at_ms) };
        assert!(recorder.push(unknown).is_none() && recorder.running.is_none());
    }
    for at_ms in (1000..2000).step_by(10) {
        recorder.push(GridPoint { rms: [Volts(100.0); 3], ..at(55.0, at_ms) });
    }
    let ended: Vec<_> = (2000..6000).step_by(10).filter_map(|at_ms| recorder.push(at(60.0, at_ms))).collect();
    assert_eq!(ended.len(), 1);
    let (running, cut) = ended.into_iter().next().unwrap();
    assert_eq!(running.recording(SystemTime::UNIX_EPOCH, cut).kind, GridEventKind::Sag);
}

#[test]
fn a_swell_is_told_from_a_sag() {
    let mut recorder = Recorder::new(277.0, 60.0);
    run(&mut recorder, 0..100, 1.15, ShelfState::Normal);
    let ended = run(&mut recorder, 100..5000, 1.0, ShelfState::Normal);
    assert_eq!(ended[0].0.kind, GridEventKind::Swell);
    assert!((ended[0].0.extreme.0 - 1.15).abs() < 1e-9);
}
