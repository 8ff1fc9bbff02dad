//! PMBus devices over an SMBus [`Controller`].
//!
//! - [`Device`]: one target with its command set: typed reads and writes, packet error codes, retries, VOUT_MODE,
//!   coefficients, pages.
//! - [`any`]: a command by its entry in the map, where the type is not known when compiling (a command line).
//! - [`status`]: the STATUS commands, and what clears them.
//! - [`blackbox`]: the record of faults of a supply.
//! - [`group`]: commands to several targets that act together.
//!
//! What may be written at all is decided above, in the room `shelf`. Clauses are those of the PMBus Specification
//! Part II 1.3.1 (P2) and SMBus 3.1 (SM).

pub mod any;
pub mod blackbox;
mod error;
pub mod group;
pub mod status;
#[cfg(test)]
mod tests;
mod transact;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use dpo_registers::codec::pmbus::{Address, Direct, VoutFormat, VoutMode};
use dpo_registers::pmbus::{Command, CommandInfo, CommandSet, Format, PecUse, Readable, Value, Writable};

use super::smbus::Controller;

pub use error::PmbusError;

/// What bit 7 of CAPABILITY says: packet error codes.
const CAPABILITY_PEC: u8 = 0x80;
/// WRITE_PROTECT of a device that does not know the command: every command may be written.
const UNPROTECTED: u8 = 0;

/// One target.
///
/// What is constant in a device (VOUT_MODE, coefficients) is read once; [`forget`](Self::forget) after it was
/// changed for another one.
pub struct Device {
    controller: Arc<dyn Controller>,
    address: Address,
    set: &'static CommandSet,
    pec: bool,
    known: Mutex<Known>,
    /// A page and the command that needs it belong together.
    paging: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    mode: Option<VoutMode>,
    page: Option<u8>,
    /// By code, and whether for a write.
    coefficients: BTreeMap<(u8, bool), Direct>,
}

impl Device {
    /// The target at `address` that implements `set`. With `pec` every message carries a packet error code.
    pub fn new(
        controller: Arc<dyn Controller>,
        address: Address,
        set: &'static CommandSet,
        pec: bool,
    ) -> Self {
        let known = Mutex::new(Known::default());
        Self { controller, address, set, pec, known, paging: tokio::sync::Mutex::new(()) }
    }

    /// The target at `address`, with packet error codes if the map demands them, or the device says in CAPABILITY
    /// that it can.
    ///
    /// # Errors
    /// [`PmbusError`] if the device does not answer, or says that it can and sends none that fit. A device that
    /// refuses CAPABILITY is used without: some real ones do.
    pub async fn probe(
        controller: Arc<dyn Controller>,
        address: Address,
        set: &'static CommandSet,
    ) -> Result<Self, PmbusError> {
        let pec = match set.pec {
            PecUse::Required => true,
            PecUse::None => false,
            PecUse::Optional => Self::has_pec(&controller, address, set).await?,
        };
        Ok(Self::new(controller, address, set, pec))
    }

    /// Asks CAPABILITY, with the code first: a line that is bad now must not turn the codes off for good.
    async fn has_pec(
        controller: &Arc<dyn Controller>,
        address: Address,
        set: &'static CommandSet,
    ) -> Result<bool, PmbusError> {
        let Some(info) = set.command("capability") else { return Ok(false) };
        let with = Self::new(Arc::clone(controller), address, set, true);
        let error = match with.read_bytes(info, &[]).await {
            Ok(_) => return Ok(true),
            Err(error @ (PmbusError::Pec { .. } | PmbusError::NotDriven { .. })) => error,
            Err(error) if error.refused() => return Ok(false),
            Err(error) => return Err(error),
        };
        let without = Self::new(Arc::clone(controller), address, set, false);
        match without.read_bytes(info, &[]).await {
            Ok(block) if block.as_slice().iter().all(|byte| byte & CAPABILITY_PEC == 0) => Ok(false),
            Ok(_) => Err(error),
            Err(error) if error.refused() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Address.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// What the map says of the device.
    pub const fn set(&self) -> &'static CommandSet {
        self.set
    }

    /// Whether messages carry packet error codes.
    pub const fn pec(&self) -> bool {
        self.pec
    }

    /// The bus.
    pub fn controller(&self) -> &dyn Controller {
        &*self.controller
    }

    /// Forgets VOUT_MODE, page and coefficients.
    pub fn forget(&self) {
        *self.known() = Known::default();
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // A panic elsewhere leaves a value that is true or not there.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a command.
    ///
    /// # Errors
    /// [`PmbusError`].
    pub async fn read<C: Readable<Request = ()>>(&self) -> Result<C::Value, PmbusError> {
        self.ask::<C>(&()).await
    }

    /// Reads a command that is asked with a request (QUERY, COEFFICIENTS, SMBALERT_MASK).
    ///
    /// # Errors
    /// [`PmbusError`].
    pub async fn ask<C: Readable>(&self, request: &C::Request) -> Result<C::Value, PmbusError> {
        let request = request.encode(C::INFO, None).map_err(|e| self.encode_error(C::INFO, e))?;
        let mode = self.mode_for(C::INFO).await?;
        let info = self.with_coefficients(C::INFO, mode, false).await?;
        let data = self.read_bytes(C::INFO, request.as_slice()).await?;
        C::Value::decode(&info, data.as_slice(), mode).map_err(|e| self.decode_error(&info, e))
    }

    /// Writes a command, once. The value is checked against format and limits of the map; that the device may be
    /// written, and took it, is for the caller to see to.
    ///
    /// # Errors
    /// [`PmbusError`]; [`PmbusError::uncertain`] tells whether the device may have taken it.
    pub async fn write<C: Writable>(&self, request: &C::Request, value: &C::Value) -> Result<(), PmbusError> {
        let request = request.encode(C::INFO, None).map_err(|e| self.encode_error(C::INFO, e))?;
        let mode = self.mode_for(C::INFO).await?;
        let info = self.with_coefficients(C::INFO, mode, true).await?;
        let data = value.encode(&info, mode).map_err(|e| self.encode_error(&info, e))?;
        self.write_bytes(C::INFO, request.as_slice(), data.as_slice()).await
    }

    /// Starts an action (CLEAR_FAULTS).
    ///
    /// # Errors
    /// As of [`Self::write`].
    pub async fn send<C: Writable<Value = (), Request = ()>>(&self) -> Result<(), PmbusError> {
        self.write_bytes(<C as Command>::INFO, &[], &[]).await
    }

    /// How the commands of the output voltage are coded, as the device says.
    ///
    /// # Errors
    /// [`PmbusError`].
    pub async fn vout_mode(&self) -> Result<VoutMode, PmbusError> {
        if let Some(mode) = self.known().mode {
            return Ok(mode);
        }
        let info = self.command("vout_mode")?;
        let data = self.read_bytes(info, &[]).await?;
        let mode = VoutMode(data.as_slice().first().copied().unwrap_or_default());
        self.known().mode = Some(mode);
        Ok(mode)
    }

    /// VOUT_MODE, if the format of `info` depends on it.
    ///
    /// # Errors
    /// [`PmbusError`].
    pub async fn mode_for(&self, info: &CommandInfo) -> Result<Option<VoutMode>, PmbusError> {
        match info.format {
            Format::Ulinear16 | Format::Slinear16 => self.vout_mode().await.map(Some),
            _ => Ok(None),
        }
    }

    /// `info` with the coefficients that the device tells, where it needs them and the map has none.
    pub(crate) async fn with_coefficients(
        &self,
        info: &'static CommandInfo,
        mode: Option<VoutMode>,
        write: bool,
    ) -> Result<CommandInfo, PmbusError> {
        let direct = info.format == Format::Direct
            || mode.is_some_and(|mode| matches!(mode.format(), VoutFormat::Direct));
        if !direct || info.coefficients.is_some() {
            return Ok(*info);
        }
        let code = info.code.first;
        let known = self.known().coefficients.get(&(code, write)).copied();
        let coefficients = match known {
            Some(known) => known,
            None => {
                let command = self.command("coefficients")?;
                let told = self.read_bytes(command, &[code, u8::from(!write)]).await?;
                let wrong = || PmbusError::Coefficients { at: self.place(info) };
                let bytes = <[u8; 5]>::try_from(told.as_slice()).map_err(|_| wrong())?;
                let direct = Direct::from_bytes(bytes).ok_or_else(wrong)?;
                self.known().coefficients.insert((code, write), direct);
                direct
            }
        };
        Ok(CommandInfo { coefficients: Some(coefficients), ..*info })
    }

    /// What WRITE_PROTECT holds; 0 if the device does not know the command.
    ///
    /// # Errors
    /// [`PmbusError`].
    pub async fn write_protect(&self) -> Result<u8, PmbusError> {
        let Some(info) = self.set.command("write_protect") else { return Ok(UNPROTECTED) };
        match self.read_bytes(info, &[]).await {
            Ok(block) => Ok(block.as_slice().first().copied().unwrap_or_default()),
            Err(error) if error.refused() => Ok(UNPROTECTED),
            Err(error) => Err(error),
        }
    }

    /// Selects the page that paged commands apply to, and reads it back: real supplies are known to ignore PAGE.
    ///
    /// # Errors
    /// [`PmbusError::Page`] if the device stays at another page.
    pub async fn select_page(&self, page: u8) -> Result<(), PmbusError> {
        let _turn = self.paging.lock().await;
        self.turn_to(page).await
    }

    /// As [`Self::select_page`], for who holds the lock.
    async fn turn_to(&self, page: u8) -> Result<(), PmbusError> {
        let info = self.command("page")?;
        self.known().page = None;
        self.write_frame(info, &[], &[page]).await?;
        let holds = self.read_frame(info, &[]).await?;
        if holds.as_slice() != [page] {
            let holds = holds.as_slice().first().copied().unwrap_or_default();
            return Err(PmbusError::Page { at: self.place(info), wanted: page, holds });
        }
        self.known().page = Some(page);
        Ok(())
    }

    /// Reads a paged command of one page; nobody turns the page in between on this device.
    ///
    /// # Errors
    /// [`PmbusError`].
    pub async fn read_paged<C: Readable<Request = ()>>(&self, page: u8) -> Result<C::Value, PmbusError> {
        let mode = self.mode_for(C::INFO).await?;
        let info = self.with_coefficients(C::INFO, mode, false).await?;
        let _turn = self.paging.lock().await;
        let there = self.known().page == Some(page);
        if !there {
            self.turn_to(page).await?;
        }
        let data = self.read_frame(C::INFO, &[]).await?;
        C::Value::decode(&info, data.as_slice(), mode).map_err(|e| self.decode_error(&info, e))
    }

    /// A command of the set by its identifier.
    ///
    /// # Errors
    /// [`PmbusError::NotInMap`].
    pub fn command(&self, id: &str) -> Result<&'static CommandInfo, PmbusError> {
        self.set.command(id).ok_or_else(|| PmbusError::NotInMap { set: self.set.id, command: id.to_owned() })
    }
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:02X}h ({})", self.controller.name(), self.address.get(), self.set.id)
    }
}
