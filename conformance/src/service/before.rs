//! What a case is about to change on a Redfish service, noted before the write goes out, and put back when the case has
//! ended, or by `restore` after a kill.
//!
//! Cases write to one kind of resource, the control of the shelf's input power, and begin only where it has no set point.
//! A set point that no case writes belongs to somebody else and is left alone, and so is everything while somebody else
//! holds the lease.

use std::sync::Arc;

use serde_json::{Value, json};

use super::tree::{range, read_control, set_point};
use super::{Control, ServiceContext, ServicePlan, ServiceWorld};
use crate::play::Played;
use crate::restore::{Restore, ServiceBefore};
use crate::transport::guard::Allowed;
use crate::transport::http::Request;
use crate::world::{Judged, Judgement};

/// How far below its largest value cases write a set point, and how far above, in watts.
const WRITTEN: (f64, f64) = (100.0, 1.0);

fn name(body: &Value) -> Option<String> {
    body.get("Name").and_then(Value::as_str).map(str::to_owned)
}

impl ServiceWorld {
    /// Notes the control before a request changes it, so that [`ServiceWorld::undo`] puts it back. Requests that change
    /// nothing are not noted.
    ///
    /// # Errors
    /// [`Judgement::Error`] if it cannot be noted, and then nothing may be written.
    pub(crate) fn note_before(&mut self, request: &Request) -> Judged {
        if request.method != "PATCH" {
            return Ok(());
        }
        let context = self.context()?;
        let known = self.control.as_ref().filter(|control| control.uri == request.path);
        let Some(Control { uri, body, .. }) = known else {
            return Err(Judgement::Error(format!("{request}: this resource was not read before")));
        };
        let note = ServiceBefore {
            base: context.plan.base.to_string(),
            uri: uri.clone(),
            name: name(body),
            written: range(body).map(|(_, max)| (max - WRITTEN.0 - 1.0, max + WRITTEN.1)),
        };
        context.restore.service_changing(&note).map_err(|e| Judgement::Error(e.to_string()))?;
        self.changed = Some(note);
        Ok(())
    }

    /// Puts back what this case has changed. What cannot be put back stays noted.
    ///
    /// # Errors
    /// [`Judgement::Error`] that names what is left.
    pub(crate) async fn undo(&mut self) -> Judged {
        let Some(note) = self.changed.take() else { return Ok(()) };
        self.put_back(&note).await.map_err(|left| Judgement::Error(format!("not put back: {note}: {left}")))
    }

    /// Puts a control back, if it is not as it was, and strikes the note.
    async fn put_back(&mut self, note: &ServiceBefore) -> Result<(), String> {
        for last in [false, true] {
            let held = read_control(self, &note.uri).await.map_err(words)?.body;
            let ours = |value: f64| note.written.is_none_or(|(low, high)| (low..=high).contains(&value));
            let mut back = serde_json::Map::new();
            if set_point(&held).is_some_and(ours) {
                back.insert("ControlMode".into(), json!("Disabled"));
            }
            if let (Some(was), true) = (&note.name, name(&held) != note.name) {
                back.insert("Name".into(), json!(was));
            }
            if back.is_empty() {
                let context = self.context().map_err(words)?;
                return context.restore.service_put_back(note).map_err(|e| e.to_string());
            }
            if last {
                return Err(format!("it then holds {:?}", held.get("SetPoint")));
            }
            let request = Request::new("PATCH", &note.uri).json(Value::Object(back).to_string());
            let answer = self.ask(request).await.map_err(words)?;
            // The lease is somebody else's, and so is the set point.
            if answer.status == 409 {
                let context = self.context().map_err(words)?;
                return context.restore.service_put_back(note).map_err(|e| e.to_string());
            }
        }
        Ok(())
    }
}

fn words(judgement: Judgement) -> String {
    judgement.text().to_owned()
}

/// Puts back what an earlier run has left on a service.
///
/// # Errors
/// What could not be put back, in words.
pub(crate) async fn put_back(
    service: &ServicePlan,
    restore: &Arc<Restore>,
    note: &ServiceBefore,
) -> Result<(), String> {
    let allowed = Allowed { writes: true, disruptive: false };
    let mut world = ServiceWorld::default();
    let context = ServiceContext::alone(service, allowed, restore.clone())?;
    world.begin(context.clone(), "restore");
    let control = read_control(&mut world, &note.uri).await.map_err(words)?;
    world.control = Some(control);
    let done = world.put_back(note).await;
    context.logout().await;
    done
}
