//! Writes that go on after their request was answered (`TaskService.v1_3_0`).
//!
//! A client that sends `Prefer: respond-async` (RFC 7240) gets 202 at once, and any other when a write takes longer than the
//! service lets clients wait, or its handler says that it goes on for long ([`GoesOn`]). The write itself is the same: checked, gated, journalled, read back. Its answer waits at the
//! task monitor, for whoever asked for the write.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::Notify;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::{Identity, Privilege};
use super::error::Error;
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::status::{Health, Status};
use super::time::rfc3339;
use super::{schema, uri};

/// Tasks that are kept; a new one takes the place of the oldest that has ended.
const MOST: usize = 64;
/// Largest answer that is kept, in bytes.
const LARGEST: usize = 1024 * 1024;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service))
        .routes(routes!(tasks))
        .routes(routes!(task, delete))
        .routes(routes!(monitor))
}

/// The answer to a write that has ended.
#[derive(Debug, Clone)]
struct Done {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    at: SystemTime,
}

/// A write.
#[derive(Debug, Clone)]
struct Entry {
    user: String,
    what: String,
    started: SystemTime,
    done: Option<Done>,
}

/// The tasks by their number.
#[derive(Debug, Default)]
pub(crate) struct Tasks(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    last: u64,
    by_number: BTreeMap<u64, Entry>,
}

impl Tasks {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A task for a write of `user`; its number.
    ///
    /// # Errors
    /// [`Error::Busy`] if all tasks that are kept still run.
    pub(crate) fn begin(&self, user: &str, method: &Method, path: &str) -> Result<u64, Error> {
        let mut table = self.table();
        if table.by_number.len() >= MOST {
            let ended =
                table.by_number.iter().find(|(_, entry)| entry.done.is_some()).map(|(number, _)| *number);
            table.by_number.remove(&ended.ok_or(Error::Busy)?);
        }
        table.last += 1;
        let number = table.last;
        let (user, what) = (user.to_owned(), format!("{method} {path}"));
        table.by_number.insert(number, Entry { user, what, started: SystemTime::now(), done: None });
        Ok(number)
    }

    /// Keeps the answer to the write; one that cannot be read is kept as a failure of the service.
    pub(crate) async fn end(&self, number: u64, response: Response) {
        let (parts, body) = response.into_parts();
        let (status, body) = match axum::body::to_bytes(body, LARGEST).await {
            Ok(body) => (parts.status, body),
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Bytes::new()),
        };
        let done = Done { status, headers: parts.headers, body, at: SystemTime::now() };
        if let Some(entry) = self.table().by_number.get_mut(&number) {
            entry.done = Some(done);
        }
    }

    fn get(&self, id: &str) -> Result<(u64, Entry), Error> {
        let number: u64 = id.parse().map_err(|_| Error::NotFound)?;
        let entry = self.table().by_number.get(&number).cloned();
        entry.filter(|_| number.to_string() == id).map(|entry| (number, entry)).ok_or(Error::NotFound)
    }
}

/// Whether the client asks for an answer before the write has ended.
pub(crate) fn preferred(headers: &HeaderMap) -> bool {
    let asks = |text: &str| {
        text.split(',')
            .any(|one| one.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("respond-async"))
    };
    headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok()).any(asks)
}

/// With a request whose handler may say that the write was taken and goes on for long: its client need not wait.
#[derive(Debug, Clone, Default)]
pub(crate) struct GoesOn(Arc<Notify>);

impl GoesOn {
    /// The write was taken, and its end is some time away.
    pub(crate) fn say(&self) {
        self.0.notify_one();
    }

    /// Waits until that is said.
    pub(crate) async fn said(&self) {
        self.0.notified().await;
    }
}

/// The answer to a write that goes on as a task.
///
/// # Errors
/// The task is not there.
pub(crate) fn accepted(app: &App, number: u64, preferred: bool) -> Answer {
    let (number, entry) = app.tasks.get(&number.to_string())?;
    let mut resource = resource(number, &entry)?;
    resource.status = StatusCode::ACCEPTED;
    resource.headers.push(("location", monitor_at(number)));
    resource.headers.push(("retry-after", "1".to_owned()));
    if preferred {
        resource.headers.push(("preference-applied", "respond-async".to_owned()));
    }
    Ok(resource)
}

fn monitor_at(number: u64) -> String {
    format!("{}/{number}", uri::TASK_MONITORS)
}

/// The task service.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct TaskService {
    #[serde(flatten)]
    head: Head,
    service_enabled: bool,
    date_time: String,
    completed_task_over_write_policy: &'static str,
    life_cycle_event_on_task_state_change: bool,
    status: Status,
    tasks: Link,
}

/// A write that goes on after its request was answered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Task {
    #[serde(flatten)]
    head: Head,
    /// Running, Completed or Exception.
    task_state: &'static str,
    task_status: Health,
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
    /// Where the answer to the write waits.
    task_monitor: String,
    /// The body of the write is not shown: it may hold a password.
    hide_payload: bool,
    /// How the write ended; the error of one that failed is at the task monitor.
    messages: Vec<TaskMessage>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct TaskMessage {
    message_id: &'static str,
    message: String,
    message_severity: &'static str,
}

fn resource(number: u64, entry: &Entry) -> Answer {
    let (task_state, task_status, message) = match &entry.done {
        None => ("Running", Health::Ok, None),
        Some(done) if done.status.is_success() => {
            ("Completed", Health::Ok, Some(("Base.1.22.Success", "OK")))
        }
        Some(_) => ("Exception", Health::Warning, Some(("Base.1.22.GeneralError", "Warning"))),
    };
    let status = entry.done.as_ref().map_or(0, |done| done.status.as_u16());
    let told = |(message_id, message_severity)| TaskMessage {
        message_id,
        message: format!("{} ended with {status}; the answer is at the task monitor.", entry.what),
        message_severity,
    };
    let at = format!("{}/{number}", uri::TASKS);
    Resource::new(
        &schema::TASK,
        &Task {
            head: Head::new(&schema::TASK, &at, entry.what.clone()),
            task_state,
            task_status,
            start_time: rfc3339(entry.started),
            end_time: entry.done.as_ref().map(|done| rfc3339(done.at)),
            task_monitor: monitor_at(number),
            hide_payload: true,
            messages: message.map(told).into_iter().collect(),
        },
    )
}

/// The task service.
#[utoipa::path(
    get,
    path = "/redfish/v1/TaskService",
    tag = "Tasks",
    responses((status = 200, description = "The task service.", body = TaskService))
)]
async fn service() -> Answer {
    Resource::new(
        &schema::TASK_SERVICE,
        &TaskService {
            head: Head::new(&schema::TASK_SERVICE, uri::TASK_SERVICE, "Task service"),
            service_enabled: true,
            date_time: rfc3339(SystemTime::now()),
            completed_task_over_write_policy: "Oldest",
            life_cycle_event_on_task_state_change: false,
            status: Status::ok(),
            tasks: link(uri::TASKS),
        },
    )
}

/// The tasks: those that run, and the newest that have ended.
#[utoipa::path(
    get,
    path = "/redfish/v1/TaskService/Tasks",
    tag = "Tasks",
    responses((status = 200, description = "The tasks.", body = Collection))
)]
async fn tasks(State(app): State<App>) -> Answer {
    let ids: Vec<_> = app.tasks.table().by_number.keys().map(u64::to_string).collect();
    collection(&schema::TASKS, uri::TASKS, "Tasks", ids)
}

/// One task.
#[utoipa::path(
    get,
    path = "/redfish/v1/TaskService/Tasks/{task}",
    tag = "Tasks",
    params(("task" = String, Path, description = "Number, from 1.")),
    responses((status = 200, description = "The task.", body = Task))
)]
async fn task(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let (number, entry) = app.tasks.get(&id)?;
    resource(number, &entry)
}

/// Forgets a task that has ended; one that runs goes on to its end. Needs the privilege ConfigureManager.
#[utoipa::path(
    delete,
    path = "/redfish/v1/TaskService/Tasks/{task}",
    tag = "Tasks",
    params(("task" = String, Path, description = "Number, from 1.")),
    responses((status = 204, description = "It is forgotten."))
)]
async fn delete(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    identity.require(Privilege::ConfigureManager)?;
    let (number, entry) = app.tasks.get(&id)?;
    if entry.done.is_none() {
        return Err(Error::Running);
    }
    app.tasks.table().by_number.remove(&number);
    Ok(StatusCode::NO_CONTENT)
}

/// The answer to a write: 202 while it runs, then what the write was answered with. For its user, and with the privilege
/// ConfigureManager.
#[utoipa::path(
    get,
    path = "/redfish/v1/TaskService/TaskMonitors/{task}",
    tag = "Tasks",
    params(("task" = String, Path, description = "Number of the task.")),
    responses(
        (status = 200, description = "The answer to the write, with the status of the write.", body = serde_json::Value),
        (status = 201, description = "The same for a write that made a resource.", body = serde_json::Value),
        (status = 202, description = "The write still runs.", body = Task),
        (status = 204, description = "The write has ended, and its answer has no body."),
        (status = 409, description = "The write was refused.", body = super::message::ErrorBody),
        (status = 413, description = "The body of the write was too large.", body = super::message::ErrorBody),
        (status = 415, description = "The body of the write was no JSON.", body = super::message::ErrorBody),
    )
)]
async fn monitor(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let (number, entry) = app.tasks.get(&id)?;
    if entry.user != identity.user {
        identity.require(Privilege::ConfigureManager)?;
    }
    let Some(done) = entry.done else {
        return Ok(accepted(&app, number, false)?.into_response());
    };
    let mut response = Response::new(Body::from(done.body));
    *response.status_mut() = done.status;
    *response.headers_mut() = done.headers;
    // Of the length that it has now.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_is_read_among_others() {
        let with = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("prefer", header::HeaderValue::from_static(text));
            preferred(&headers)
        };
        assert!(with("respond-async") && with("return=minimal, Respond-Async; x=1"));
        assert!(!with("return=minimal") && !with("wait=respond-async") && !with(""));
        assert!(!preferred(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn ended_tasks_make_room_and_running_ones_stay() {
        let tasks = Tasks::default();
        let begin = || tasks.begin("admin", &Method::PATCH, "/x");
        for number in 1..=MOST as u64 {
            assert_eq!(begin(), Ok(number));
        }
        assert_eq!(begin(), Err(Error::Busy));
        tasks.end(7, StatusCode::NO_CONTENT.into_response()).await;
        assert_eq!(begin(), Ok(MOST as u64 + 1));
        assert!(tasks.get("7").is_err() && tasks.get("8").is_ok());
        for wrong in ["0", "08", "x", "-1", ""] {
            assert!(tasks.get(wrong).is_err(), "{wrong}");
        }
        // Longer than is kept: no half answer.
        tasks.end(8, Response::new(Body::from(vec![b' '; LARGEST + 1]))).await;
        assert_eq!(tasks.get("8").unwrap().1.done.unwrap().status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}
