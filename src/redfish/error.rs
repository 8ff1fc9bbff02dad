//! What a request can fail with, apart from how HTTP says it.
//!
//! Handlers return [`Error`]. The pipeline turns it into a status and a Redfish error body with
//! messages of the Base registry ([`super::message`]); what only the operator should know goes to the log.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::gateway::GateError;

/// A property of a request body that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// The resource has no such property.
    Unknown,
    /// The property is read-only.
    ReadOnly,
    /// The property was given twice.
    Duplicate,
    /// The value has the wrong JSON type; the value.
    Type(Value),
    /// The value is not one of the allowed words; the value.
    NotInList(Value),
    /// The value is outside its limits; the value and the limits in words.
    OutOfRange(Value, String),
    /// The value cannot be taken for another reason; the value and the reason in words.
    Refused(Value, String),
    /// The property must be given.
    Missing,
    /// The value does not go with that of another property; the other's name.
    Conflict(&'static str),
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Error {
    #[error("no such resource")]
    NotFound,
    #[error("method not allowed")]
    MethodNotAllowed,
    #[error("not authenticated")]
    Unauthenticated,
    #[error("role may not do this")]
    Forbidden,
    #[error("all sessions are in use")]
    SessionLimit,
    #[error("all event streams or subscriptions are in use")]
    StreamLimit,
    #[error("there are as many triggers as can be")]
    TriggerLimit,
    #[error("too many logins are being checked")]
    Busy,
    #[error("the password must be changed first")]
    PasswordChange(String),
    #[error("there is an account of this name: {0}")]
    Exists(String),
    #[error("nobody would be left to administrate")]
    LastAdministrator,
    #[error("the task still runs")]
    Running,
    #[error("entity tag does not match")]
    Precondition,
    #[error("header {0} is not supported with this value")]
    Header(&'static str, StatusCode),
    #[error("query parameter {0} is not supported")]
    QueryUnsupported(String),
    #[error("query parameter {0} is not valid")]
    QueryInvalid(String),
    #[error("query parameter is for reads only")]
    QueryOnOperation,
    #[error("query parameter only is for collections")]
    QueryOnResource,
    #[error("request body is too large")]
    TooLarge,
    #[error("request took too long")]
    TimedOut,
    #[error("malformed JSON")]
    MalformedJson,
    #[error("request body is not an object")]
    NotAnObject,
    #[error("request body is empty")]
    EmptyBody,
    #[error("request body holds nothing to act upon")]
    NoOperation,
    #[error("properties cannot be taken: {0:?}")]
    Properties(Vec<(String, Fault)>),
    #[error("parameters of {0} cannot be taken: {1:?}")]
    Parameters(&'static str, Vec<(String, Fault)>),
    #[error("gate: {source}")]
    Gate { property: &'static str, value: Value, source: GateError },
    #[error("gate: {source}")]
    Action { action: &'static str, source: GateError },
    /// Something in this service; the text is for the log.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// One property cannot be taken.
    pub(crate) fn property(name: &str, fault: Fault) -> Self {
        Self::Properties(vec![(name.to_owned(), fault)])
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::PasswordChange(_) => StatusCode::FORBIDDEN,
            Self::Exists(_) | Self::LastAdministrator | Self::Running => StatusCode::CONFLICT,
            Self::SessionLimit | Self::StreamLimit | Self::TriggerLimit | Self::Busy => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Precondition => StatusCode::PRECONDITION_FAILED,
            Self::Header(_, status) => *status,
            Self::QueryUnsupported(_) => StatusCode::NOT_IMPLEMENTED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::QueryInvalid(_)
            | Self::QueryOnOperation
            | Self::QueryOnResource
            | Self::MalformedJson
            | Self::NotAnObject
            | Self::EmptyBody
            | Self::NoOperation
            | Self::Properties(_)
            | Self::Parameters(..) => StatusCode::BAD_REQUEST,
            Self::Gate { source, .. } | Self::Action { source, .. } => match source {
                GateError::NoLease | GateError::HeldByOther { .. } | GateError::State { .. } => {
                    StatusCode::CONFLICT
                }
                GateError::OutOfRange { .. } | GateError::VoltageOutOfRange { .. } => StatusCode::BAD_REQUEST,
                // The lease duration is this service's own configuration.
                GateError::Duration { .. } => StatusCode::INTERNAL_SERVER_ERROR,
                GateError::Device { .. } | GateError::Stopped => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Seconds after which it makes sense to ask again.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Busy => Some(1),
            Self::SessionLimit | Self::StreamLimit => Some(60),
            Self::Gate { source: GateError::HeldByOther { remaining, .. }, .. }
            | Self::Action { source: GateError::HeldByOther { remaining, .. }, .. } => {
                Some(remaining.as_secs().saturating_add(1))
            }
            Self::Gate { source: GateError::Device { .. }, .. } => Some(5),
            _ => None,
        }
    }
}

/// Carries the error to the pipeline, which writes status, headers and body.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
