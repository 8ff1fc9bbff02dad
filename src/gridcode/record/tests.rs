//! CSV, and from channels to signals.

use std::f64::consts::{PI, SQRT_2};

use proptest::prelude::*;

use super::*;
use crate::gridcode::find;

fn csv(text: &str) -> Result<Record, RecordError> {
    csv::parse(Path::new("r.csv"), text.as_bytes(), None)
}

/// A record of three phases with a sag, and the power of it, as CSV.
fn sag_csv(names: &str, scale: f64) -> String {
    let mut text = format!("{names}\n");
    for i in 0..9600 {
        let t = f64::from(i) / 3200.0;
        let depth = if (1.0..1.2).contains(&t) { 0.4 } else { 1.0 };
        let phase = |k: f64| scale * depth * (2.0 * PI * (50.0 * t - k / 3.0)).sin();
        let p = if (1.0..1.5).contains(&t) { 0.0 } else { 132.0 };
        text.push_str(&format!("{t:.7},{},{},{},{p}\n", phase(0.0), phase(1.0), phase(2.0)));
    }
    text
}

fn ercot_signals(text: &str, mapping: &Mapping) -> Result<crate::gridcode::verdict::Signals, SelectError> {
    signals(&csv(text).unwrap(), mapping, &find("ercot-nogrr282").unwrap().measurement)
}

#[test]
fn csv_with_comments_semicolons_and_decimal_commas() {
    let record = csv("\u{feff}# made by hand\ntime_s;\"V_rms_a_kV\";p_kW\n0;1,5;\n\n0,5;nan;3e2\n").unwrap();
    assert_eq!(record.time_s, [0.0, 0.5]);
    assert_eq!(record.channels[0].unit, "kV");
    assert_eq!(record.channels[0].values[0], 1.5);
    assert!(record.channels[0].values[1].is_nan() && record.channels[1].values[0].is_nan());
    assert_eq!(record.channels[1].values[1], 300.0);
}

#[test]
fn csv_errors_name_the_line_and_what_to_do() {
    for (text, wanted) in [
        ("", "r.csv:1: the file is empty"),
        ("a,b\n1,2\n", "name it with --time"),
        ("t,a\n0,1\n1,x\n", "r.csv:3: column 2 (a): `x` is no number"),
        ("t,a\n0,1\n1,2,3\n", "r.csv:3: 3 columns"),
        ("t,a\n0,1\n\n-1,2\n", "r.csv:4: the time runs back"),
        ("t,a\nnan,1\n", "r.csv:2: a time must be a number"),
        ("t,a\n0,1e999\n", "`1e999` is no number"),
    ] {
        let error = csv(text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{text:?}: {error}");
    }
    assert!(csv::parse(Path::new("r.csv"), b"when,a\n0,1\n", Some("When")).is_ok());
}

#[test]
fn a_sag_in_volts_is_found_with_its_depth_and_time() {
    let found = ercot_signals(&sag_csv("t,va_v,vb_v,vc_v,p_kw", 325.269), &Mapping::default()).unwrap();
    assert!(found.notes.iter().any(|n| n.contains("1 p.u. is 229.99")), "{:?}", found.notes);
    assert_eq!(found.grid_hz, Some(50.0));
    let low = found.low_pu.unwrap();
    assert!((low.min() - 0.4).abs() < 2e-3, "{}", low.min());
    let run = low.runs_below(0.9, 0.0)[0];
    assert!((run.start_s - 1.0).abs() < 0.01 && (run.end_s - 1.2).abs() < 0.02, "{run:?}");
    assert_eq!(found.power_w.unwrap().max(), 132e3);
    let hz = found.frequency_hz.unwrap();
    assert!((hz.points()[5].1 - 50.0).abs() < 1e-6);
    // The nominal voltage is not the one at the beginning.
    let mapping = Mapping { base: VoltageBase::Nominal(460.0), ..Mapping::default() };
    let half = ercot_signals(&sag_csv("t,va_v,vb_v,vc_v,p_kw", 325.269), &mapping).unwrap();
    assert!((half.low_pu.unwrap().max() - 0.5).abs() < 1e-3);
}

#[test]
fn per_unit_of_the_peak_and_channels_by_number() {
    let found =
        ercot_signals(&sag_csv("t,va_pu_peak,vb_pu_peak,vc_pu_peak,p_kw", 1.0), &Mapping::default()).unwrap();
    assert!((found.low_pu.unwrap().max() - 1.0).abs() < 1e-3);
    let doubtful = ercot_signals(&sag_csv("t,va_pu,vb_pu,vc_pu,p_kw", 1.0), &Mapping::default());
    assert!(doubtful.unwrap_err().to_string().contains("_pu_peak or _pu_rms"));
    let text = sag_csv("t,x_v,y_v,z_v,load_w", SQRT_2);
    assert!(ercot_signals(&text, &Mapping::default()).unwrap_err().to_string().contains("--voltage"));
    let mapping = Mapping {
        voltage: vec!["#1".to_owned(), "y_v".to_owned()],
        power: Some("LOAD_W".to_owned()),
        invert_power: true,
        base: VoltageBase::Nominal(1.0),
        ..Mapping::default()
    };
    let found = ercot_signals(&text, &mapping).unwrap();
    assert!((found.low_pu.unwrap().max() - 1.0).abs() < 1e-3);
    assert_eq!(found.power_w.unwrap().min(), -132.0);
    let unknown = Mapping { voltage: vec!["w".to_owned()], ..Mapping::default() };
    let error = ercot_signals(&text, &unknown).unwrap_err().to_string();
    assert!(error.contains("`w`") && error.contains("#2 y_v"), "{error}");
}

#[test]
fn effective_values_are_taken_as_they_are() {
    let text = "time_s,v_rms_pu,p_w,f_hz\n0,1,100,60\n1,1,100,60\n1,0.5,0,60\n1.2,0.5,0,60\n1.2,1,100,60\n9,1,100,59\n";
    let found = ercot_signals(text, &Mapping::default()).unwrap();
    assert_eq!(found.low_pu.unwrap().runs_below(0.9, 0.0)[0].duration_s(), 1.2 - 1.0);
    assert_eq!(found.frequency_hz.unwrap().min(), 59.0);
    assert_eq!(found.window_s, 0.0);
}

#[test]
fn power_comes_from_voltages_and_currents() {
    let mut text = "t,va_kv,vb_kv,vc_kv,ia_a,ib_a,ic_a\n".to_owned();
    for i in 0..3200 {
        let t = f64::from(i) / 3200.0;
        let s = |k: f64| SQRT_2 * (2.0 * PI * (50.0 * t - k / 3.0)).sin();
        text.push_str(&format!(
            "{t:.7},{},{},{},{},{},{}\n",
            20.0 * s(0.0),
            20.0 * s(1.0),
            20.0 * s(2.0),
            5.0 * s(0.0),
            5.0 * s(1.0),
            5.0 * s(2.0)
        ));
    }
    let mapping =
        Mapping { current: ["ia_a", "ib_a", "ic_a"].map(str::to_owned).to_vec(), ..Mapping::default() };
    let power = ercot_signals(&text, &mapping).unwrap().power_w.unwrap();
    assert!((power.mean() - 300e3).abs() < 30.0, "{}", power.mean());
}

#[test]
fn the_kind_of_file_is_told_by_its_name() {
    let error = read(Path::new("/nowhere/r.xlsx"), None).unwrap_err().to_string();
    assert!(error.contains(".csv, .cfg"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let cfg = folder.path().join("r.cfg");
    std::fs::write(&cfg, "s,d,1999\n").unwrap();
    let error = read(&cfg, None).unwrap_err().to_string();
    assert!(error.contains("r.dat") && error.contains("put it beside"), "{error}");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "([a-c,;\t]|v_rms_a|time_s|nan|1|-2.5|e9|\n|\u{feff}|#|\"){0,60}") {
        if let Ok(record) = csv(&text) {
            prop_assert!(record.channels.iter().all(|c| c.values.len() == record.time_s.len()));
            let _ = signals(&record, &Mapping::default(), &find("itic").unwrap().measurement);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = csv::parse(Path::new("r.csv"), &bytes, None);
        let _ = comtrade::parse_cff(Path::new("r.cff"), &bytes);
        let _ = comtrade::parse(Path::new("r.cfg"), &bytes, Path::new("r.dat"), &bytes);
    }
}
