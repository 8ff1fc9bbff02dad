//! An instrument behind a TCP port: one act a line as JSON, one line back, `{"ok": MEASURED}` or `{"error": "why"}`.
//!
//! The adapter between this and a real generator or analyser is written by whoever owns one; the acts are those of
//! [`Act`].

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use serde::Deserialize;

use super::{Act, Instrument, Measured, SharedInstrument};

/// Longest line that an instrument sends, in bytes: a record of an AC source has thousands of values.
const LONGEST: u64 = 16 << 20;
/// Longest time of connecting.
const CONNECT: Duration = Duration::from_secs(5);

/// What comes back.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Answer {
    Ok(Box<Measured>),
    Error(String),
}

/// A connected instrument.
struct Remote {
    lines: BufReader<TcpStream>,
    /// Why nothing more can be asked: an answer that came late would be taken for that of the next act.
    broken: Option<String>,
}

/// Connects to `tcp://host:port`.
///
/// # Errors
/// What is wrong with the name, or the operating system's words.
pub fn connect(name: &str) -> Result<SharedInstrument, String> {
    let fault = |reason: &dyn std::fmt::Display| format!("--instrument {name}: {reason}");
    let place = name.strip_prefix("tcp://").ok_or_else(|| fault(&"write tcp://host:port"))?;
    let address = place.to_socket_addrs().map_err(|e| fault(&e))?.next();
    let address = address.ok_or_else(|| fault(&"the name has no address"))?;
    let stream = TcpStream::connect_timeout(&address, CONNECT).map_err(|e| fault(&e))?;
    stream.set_nodelay(true).map_err(|e| fault(&e))?;
    stream.set_write_timeout(Some(CONNECT)).map_err(|e| fault(&e))?;
    let remote = Remote { lines: BufReader::new(stream), broken: None };
    Ok(SharedInstrument::new(format!("instrument {name}"), remote))
}

impl Remote {
    fn ask(&mut self, act: &Act) -> Result<Answer, String> {
        let mut line = serde_json::to_string(act).map_err(|e| e.to_string())?;
        line.push('\n');
        self.lines.get_ref().set_read_timeout(Some(act.patience())).map_err(|e| e.to_string())?;
        self.lines.get_mut().write_all(line.as_bytes()).map_err(|e| e.to_string())?;
        let mut answer = Vec::new();
        let limited = (&mut self.lines).take(LONGEST).read_until(b'\n', &mut answer);
        limited.map_err(|e| e.to_string())?;
        if answer.last() != Some(&b'\n') {
            return Err("the instrument closed the connection, or sent a line that is too long".into());
        }
        serde_json::from_slice(&answer).map_err(|e| format!("an answer that is none: {e}"))
    }
}

impl Instrument for Remote {
    fn act(&mut self, act: &Act) -> Result<Measured, String> {
        if let Some(reason) = &self.broken {
            return Err(reason.clone());
        }
        match self.ask(act) {
            Ok(Answer::Ok(measured)) => Ok(*measured),
            Ok(Answer::Error(reason)) => Err(reason),
            Err(reason) => {
                self.broken = Some(reason.clone());
                Err(reason)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::ac::AcPoint;
    use std::net::TcpListener;

    /// An instrument that answers each line with the next one of a list.
    fn answers(list: Vec<&'static str>) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let name = format!("tcp://{}", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let mut lines = BufReader::new(listener.accept().unwrap().0);
            let mut asked = Vec::new();
            for answer in list {
                let mut line = String::new();
                if lines.read_line(&mut line).unwrap_or_default() == 0 {
                    break;
                }
                asked.push(line.trim().to_owned());
                lines.get_mut().write_all(answer.as_bytes()).unwrap();
            }
            asked
        });
        (name, thread)
    }

    #[tokio::test]
    async fn an_act_goes_as_a_line_and_a_measurement_comes_back() {
        let (name, thread) = answers(vec!["{\"ok\":{\"pulses\":7}}\n", "{\"error\":\"no such pin\"}\n"]);
        let instrument = connect(&name).unwrap();
        let act = Act::BusClear { address: 0x58, command: 0x88 };
        let measured = instrument.act(&act, &crate::transport::NoLog).await.unwrap();
        assert_eq!(measured, Measured { pulses: Some(7), ..Measured::default() });
        let pin = Act::ControlPin { address: 0x58, high: true };
        let refused = instrument.act(&pin, &crate::transport::NoLog).await.unwrap_err().to_string();
        assert!(refused.contains("no such pin"), "{refused}");
        drop(instrument);
        let asked = thread.join().unwrap();
        assert_eq!(asked.first().unwrap(), r#"{"act":"bus-clear","address":88,"command":136}"#);
    }

    #[tokio::test]
    async fn what_an_ac_source_plays_goes_out_and_its_record_comes_back() {
        let answer = "{\"ok\":{\"ac\":{\"every_ms\":10,\"rms_v\":[[240,240,4.8]],\"frequency_hz\":[60],\"input_w\":[9272],\
            \"bus_low_v\":[50.7],\"bus_high_v\":[50.8],\"load_w\":[9000]}}}\n";
        let (name, thread) = answers(vec![answer]);
        let instrument = connect(&name).unwrap();
        let point = AcPoint { at_ms: 0, over_ms: 0, rms_v: [240.0; 3], frequency_hz: 60.0 };
        let act = Act::AcPlay { points: vec![point], length_ms: 10, every_ms: 10 };
        let record = instrument.act(&act, &crate::transport::NoLog).await.unwrap().ac.unwrap();
        assert_eq!(record.check(), Ok(()));
        assert_eq!((record.rms_v[0][2], record.input_w[0], record.len()), (4.8, 9272.0, 1));
        drop(instrument);
        let wanted = r#"{"act":"ac-play","points":[{"at_ms":0,"over_ms":0,"rms_v":[240.0,240.0,240.0],"frequency_hz":60.0}],"length_ms":10,"every_ms":10}"#;
        assert_eq!(thread.join().unwrap(), [wanted]);
    }

    #[tokio::test]
    async fn after_an_answer_that_is_none_nothing_more_is_asked() {
        let (name, thread) = answers(vec!["7\n", "{\"ok\":{}}\n"]);
        let instrument = connect(&name).unwrap();
        let act = Act::BusClear { address: 0x58, command: 0x88 };
        for _ in 0..2 {
            let reason = instrument.act(&act, &crate::transport::NoLog).await.unwrap_err().to_string();
            assert!(reason.contains("an answer that is none"), "{reason}");
        }
        drop(instrument);
        assert_eq!(thread.join().unwrap().len(), 1);
        assert!(connect("127.0.0.1:1").unwrap_err().contains("write tcp://host:port"));
    }
}
