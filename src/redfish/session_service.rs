//! Login and logout (DSP0266, "Redfish session login authentication").

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use zeroize::Zeroizing;

use super::app::{App, Peer};
use super::auth::{Identity, Privilege, hex, random};
use super::error::{Error, Fault};
use super::etag;
use super::message::password_change;
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::sessions::Session as Open;
use super::status::Status;
use super::time::rfc3339;
use super::{body, schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service))
        .routes(routes!(sessions, login))
        .routes(routes!(login_members))
        .routes(routes!(session, logout))
}

/// The session service.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct SessionService {
    #[serde(flatten)]
    head: Head,
    service_enabled: bool,
    /// Seconds without a request after which a session ends.
    session_timeout: u64,
    status: Status,
    sessions: Link,
}

/// A login session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Session {
    #[serde(flatten)]
    head: Head,
    user_name: String,
    /// Always null.
    #[schema(value_type = Option<String>)]
    password: (),
    session_type: &'static str,
    created_time: String,
    #[serde(rename = "ClientOriginIPAddress")]
    client_origin_ip_address: String,
    roles: [&'static str; 1],
}

/// The body of a login.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct Login {
    #[schema(example = "admin")]
    user_name: String,
    #[schema(format = Password)]
    password: String,
}

fn at(id: u64) -> String {
    format!("{}/{id}", uri::SESSIONS)
}

fn resource(session: &Open) -> Answer {
    Resource::new(
        &schema::SESSION,
        &Session {
            head: Head::new(&schema::SESSION, &at(session.id), format!("Session of {}", session.user)),
            user_name: session.user.clone(),
            password: (),
            session_type: "Redfish",
            created_time: rfc3339(session.created),
            client_origin_ip_address: session.peer.to_string(),
            roles: [session.role.id()],
        },
    )
}

/// The session service.
#[utoipa::path(
    get,
    path = "/redfish/v1/SessionService",
    tag = "Sessions",
    responses((status = 200, description = "The session service.", body = SessionService))
)]
async fn service(State(app): State<App>) -> Answer {
    Resource::new(
        &schema::SESSION_SERVICE,
        &SessionService {
            head: Head::new(&schema::SESSION_SERVICE, uri::SESSION_SERVICE, "Session service"),
            service_enabled: true,
            session_timeout: app.sessions.timeout().as_secs(),
            status: Status::ok(),
            sessions: link(uri::SESSIONS),
        },
    )
}

/// The sessions that are open.
#[utoipa::path(
    get,
    path = "/redfish/v1/SessionService/Sessions",
    tag = "Sessions",
    responses((status = 200, description = "The sessions.", body = Collection))
)]
async fn sessions(State(app): State<App>) -> Answer {
    let ids = app.sessions.list().into_iter().map(|s| s.id.to_string());
    collection(&schema::SESSIONS, uri::SESSIONS, "Sessions", ids)
}

/// Logs in: opens a session.
#[utoipa::path(
    post,
    path = "/redfish/v1/SessionService/Sessions",
    tag = "Sessions",
    security(()),
    request_body = Login,
    responses((
        status = 201,
        description = "The session.",
        body = Session,
        headers(
            ("X-Auth-Token" = String, description = "Token to send with each request."),
            ("Location" = String, description = "URI of the session; delete it to log out."),
        )
    ))
)]
async fn login(State(app): State<App>, peer: Peer, request: Request) -> Answer {
    open(&app, peer, request).await
}

/// Logs in: the form of the request that names the members of the collection.
#[utoipa::path(
    post,
    path = "/redfish/v1/SessionService/Sessions/Members",
    tag = "Sessions",
    security(()),
    request_body = Login,
    responses((
        status = 201,
        description = "The session.",
        body = Session,
        headers(
            ("X-Auth-Token" = String, description = "Token to send with each request."),
            ("Location" = String, description = "URI of the session; delete it to log out."),
        )
    ))
)]
async fn login_members(State(app): State<App>, peer: Peer, request: Request) -> Answer {
    open(&app, peer, request).await
}

async fn open(app: &App, peer: Peer, request: Request) -> Answer {
    let (user, password) = credentials(body::read(request, app.body_limit).await?)?;
    let identity = app.auth.password(&user, &password, peer.0).await?;
    let mut secret = Zeroizing::new([0u8; 32]);
    random(secret.as_mut_slice()).map_err(|e| Error::Internal(e.to_string()))?;
    let token = hex(secret.as_slice());
    let session = app.sessions.open(app.auth.digest(&token), &identity, peer.0)?;
    tracing::info!(user = identity.user, session = session.id, peer = %peer.0, "redfish: session opened");
    let mut resource = resource(&session)?;
    if identity.change_required {
        let told = serde_json::to_value([password_change(&identity.user)]);
        resource.body["@Message.ExtendedInfo"] = told.map_err(|e| Error::Internal(e.to_string()))?;
    }
    resource.status = StatusCode::CREATED;
    resource.headers.push(("x-auth-token", token.to_string()));
    resource.headers.push(("location", at(session.id)));
    Ok(resource)
}

/// User name and password of a login; the password is wiped after use.
fn credentials(properties: body::Properties) -> Result<(String, Zeroizing<String>), Error> {
    let (mut user, mut password) = (None, None);
    let mut faults = Vec::new();
    for (name, value) in properties {
        match (name.as_str(), value) {
            ("UserName", Value::String(text)) => user = Some(text),
            ("Password", Value::String(text)) => password = Some(Zeroizing::new(text)),
            // The value is not repeated: it may be a password in the wrong form.
            ("UserName" | "Password", _) => faults.push((name, Fault::Type(Value::from("(not shown)")))),
            _ => faults.push((name, Fault::Unknown)),
        }
    }
    for (name, missing) in [("UserName", user.is_none()), ("Password", password.is_none())] {
        if missing && !faults.iter().any(|(n, _)| n == name) {
            faults.push((name.to_owned(), Fault::Missing));
        }
    }
    match (user, password) {
        (Some(user), Some(password)) if faults.is_empty() => Ok((user, password)),
        _ => Err(Error::Properties(faults)),
    }
}

fn find(app: &App, id: &str) -> Result<Open, Error> {
    // Only the one way to write the number: an identifier is the last segment of its URI.
    let number: u64 = id.parse().map_err(|_| Error::NotFound)?;
    app.sessions.get(number).filter(|s| s.id.to_string() == id).ok_or(Error::NotFound)
}

/// One session. One's own, or any with the privilege ConfigureManager.
#[utoipa::path(
    get,
    path = "/redfish/v1/SessionService/Sessions/{session}",
    tag = "Sessions",
    params(("session" = String, Path, description = "Identifier.")),
    responses((status = 200, description = "The session.", body = Session))
)]
async fn session(State(app): State<App>, identity: Identity, Path(id): Path<String>) -> Answer {
    let open = find(&app, &id)?;
    permit(&identity, &open)?;
    resource(&open)
}

fn permit(identity: &Identity, open: &Open) -> Result<(), Error> {
    let own = open.user == identity.user;
    identity.require(if own { Privilege::ConfigureSelf } else { Privilege::ConfigureManager })
}

/// Logs out: ends a session. One's own, or any with the privilege ConfigureManager.
#[utoipa::path(
    delete,
    path = "/redfish/v1/SessionService/Sessions/{session}",
    tag = "Sessions",
    params(("session" = String, Path, description = "Identifier.")),
    responses((status = 204, description = "The session has ended."))
)]
async fn logout(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Error> {
    let open = find(&app, &id)?;
    permit(&identity, &open)?;
    if let Some(condition) = request.headers().get(header::IF_MATCH) {
        let now = resource(&open)?;
        if !etag::matches(condition.to_str().unwrap_or_default(), &etag::of(&now.body, now.writes)) {
            return Err(Error::Precondition);
        }
    }
    app.sessions.close(open.id);
    tracing::info!(user = identity.user, session = open.id, "redfish: session closed");
    Ok(StatusCode::NO_CONTENT)
}
