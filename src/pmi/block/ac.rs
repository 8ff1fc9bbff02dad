//! The AC side by half cycle, as the local fast path measures it.

use dpo_registers::generated::dpo_pmi::{AcConnection, reg};
use dpo_registers::units::HertzPerSecond;

use super::{Block, unix};
use crate::gateway::FastView;

impl Block {
    /// Without a fast path these registers read as not available, and so do its currents: nothing measures them.
    pub(super) fn fill_ac(&mut self, fast: Option<&FastView>) {
        let Some(view) = fast else { return };
        self.put::<reg::AcNominalVoltage>(Some(view.nominal));
        self.put::<reg::AcNominalFrequency>(Some(view.nominal_frequency));
        let Some(ac) = &view.ac else { return };
        let shown = &ac.reading;
        self.put::<reg::AcPhases>(Some(3));
        self.put::<reg::AcConnection>(Some(AcConnection::PhaseToNeutral));
        // Counters roll over.
        self.put::<reg::AcHalfCycles>(Some(shown.half_cycles as u32));
        self.put::<reg::AcSeconds>(Some(shown.seconds as u32));
        self.put::<reg::AcTime>(Some(unix(ac.time)));
        self.put::<reg::AcFrequency>(shown.frequency);
        self.put::<reg::AcRocof>(shown.rocof_hz_per_s.map(HertzPerSecond));
        let ([l1, l2, l3], [low1, low2, low3], [high1, high2, high3]) =
            (shown.rms, shown.lowest, shown.highest);
        self.put::<reg::AcRmsL1>(Some(l1));
        self.put::<reg::AcRmsL2>(Some(l2));
        self.put::<reg::AcRmsL3>(Some(l3));
        self.put::<reg::AcRmsMinL1>(low1);
        self.put::<reg::AcRmsMinL2>(low2);
        self.put::<reg::AcRmsMinL3>(low3);
        self.put::<reg::AcRmsMaxL1>(high1);
        self.put::<reg::AcRmsMaxL2>(high2);
        self.put::<reg::AcRmsMaxL3>(high3);
    }
}
