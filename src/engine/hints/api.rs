//! The API for schedulers.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::{HintStore, Kept, StoreError};
use crate::engine::hint::{Hint, HintKind};
use crate::engine::record::file::rfc3339;

/// What is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// The job starts; the load rises.
    Start,
    /// The job ends; the load falls, and everything else that was said about it is over.
    End,
    /// The job repeats itself.
    Period,
    /// The job writes a checkpoint; the load is lower meanwhile.
    Checkpoint,
    /// The job's power is capped.
    Cap,
}

/// A hint: advice that may be wrong. It lifts no limit.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HintIn {
    /// The job; a later hint of the same kind about it replaces the earlier one.
    #[schema(example = "4711", max_length = 128)]
    job: String,
    /// What is announced.
    kind: Kind,
    /// Name of the gateway whose rack it is about, one that the engine has; all racks without it.
    #[schema(example = "shelf7.example:8443")]
    gateway: Option<String>,
    /// When, as a date and time (RFC 3339).
    #[schema(example = "2026-11-30T00:10:00Z")]
    at: Option<String>,
    /// When, in seconds from now; in place of `at`. Now, without either.
    #[schema(example = 5.0)]
    in_s: Option<f64>,
    /// `start`, `end`, `checkpoint`: by how much the load changes, in watts at the busbar of one rack, if known.
    /// `cap`: the largest power.
    #[schema(example = 6000.0)]
    power_w: Option<f64>,
    /// `period`: length of an iteration, 0.05 s to 600 s. `checkpoint`: how long it takes, up to an hour. In seconds.
    #[schema(example = 2.5)]
    length_s: Option<f64>,
}

/// A hint as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct HintOut {
    job: String,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway: Option<String>,
    /// When, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    power_w: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length_s: Option<f64>,
    /// When it was taken, UTC.
    taken: String,
}

/// What is kept.
#[derive(Debug, Serialize, ToSchema)]
struct HintList {
    hints: Vec<HintOut>,
}

/// How many hints were taken back.
#[derive(Debug, Serialize, ToSchema)]
struct TakenBack {
    taken_back: usize,
}

/// Why a request was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Refusal {
    /// One sentence: what is wrong, and what is wanted.
    pub(super) error: String,
}

/// A refusal with its status.
pub(super) struct ApiError(pub(super) StatusCode, pub(super) String);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.0, Json(Refusal { error: self.1 })).into_response()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::Full => StatusCode::INSUFFICIENT_STORAGE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let error = match error {
            // The fields of the kinds have one name here.
            StoreError::Figure { what, value, wanted } => {
                StoreError::Figure { what: field(what), value, wanted }
            }
            other => other,
        };
        Self(status, error.to_string())
    }
}

/// The field of a request that a figure of a hint comes from.
fn field(what: &'static str) -> &'static str {
    match what {
        "rise_w" | "fall_w" | "drop_w" | "cap_w" => "power_w",
        "period_s" | "duration_s" => "length_s",
        other => other,
    }
}

impl HintIn {
    fn hint(self, store: &HintStore) -> Result<(Option<String>, Hint), ApiError> {
        let bad = |text: String| ApiError(StatusCode::UNPROCESSABLE_ENTITY, text);
        let needs =
            |name: &str| bad(format!("{name}: a hint of the kind {:?} needs it", self.kind).to_lowercase());
        let clock = store.clock();
        let at_s = match (&self.at, self.in_s) {
            (Some(_), Some(_)) => return Err(bad("at and in_s: one of them".to_owned())),
            (Some(at), None) => {
                let wrong = |_| bad("at: wants a date and time such as 2026-11-30T00:10:00Z".to_owned());
                let at = OffsetDateTime::parse(at, &Rfc3339).map_err(wrong)?;
                clock.of_unix_s(at.unix_timestamp_nanos() as f64 / 1e9)
            }
            (None, in_s) => clock.now_s() + in_s.unwrap_or(0.0),
        };
        let unused = match self.kind {
            Kind::Start | Kind::End | Kind::Cap if self.length_s.is_some() => Some("length_s"),
            Kind::Period if self.power_w.is_some() => Some("power_w"),
            Kind::Period if self.at.is_some() || self.in_s.is_some() => Some("at and in_s"),
            _ => None,
        };
        if let Some(name) = unused {
            return Err(bad(format!("{name}: a hint of this kind has none")));
        }
        let power = self.power_w;
        let kind = match self.kind {
            Kind::Start => HintKind::Start { at_s, rise_w: power },
            Kind::End => HintKind::End { at_s, fall_w: power },
            Kind::Period => HintKind::Period { period_s: self.length_s.ok_or_else(|| needs("length_s"))? },
            Kind::Checkpoint => {
                let duration_s = self.length_s.ok_or_else(|| needs("length_s"))?;
                HintKind::Checkpoint { at_s, duration_s, drop_w: power }
            }
            Kind::Cap => HintKind::Cap { at_s, cap_w: power.ok_or_else(|| needs("power_w"))? },
        };
        Ok((self.gateway, Hint { job: self.job, kind }))
    }
}

impl HintOut {
    fn of(kept: Kept, store: &HintStore) -> Self {
        let clock = store.clock();
        let (kind, at_s, power_w, length_s) = match kept.hint.kind {
            HintKind::Start { at_s, rise_w } => (Kind::Start, Some(at_s), rise_w, None),
            HintKind::End { at_s, fall_w } => (Kind::End, Some(at_s), fall_w, None),
            HintKind::Period { period_s } => (Kind::Period, None, None, Some(period_s)),
            HintKind::Checkpoint { at_s, duration_s, drop_w } => {
                (Kind::Checkpoint, Some(at_s), drop_w, Some(duration_s))
            }
            HintKind::Cap { at_s, cap_w } => (Kind::Cap, Some(at_s), Some(cap_w), None),
        };
        Self {
            job: kept.hint.job,
            kind,
            gateway: kept.gateway,
            at: at_s.map(|at_s| rfc3339(clock.wall(at_s))),
            power_w,
            length_s,
            taken: rfc3339(clock.wall(kept.taken_s)),
        }
    }
}

/// Announces something about a job.
#[utoipa::path(
    post,
    path = "/v1/hints",
    tag = "Hints",
    request_body = HintIn,
    responses(
        (status = 201, description = "It is kept.", body = HintOut),
        (status = 400, description = "The body is no JSON.", body = Refusal),
        (status = 401, description = "The bearer token is missing or another one.", body = Refusal),
        (status = 408, description = "The request did not come in time.", body = Refusal),
        (status = 413, description = "The body has more than 16 KiB.", body = Refusal),
        (status = 415, description = "The body is not said to be `application/json`.", body = Refusal),
        (status = 422, description = "A name, time or figure cannot be, or the engine has no such gateway.", body = Refusal),
        (status = 503, description = "Too many requests at once.", body = Refusal),
        (status = 507, description = "There is no room for more.", body = Refusal),
    )
)]
async fn announce(
    State(store): State<HintStore>,
    body: Result<Json<HintIn>, JsonRejection>,
) -> Result<(StatusCode, Json<HintOut>), ApiError> {
    let Json(body) = body.map_err(|e| ApiError(e.status(), e.body_text()))?;
    let (gateway, hint) = body.hint(&store)?;
    let kept = store.take(gateway, hint)?;
    Ok((StatusCode::CREATED, Json(HintOut::of(kept, &store))))
}

/// What is kept now.
#[utoipa::path(
    get,
    path = "/v1/hints",
    tag = "Hints",
    responses(
        (status = 200, description = "The hints that may still matter.", body = HintList),
        (status = 401, description = "The bearer token is missing or another one.", body = Refusal),
        (status = 408, description = "The request did not come in time.", body = Refusal),
        (status = 503, description = "Too many requests at once.", body = Refusal),
    )
)]
async fn list(State(store): State<HintStore>) -> Json<HintList> {
    Json(HintList { hints: store.list().into_iter().map(|kept| HintOut::of(kept, &store)).collect() })
}

/// Which hints about a job.
#[derive(Debug, Deserialize)]
// A name that was spelled wrong would take back more than was meant.
#[serde(deny_unknown_fields)]
struct Which {
    gateway: Option<String>,
}

/// Takes back the hints about a job: all of them, or with `gateway` those alone that name it.
#[utoipa::path(
    delete,
    path = "/v1/hints/{job}",
    tag = "Hints",
    params(
        ("job" = String, Path, description = "The job."),
        ("gateway" = Option<String>, Query, description = "Only hints that name this gateway; those for all racks, and for \
            others, stay. Without it all hints about the job go."),
    ),
    responses(
        (status = 200, description = "They are gone.", body = TakenBack),
        (status = 400, description = "The path or the query cannot be read, or the query has another parameter.", body = Refusal),
        (status = 401, description = "The bearer token is missing or another one.", body = Refusal),
        (status = 408, description = "The request did not come in time.", body = Refusal),
        (status = 422, description = "The engine has no such gateway.", body = Refusal),
        (status = 503, description = "Too many requests at once.", body = Refusal),
    )
)]
async fn take_back(
    State(store): State<HintStore>,
    job: Result<Path<String>, PathRejection>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<TakenBack>, ApiError> {
    let Path(job) = job.map_err(|e| ApiError(e.status(), e.body_text()))?;
    let Query(which) = which.map_err(|e| ApiError(e.status(), e.body_text()))?;
    Ok(Json(TakenBack { taken_back: store.take_back(&job, which.gateway.as_deref())? }))
}

/// The bearer token in the document.
struct Token;

impl Modify for Token {
    fn modify(&self, api: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("Wanted if the engine was started with a token; always beyond loopback."))
            .build();
        api.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "DPO Engine, hints",
        description = "By this a scheduler tells the DPO Engine what the meter cannot know yet: jobs that start and end, \
            their period, checkpoints, caps. A hint is advice: a wrong one costs skill, and never lifts a limit."
    ),
    security((), ("token" = [])),
    modifiers(&Token)
)]
struct Document;

fn routes() -> OpenApiRouter<HintStore> {
    OpenApiRouter::with_openapi(<Document as utoipa::OpenApi>::openapi())
        .routes(routes!(announce, list))
        .routes(routes!(take_back))
}

/// The OpenAPI 3.1 document of the API.
pub fn openapi() -> OpenApi {
    routes().split_for_parts().1
}

/// The document as `openapi/engine.json` holds it and the server gives it.
///
/// # Errors
/// Only if the document cannot be written as JSON, which would be a fault of this crate.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&openapi())?;
    text.push('\n');
    Ok(text)
}

/// The API without its guard.
pub(super) fn router(store: HintStore) -> Router {
    let (routes, api) = routes().split_for_parts();
    routes
        .route("/openapi.json", axum::routing::get(move || std::future::ready(Json(api.clone()))))
        .fallback(|| async {
            ApiError(StatusCode::NOT_FOUND, "no such path; /openapi.json tells what there is".into())
        })
        .with_state(store)
}
