//! COMTRADE in all its editions and forms, from text and bytes written out here.

use proptest::prelude::*;

use super::*;

/// A configuration of two analog and `status` status channels.
fn config(edition: &str, form: &str, status: usize, rates: &str) -> String {
    let mut text = format!("Station,Device{edition}\n{},2A,{status}D\n", 2 + status);
    let old = edition.is_empty();
    let ends = if old { ["", ""] } else { [",20000,100,P", ",1,1,S"] };
    text += &format!("1,Va,A,bus 1,kV,0.5,-1,10,-32767,32767{}\n", ends[0]);
    text += &format!("2,Vb,B,,kV,2,,,-32767,32767{}\n", ends[1]);
    for i in 1..=status {
        text += &if old { format!("{i},S{i},{}\n", i % 2) } else { format!("{i},S{i},,,{}\n", i % 2) };
    }
    let [first, trigger] = if old {
        ["12/31/99,23:59:59.900000", "01/01/00,00:00:00.100000"]
    } else {
        ["31/12/1999,23:59:59.900000", "01/01/2000,00:00:00.100000"]
    };
    text += &format!("60\n{rates}\n{first}\n{trigger}\n{form}\n");
    if !old {
        text += "2\n";
    }
    if edition == ",2013" {
        text += "-5h30,-5h30\nB,3\n";
    }
    text
}

fn read(cfg: &str, dat: &[u8]) -> Result<Record, RecordError> {
    parse(Path::new("r.cfg"), cfg.as_bytes(), Path::new("r.dat"), dat)
}

/// Three samples with the raw values 10, -20, missing, and 1, 2, 3; two or 17 status channels.
fn samples(form: &str, edition: &str, status: usize) -> Vec<u8> {
    let rows = [(1_u32, 0_u32, Some(10), 1), (2, 500, Some(-20), 2), (3, 1000, None, 3)];
    let mut out = Vec::new();
    for (n, stamp, a, b) in rows {
        let states: Vec<bool> = (0..status).map(|i| (i + n as usize).is_multiple_of(2)).collect();
        if form == "ASCII" {
            let missing = if edition.is_empty() { String::new() } else { "99999".to_owned() };
            let a = a.map_or(missing, |a| a.to_string());
            let states: String = states.iter().map(|s| format!(",{}", u8::from(*s))).collect();
            out.extend(format!("{n}, {stamp},{a},{b}{states}\r\n").bytes());
            continue;
        }
        out.extend(n.to_le_bytes());
        out.extend(stamp.to_le_bytes());
        match form {
            "BINARY" => {
                let missing = if edition.is_empty() { -1 } else { i16::MIN };
                out.extend(a.map_or(missing, |a| a as i16).to_le_bytes());
                out.extend((b as i16).to_le_bytes());
            }
            "BINARY32" => {
                out.extend(a.unwrap_or(i32::MIN).to_le_bytes());
                out.extend(i32::to_le_bytes(b));
            }
            _ => {
                out.extend(a.map_or(f32::MIN, |a| a as f32).to_le_bytes());
                out.extend((b as f32).to_le_bytes());
            }
        }
        for word in states.chunks(16) {
            let bits = word.iter().enumerate().fold(0_u16, |w, (i, s)| w | u16::from(*s) << i);
            out.extend(bits.to_le_bytes());
        }
    }
    out
}

#[track_caller]
fn check(record: &Record, status: usize) {
    assert_eq!(record.channels[0].values[..2], [4.0, -11.0]);
    assert!(record.channels[0].values[2].is_nan());
    assert_eq!(record.channels[1].values, [2.0, 4.0, 6.0]);
    assert_eq!((record.channels[0].phase.as_str(), record.channels[0].unit.as_str()), ("A", "kV"));
    assert!((record.channels[0].skew_s - 10e-6).abs() < 1e-15);
    assert_eq!(record.nominal_hz, Some(60.0));
    assert_eq!(record.status.len(), status);
    for (i, channel) in record.status.iter().enumerate() {
        assert_eq!(channel.states, [1, 2, 3].map(|n| (i + n) % 2 == 0), "{i}");
        assert_eq!(channel.normal, (i + 1) % 2 == 1);
    }
}

#[test]
fn every_edition_and_form_reads_the_same() {
    for (edition, forms) in [
        ("", &["ASCII", "BINARY"][..]),
        (",1999", &["ascii", "BINARY"]),
        (",2013", &["ASCII", "BINARY", "BINARY32", "FLOAT32"]),
    ] {
        for form in forms {
            for status in [0, 2, 17] {
                let cfg = config(edition, form, status, "1\n1000,3");
                let record = read(&cfg, &samples(&form.to_ascii_uppercase(), edition, status)).unwrap();
                check(&record, status);
                assert_eq!(record.time_s, [0.0, 0.001, 0.002], "{edition} {form}");
                assert!(record.notes.is_empty(), "{:?}", record.notes);
                if !edition.is_empty() {
                    assert!((record.trigger_s.unwrap() - 0.2).abs() < 1e-6);
                }
            }
        }
    }
}

#[test]
fn times_come_from_stamps_when_there_is_no_rate() {
    for form in ["ASCII", "BINARY"] {
        let record = read(&config(",1999", form, 2, "0\n0,3"), &samples(form, ",1999", 2)).unwrap();
        // Microseconds, times the multiplier 2.
        assert_eq!(record.time_s, [0.0, 0.001, 0.002]);
    }
    // Nine digits of a second: nanoseconds.
    let cfg = config(",2013", "ASCII", 2, "0\n0,3").replace(".900000", ".900000000");
    let record = read(&cfg, &samples("ASCII", ",2013", 2)).unwrap();
    assert!((record.time_s[1] - 1e-6).abs() < 1e-18);
}

#[test]
fn several_rates_follow_each_other() {
    let cfg = config(",1999", "ASCII", 0, "2\n1000,2\n50,3");
    let record = read(&cfg, &samples("ASCII", ",1999", 0)).unwrap();
    assert_eq!(record.time_s, [0.0, 0.001, 0.021]);
}

#[test]
fn a_single_file_holds_all_sections() {
    for (form, head) in [("ASCII", "DAT ASCII"), ("BINARY", "dat Binary: 42"), ("FLOAT32", "DAT FLOAT32: 54")]
    {
        let dat = samples(form, ",2013", 2);
        let mut bytes = b"--- file type: CFG ---\r\n".to_vec();
        bytes.extend(config(",2013", form, 2, "1\n1000,3").replace('\n', "\r\n").bytes());
        bytes.extend(b"--- file type: INF ---\r\n\r\n--- file type: HDR ---\r\nfree text\r\n--- file type: ");
        bytes.extend(head.bytes());
        bytes.extend(b" ---\r\n");
        let start = bytes.len();
        bytes.extend(&dat);
        let record = parse_cff(Path::new("r.cff"), &bytes).unwrap();
        check(&record, 2);
        bytes.truncate(start + dat.len() - 3);
        if form != "ASCII" {
            assert_eq!(dat.len(), head.rsplit(' ').next().unwrap().parse::<usize>().unwrap());
            let cut = parse_cff(Path::new("r.cff"), &bytes).unwrap();
            assert_eq!(cut.time_s.len(), 2);
            assert!(cut.notes.iter().any(|n| n.contains("2 of 3 samples")), "{:?}", cut.notes);
        }
    }
    let error = parse_cff(Path::new("r.cff"), b"hello\n").unwrap_err().to_string();
    assert!(error.contains("file type: CFG"), "{error}");
}

#[test]
fn errors_name_the_place() {
    let cfg = config(",1999", "ASCII", 2, "1\n1000,3");
    let dat = samples("ASCII", ",1999", 2);
    for (from, to, wanted) in [
        (",1999", ",1856", "r.cfg:1: `1856` is no edition"),
        ("4,2A,2D", "5,2A,2D", "r.cfg:2: 2 analog and 2 status"),
        ("4,2A,2D", "4,2X,2D", "r.cfg:2: numbers of channels"),
        ("kV,0.5", "kV,zero", "r.cfg:3: factor a: `zero`"),
        ("1000,3", "1000", "r.cfg:9: a sampling rate"),
        ("1000,3", "-1000,3", "r.cfg:9: a sampling rate is not below 0"),
        ("\n1\n1000,3", "\n9999999\n1000,3", "r.cfg:8: 9999999 sampling rates"),
        ("ASCII", "EBCDIC", "r.cfg:12: `EBCDIC` is no form"),
        ("ASCII\n2\n", "ASCII\n-2\n", "r.cfg:13: a time multiplier"),
    ] {
        assert!(cfg.contains(from), "{from}");
        let error = read(&cfg.replacen(from, to, 1), &dat).unwrap_err().to_string();
        assert!(error.contains(wanted), "{to}: {error}");
    }
    let error = read("Station,Device,1999\n", &dat).unwrap_err().to_string();
    assert!(error.contains("r.cfg:2: the file ends where"), "{error}");
    for (dat, wanted) in [
        ("1,0,1,2,0\n", "r.dat:1: 5 fields, the configuration makes 6"),
        ("1,0,1,2,0,1\n2,0,x,2,0,1\n", "r.dat:2: `x` is no value of Va"),
        ("1,0,1,2,0,2\n", "r.dat:1: `2` is no state of S2"),
        ("2,0,1,2,0,1\n1,0,1,2,0,1\n", "r.dat:2: the time runs back"),
    ] {
        let error = read(&cfg, dat.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(wanted), "{dat}: {error}");
    }
    let back = [samples("BINARY", ",1999", 2), samples("BINARY", ",1999", 2)].concat();
    let error = read(&config(",1999", "BINARY", 2, "1\n1000,6"), &back).unwrap_err().to_string();
    assert!(error.contains("r.dat: byte 42: the time runs back"), "{error}");
}

#[test]
fn names_in_another_encoding_are_kept_as_far_as_they_go() {
    let cfg = config(",1999", "ASCII", 2, "1\n1000,3").replace("Va", "V\u{1}");
    let bytes: Vec<u8> = cfg.bytes().map(|b| if b == 1 { 0xb5 } else { b }).collect();
    let dat = samples("ASCII", ",1999", 2);
    let record = parse(Path::new("r.cfg"), &bytes, Path::new("r.dat"), &dat).unwrap();
    assert_eq!(record.channels[0].name, "V\u{fffd}");
    assert!(record.notes[0].contains("UTF-8"));
}

proptest! {
    #[test]
    fn damaged_records_are_read_or_refused(
        edition in 0usize..3, form in 0usize..4, status in 0usize..20,
        hits in prop::collection::vec((any::<u16>(), any::<u8>()), 0..6), cut in any::<u16>(), in_dat in any::<bool>(),
    ) {
        let (edition, form) = (["", ",1999", ",2013"][edition], ["ASCII", "BINARY", "BINARY32", "FLOAT32"][form]);
        let mut cfg = config(edition, form, status, "1\n1000,3").into_bytes();
        let mut dat = samples(form, edition, status);
        let target = if in_dat { &mut dat } else { &mut cfg };
        for (place, value) in hits {
            let length = target.len();
            target[place as usize % length] = value;
        }
        target.truncate(target.len() - (cut as usize % target.len()) / 4);
        if let Ok(record) = parse(Path::new("r.cfg"), &cfg, Path::new("r.dat"), &dat) {
            for channel in &record.channels {
                prop_assert_eq!(channel.values.len(), record.time_s.len());
            }
            prop_assert!(record.time_s.windows(2).all(|w| w[0] <= w[1]));
        }
    }
}
