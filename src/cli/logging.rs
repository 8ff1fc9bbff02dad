//! The log of the process: what goes to standard error, and how that changes while it runs.

use std::sync::OnceLock;

use tracing_subscriber::EnvFilter;

use super::LogFormat;

/// What is logged where nobody says anything.
const USUAL: &str = "warn";

/// The filter of the log, to be changed.
struct Log {
    /// Puts another filter in its place.
    replace: Box<dyn Fn(EnvFilter) -> Result<(), String> + Send + Sync>,
    /// The command line or the environment said what to log: the configuration does not change it.
    given: bool,
}

static LOG: OnceLock<Log> = OnceLock::new();

/// The filter of a text.
///
/// # Errors
/// What is wrong with it.
pub(super) fn filter(text: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(text).map_err(|e| e.to_string())
}

/// Starts the log, with the filter that the command line or the environment gives.
///
/// # Errors
/// A filter that is none, or a second log in one process.
pub(super) fn start(given: Option<&str>, format: LogFormat) -> Result<(), String> {
    let text = given.unwrap_or(USUAL);
    let filter = filter(text).map_err(|e| format!("--log {text}: {e}"))?;
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
    let replace: Box<dyn Fn(EnvFilter) -> Result<(), String> + Send + Sync> = match format {
        LogFormat::Text => {
            let log = log.with_filter_reloading();
            let handle = log.reload_handle();
            log.try_init().map_err(|e| e.to_string())?;
            Box::new(move |filter| handle.reload(filter).map_err(|e| e.to_string()))
        }
        LogFormat::Json => {
            let log = log.json().with_filter_reloading();
            let handle = log.reload_handle();
            log.try_init().map_err(|e| e.to_string())?;
            Box::new(move |filter| handle.reload(filter).map_err(|e| e.to_string()))
        }
    };
    let _ = LOG.set(Log { replace, given: given.is_some() });
    Ok(())
}

/// Logs what the configuration says, from now on; the usual where it says nothing. Without effect where the command line or
/// the environment said what to log, and before [`start`].
pub(super) fn configure(text: Option<&str>) {
    let Some(log) = LOG.get().filter(|log| !log.given) else { return };
    if let Err(error) = filter(text.unwrap_or(USUAL)).and_then(|filter| (log.replace)(filter)) {
        tracing::error!(error, "the filter of the log was not changed");
    }
}
