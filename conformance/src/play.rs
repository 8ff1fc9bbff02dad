//! Plays chosen cases one after the other, whatever the kind of world their steps are of.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

use cucumber::codegen::WorldInventory;
use cucumber::{World, cli};
use futures::FutureExt;

use crate::catalogue::{Case, EmbeddedFeatures, scenario_id};
use crate::collector::{Collector, Sink};
use crate::outcome::Record;
use crate::world::{Judged, Judging, Logs};

/// A world that cases are played in.
pub(crate) trait Played: World + Judging + Debug + WorldInventory {
    /// What the cases of one subject share.
    type Context: 'static;

    /// Ties the world to its subject and case.
    fn begin(&mut self, context: Arc<Self::Context>, id: &str);

    /// Makes the link ready for the case.
    async fn ready(&mut self) {}

    /// Puts back what the case has changed, and has not put back because it ended early.
    ///
    /// # Errors
    /// What is left.
    async fn undo(&mut self) -> Judged {
        Ok(())
    }
}

/// Plays the selected cases of a subject and hands on the record of each.
pub(crate) async fn play<W: Played>(
    context: Arc<W::Context>,
    logs: Arc<Logs>,
    cases: &[Case],
    subject: String,
    selected: BTreeSet<String>,
    keep: &mut dyn FnMut(Record),
) {
    let mut sink = |record: Record| keep(record);
    let sink: &mut Sink<'_> = &mut sink;
    let collector = Collector::new(logs.clone(), cases, subject, sink);
    W::cucumber::<&str>()
        .with_parser(EmbeddedFeatures)
        .with_writer(collector)
        .max_concurrent_scenarios(1)
        .before(move |_, _, scenario, world: &mut W| {
            let context = context.clone();
            let id = scenario_id(scenario).unwrap_or_default().to_owned();
            async move {
                world.begin(context, &id);
                world.ready().await;
            }
            .boxed_local()
        })
        .after(move |_, _, scenario, _, world| {
            let log = logs.log(scenario_id(scenario).unwrap_or_default());
            async move {
                let Some(world) = world else { return };
                if let Err(left) = world.undo().await {
                    log.lock().left(left);
                }
            }
            .boxed_local()
        })
        .with_cli::<cli::Empty>(cli::Opts::default())
        .filter_run((), move |_, _, scenario| scenario_id(scenario).is_some_and(|id| selected.contains(id)))
        .await;
}
