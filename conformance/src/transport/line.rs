//! A serial line as the steps use it: a real one, or what a test makes up.

use std::time::Duration;

use super::rtu::RtuLink;
use super::serial::Settings;
use super::{Link, LinkError, WireLog};

/// A serial line.
pub(crate) enum Line<'a> {
    /// A real one.
    Rtu(&'a mut RtuLink),
    /// What a test makes up.
    #[cfg(test)]
    Script(&'a mut super::script::Script),
}

impl<'a> Line<'a> {
    /// The line of a link; `None` if it is none.
    pub(crate) fn of(link: &'a mut Link) -> Option<Self> {
        match link {
            Link::Rtu(line) => Some(Self::Rtu(line)),
            Link::Tcp(_) => None,
            #[cfg(test)]
            Link::Script(line) => Some(Self::Script(line)),
        }
    }

    /// How the line was set when it was opened.
    pub(crate) fn opened(&self) -> &Settings {
        match self {
            Self::Rtu(line) => line.opened(),
            #[cfg(test)]
            Self::Script(line) => &line.opened,
        }
    }

    /// As [`RtuLink::set`].
    ///
    /// # Errors
    /// As of [`RtuLink::set`].
    pub(crate) fn set(&mut self, settings: &Settings) -> Result<(), LinkError> {
        match self {
            Self::Rtu(line) => line.set(settings),
            #[cfg(test)]
            Self::Script(line) => {
                line.now = settings.clone();
                Ok(())
            }
        }
    }

    /// As [`RtuLink::send`].
    ///
    /// # Errors
    /// As of [`RtuLink::send`].
    pub(crate) async fn send(&mut self, frame: &[u8], log: &dyn WireLog) -> Result<(), LinkError> {
        match self {
            Self::Rtu(line) => line.send(frame, log).await,
            #[cfg(test)]
            Self::Script(line) => line.send(frame, log).await,
        }
    }

    /// As [`RtuLink::receive`].
    ///
    /// # Errors
    /// As of [`RtuLink::receive`].
    pub(crate) async fn receive(&mut self, wait: Duration, log: &dyn WireLog) -> Result<Vec<u8>, LinkError> {
        match self {
            Self::Rtu(line) => line.receive(wait, log).await,
            #[cfg(test)]
            Self::Script(line) => line.receive(wait, log).await,
        }
    }
}
