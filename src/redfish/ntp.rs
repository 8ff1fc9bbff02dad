//! The time servers of the gateway's host: a file that the host's own time service reads.
//!
//! The gateway sets no clock. Where the administrator names a file, clients may say which servers the host asks, and the
//! file is what they said: it is read for each answer and replaced as a whole. Who makes the time service read it again is
//! the host's business (`examples/systemd/dpo-time.path`).

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::config::StartError;
use super::error::{Error, Fault};
use super::file;

/// First line of a file of ours; another file is left alone.
const MARK: &str = "# Written by dpo-gateway (Redfish, NTPServers); what is written here by hand is lost.";
/// Most servers.
const MOST: usize = 8;
/// Largest file that is read, in bytes.
const LARGEST: u64 = 16 * 1024;

/// How a time service wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A drop-in of systemd-timesyncd.
    Timesyncd,
    /// A file of sources of chrony.
    Chrony,
}

/// The file.
#[derive(Debug, Clone)]
pub(crate) struct TimeServers {
    path: PathBuf,
    form: Form,
}

impl TimeServers {
    /// The file at `path`; its end tells the form.
    ///
    /// # Errors
    /// An end that tells no form, a file of somebody else, or one that cannot be read.
    pub(crate) fn open(path: &Path) -> Result<Self, StartError> {
        let fault = |e: String| StartError::Config(format!("time servers {}: {e}", path.display()));
        let form = match path.extension().and_then(|end| end.to_str()) {
            Some("conf") => Form::Timesyncd,
            Some("sources") => Form::Chrony,
            _ => {
                return Err(fault("must end in .conf (systemd-timesyncd) or .sources (chrony)".to_owned()));
            }
        };
        let servers = Self { path: path.to_owned(), form };
        servers.read().map_err(fault)?;
        Ok(servers)
    }

    /// The servers as they stand in the file; none before the first write.
    fn read(&self) -> Result<Vec<String>, String> {
        self.read_at(&self.path)
    }

    /// The same of a file at another place.
    fn read_at(&self, path: &Path) -> Result<Vec<String>, String> {
        match std::fs::metadata(path) {
            Ok(found) if found.len() > LARGEST => return Err(format!("larger than {LARGEST} bytes")),
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e.to_string()),
        }
        let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
        let mut lines = text.lines();
        if lines.next() != Some(MARK) {
            return Err("it is not of this gateway; move it away, or name another file".to_owned());
        }
        let named: Vec<&str> = match self.form {
            Form::Timesyncd => {
                lines.filter_map(|l| l.strip_prefix("NTP=")).flat_map(str::split_whitespace).collect()
            }
            Form::Chrony => lines.filter_map(|l| l.strip_prefix("server ")?.split(' ').next()).collect(),
        };
        Ok(named.into_iter().filter(|name| is_host(name)).take(MOST).map(str::to_owned).collect())
    }

    /// The servers.
    ///
    /// # Errors
    /// A file that cannot be read, or is no longer of this gateway.
    pub(crate) fn list(&self) -> Result<Vec<String>, Error> {
        self.read().map_err(|e| self.fault(&e))
    }

    /// Says which servers there are, instead of those before.
    ///
    /// # Errors
    /// Too many, one that is neither a name nor an address, or a file that cannot be written; it is as it was then.
    pub(crate) async fn set(&self, servers: &[String]) -> Result<(), Error> {
        let refused = |value: serde_json::Value, why: String| {
            Err(Error::Properties(vec![("NTP/NTPServers".to_owned(), Fault::Refused(value, why))]))
        };
        if servers.len() > MOST {
            return refused(servers.len().into(), format!("more than {MOST} servers"));
        }
        if let Some(wrong) = servers.iter().find(|name| !is_host(name)) {
            return refused(wrong.as_str().into(), "neither the name nor the address of a host".to_owned());
        }
        let mut text = format!("{MARK}\n");
        match self.form {
            // Without any, the host's own choice stands.
            _ if servers.is_empty() => {}
            Form::Timesyncd => text.push_str(&format!("[Time]\nNTP={}\n", servers.join(" "))),
            Form::Chrony => servers.iter().for_each(|s| text.push_str(&format!("server {s} iburst\n"))),
        }
        let file = self.clone();
        // The time service runs as a user of its own: it holds no secret. A file that somebody else has laid there since
        // it was read stays.
        let write = move || {
            let ours = |at: &Path| file.read_at(at).map(|_| ());
            file::replace_if(&file.path, text.as_bytes(), 0o644, ours)
        };
        let written = tokio::task::spawn_blocking(write).await;
        written.map_err(|e| self.fault(&e.to_string()))?.map_err(|e| self.fault(&e))
    }

    fn fault(&self, cause: &str) -> Error {
        Error::Internal(format!("time servers {}: {cause}", self.path.display()))
    }
}

/// Whether a text is an address or a host name of RFC 1123: nothing else goes into a file that another program reads.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.parse::<IpAddr>().is_ok() || (text.len() <= 253 && text.split('.').all(label))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn servers(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[tokio::test]
    async fn each_form_says_what_was_set_and_reads_it_back() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("a.conf", "[Time]\nNTP=192.0.2.1 time.example.com 2001:db8::1\n"),
            (
                "a.sources",
                "server 192.0.2.1 iburst\nserver time.example.com iburst\nserver 2001:db8::1 iburst\n",
            ),
        ] {
            let path = folder.path().join(name);
            let file = TimeServers::open(&path).unwrap();
            assert_eq!(file.list(), Ok(vec![]));
            let some = servers(&["192.0.2.1", "time.example.com", "2001:db8::1"]);
            file.set(&some).await.unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{MARK}\n{text}"));
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
            assert_eq!(TimeServers::open(&path).unwrap().list(), Ok(some));
            file.set(&[]).await.unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{MARK}\n"));
        }
    }

    #[tokio::test]
    async fn nothing_but_hosts_gets_into_the_file_and_no_file_of_others_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.conf");
        let file = TimeServers::open(&path).unwrap();
        let long = "x".repeat(64);
        for wrong in ["", "a b", "a\nFallbackNTP=evil", "a..b", "-a", "a-", "a/b", "a#", &long, "ä.example"]
        {
            assert!(matches!(file.set(&servers(&[wrong])).await, Err(Error::Properties(_))), "{wrong:?}");
        }
        assert!(file.set(&servers(&["a"; MOST + 1])).await.is_err());
        assert!(!path.exists());
        std::fs::write(&path, "[Time]\nNTP=other\n").unwrap();
        assert!(TimeServers::open(&path).unwrap_err().to_string().contains("not of this gateway"));
        assert!(matches!(file.list(), Err(Error::Internal(_))));
        assert!(matches!(file.set(&servers(&["192.0.2.1"])).await, Err(Error::Internal(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "[Time]\nNTP=other\n", "it stays");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "and nothing lies beside it");
        assert!(
            TimeServers::open(&folder.path().join("a.txt")).unwrap_err().to_string().contains(".sources")
        );
    }
}
