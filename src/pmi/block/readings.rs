//! What the devices measure, and what the BBUs could still give.

use dpo_registers::generated::dpo_pmi::reg;

use super::Block;
use crate::gateway::Snapshot;

impl Block {
    pub(super) fn fill_readings(&mut self, snapshot: &Snapshot) {
        let (totals, energy) = (&snapshot.totals, &snapshot.energy);
        self.put::<reg::InputVoltage>(totals.input_voltage);
        self.put::<reg::InputFrequency>(totals.input_frequency);
        self.put::<reg::InputPower>(totals.input_power);
        self.put::<reg::OutputPower>(totals.output_power);
        self.put::<reg::BusVoltage>(totals.bus_voltage);
        self.put::<reg::StateOfCharge>(energy.state_of_charge);
        self.put::<reg::BatteryPower>(totals.battery_power);
        self.put::<reg::StoredEnergy>(energy.stored);
        self.put::<reg::TimeLeft>(energy.time_left);
        let left = energy.deliverable;
        self.put::<reg::DeliverablePower>(left.map(|d| d.power));
        self.put::<reg::DeliverableTime>(left.map(|d| d.time));
        self.put::<reg::DeliverableEnergy>(left.map(|d| d.energy));
        self.put::<reg::ReserveCharge>(energy.reserve);
    }
}
