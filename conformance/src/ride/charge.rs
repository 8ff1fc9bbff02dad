//! Waiting until the packs are charged: the sag before may have emptied them, and a shelf is not to be judged for that.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::RideWorld;
use crate::service::ServiceWorld;
use crate::service::tree::{kind, walk};
use crate::service::xif::engineering;
use crate::transport::event;
use crate::world::{Judged, Judgement, Judging, data_words, over, read_pdu};

/// Time between two looks at the charge: packs recharge by the minute.
const LOOK: Duration = Duration::from_secs(5);

impl RideWorld {
    /// Waits until the packs are charged as the statement says; where nothing tells their charge, the report says that.
    ///
    /// # Errors
    /// [`Judgement::Inconclusive`] if they are not in time.
    pub(crate) async fn charged(&mut self) -> Judged {
        let context = self.context()?;
        let wanted = context.claims.charged_percent;
        let deadline = Instant::now() + context.charge;
        let (mut first, mut batteries) = (None, None);
        loop {
            let Some(percent) = self.charge_percent(&mut batteries).await? else {
                self.note("nothing tells the charge of the packs: they are taken to be charged");
                return Ok(());
            };
            let began = *first.get_or_insert(percent);
            if percent >= wanted {
                if began < wanted {
                    self.note(format!(
                        "waited until the packs were charged, from {began:.1} % to {percent:.1} %"
                    ));
                }
                return Ok(());
            }
            let told = format!("the packs are at {percent:.1} %, {wanted} % are wanted before a play");
            if over(deadline) {
                return Err(Judgement::Inconclusive(format!(
                    "{told}: they began at {began:.1} % and were waited for {:?}",
                    context.charge
                )));
            }
            event(&*self.log(), &told);
            tokio::time::sleep(LOOK.min(context.charge)).await;
        }
    }

    /// Mean state of charge, in percent: that of the block, or of the batteries on Redfish where the block has none.
    async fn charge_percent(&self, batteries: &mut Option<Vec<String>>) -> Result<Option<f64>, Judgement> {
        if let Some(percent) = self.charge_of_block().await? {
            return Ok(Some(percent));
        }
        match self.charge_on_redfish(batteries).await {
            // What a service lacks is no matter of ride-through.
            Err(Judgement::Fail(_)) => Ok(None),
            told => told,
        }
    }

    async fn charge_of_block(&self) -> Result<Option<f64>, Judgement> {
        let context = self.context()?;
        let Some(side) = &context.modbus else { return Ok(None) };
        let Some(block) = side.block() else { return Ok(None) };
        let Some(register) = block.named("state_of_charge") else { return Ok(None) };
        let request = read_pdu(register.address, register.words);
        let mut link = side.link.lock().await;
        let seen = link.exchange(block.unit, &request, side.timing.answer, &*self.log()).await?;
        Ok(data_words(&seen, register.words).and_then(|words| engineering(register, &words)))
    }

    /// `batteries` are the URIs of what tells of them, once they are known: a walk takes long.
    async fn charge_on_redfish(&self, batteries: &mut Option<Vec<String>>) -> Result<Option<f64>, Judgement> {
        let Some(service) = self.context()?.service.clone() else { return Ok(None) };
        let mut world = ServiceWorld::within(service, self.log());
        if batteries.is_none() {
            walk(&mut world).await?;
            let found = world.tree.iter().filter(|(_, body)| kind(body) == Some("BatteryMetrics"));
            *batteries = Some(found.map(|(uri, _)| uri.clone()).collect());
        }
        let mut readings = Vec::new();
        for uri in batteries.iter().flatten() {
            readings.extend(reading(&world.get(uri).await?));
        }
        Ok((!readings.is_empty()).then(|| readings.iter().sum::<f64>() / readings.len() as f64))
    }
}

/// The charge that a battery tells.
fn reading(body: &Value) -> Option<f64> {
    body.get("ChargePercent")?.get("Reading")?.as_f64()
}
