//! What happens to every request and every answer, in the order DSP0266 asks for:
//! authentication, then headers, then query, then the resource, then conditions on the answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::app::{App, Peer};
use super::auth::{Identity, Privilege};
use super::body;
use super::error::Error;
use super::etag;
use super::query::{Fetch, Query, tagged};
use super::resource::Resource;
use super::task;

/// Resources that can be read without authentication.
const PUBLIC: [&str; 4] = ["/redfish", "/redfish/v1", "/redfish/v1/odata", "/redfish/v1/$metadata"];
/// Where the OpenAPI document is for clients that look for it there; for everyone, as /openapi.json.
pub(crate) const OPENAPI_YAML: &str = "/redfish/v1/openapi.yaml";
/// Where a session is made, which needs no authentication either.
const LOGIN: [&str; 2] =
    ["/redfish/v1/SessionService/Sessions", "/redfish/v1/SessionService/Sessions/Members"];

/// What the pipeline knows.
#[derive(Clone)]
pub(crate) struct Pipeline {
    pub(crate) app: App,
    /// The routes without the pipeline, for expansion.
    pub(crate) routes: Router,
    /// The methods of each route, as the Allow header lists them.
    pub(crate) allow: Arc<BTreeMap<String, String>>,
    /// Time a request may take.
    pub(crate) timeout: Duration,
}

/// The pipeline as middleware of the routes.
pub(crate) async fn run(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    let head = request.method() == Method::HEAD;
    let uri = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map(|m| m.as_str().to_owned());
    let conditions = request.headers().get(header::IF_NONE_MATCH).cloned();
    let work = pipeline.handle(request, route.as_deref(), next);
    let mut response = match tokio::time::timeout(pipeline.timeout, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => failure(&error, &uri),
        Err(_) => failure(&Error::TimedOut, &uri),
    };
    if let Some(allow) = route.and_then(|r| pipeline.allow.get(&r)) {
        set(response.headers_mut(), header::ALLOW, allow);
    }
    // An unchanged resource is not sent again.
    if response.status() == StatusCode::OK
        && let (Some(asked), Some(tag)) = (conditions, response.headers().get(header::ETAG))
        && let (Ok(asked), Ok(tag)) = (asked.to_str(), tag.to_str())
        && etag::matches(asked, tag)
    {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    if head {
        // The length of what a GET would answer.
        if let Some(length) = axum::body::HttpBody::size_hint(response.body()).exact() {
            set(response.headers_mut(), header::CONTENT_LENGTH, &length.to_string());
        }
        *response.body_mut() = Body::empty();
    }
    let headers = response.headers_mut();
    set(headers, HeaderName::from_static("odata-version"), "4.0");
    set(headers, header::CACHE_CONTROL, "no-cache");
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    response
}

impl Pipeline {
    async fn handle(&self, request: Request, route: Option<&str>, next: Next) -> Result<Response, Error> {
        let mut request = body::buffered(request, self.app.body_limit).await;
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        if !public(&method, route) {
            let (headers, peer) = (request.headers().clone(), Peer::of(request.extensions()));
            let identity = self.identify(&headers, peer).await?;
            identity.require(Privilege::Login)?;
            if identity.change_required && !changes_password(&method, &path, &identity) {
                return Err(Error::PasswordChange(identity.user));
            }
            request.extensions_mut().insert(identity);
        }
        // Before any condition and any header: what a resource cannot do it cannot do under no circumstances.
        if let Some(allow) = route.and_then(|route| self.allow.get(route))
            && !allow.split(", ").any(|allowed| allowed == method.as_str())
        {
            return Err(Error::MethodNotAllowed);
        }
        headers(request.headers(), route)?;
        let query = Query::parse(request.uri().query().unwrap_or_default(), &method)?;
        request.extensions_mut().insert(self.app.gateway.snapshot());
        let fetch = Fetch { routes: self.routes.clone(), extensions: kept(&request) };

        if let (true, Some(identity)) = (writes(&method), request.extensions().get::<Identity>()) {
            let user = identity.user.clone();
            return self.write(request, &user, next).await;
        }
        let mut response = next.run(request).await;
        if let Some(error) = response.extensions_mut().remove::<Arc<Error>>() {
            return Ok(failure(&error, &path));
        }
        let Some(resource) = response.extensions_mut().remove::<Arc<Resource>>() else { return Ok(response) };
        let resource = query.apply(Arc::unwrap_or_clone(resource), &fetch).await?;
        success(tagged(resource))
    }

    /// A write, in a task of its own: a client that goes away does not stop it. One that does not want to wait, or has waited
    /// long enough, is told where the answer will be.
    async fn write(&self, request: Request, user: &str, next: Next) -> Result<Response, Error> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let tasks = &self.app.tasks;
        let preferred = task::preferred(request.headers());
        let mut number = if preferred { Some(tasks.begin(user, &method, &path)?) } else { None };
        let uri = path.clone();
        let mut writing = tokio::spawn(async move { finished(next.run(request).await, &uri) });
        if !preferred {
            if let Ok(done) = tokio::time::timeout(self.app.patience, &mut writing).await {
                return done.map_err(|e| Error::Internal(e.to_string()))?;
            }
            // With too many tasks this client waits on.
            number = tasks.begin(user, &method, &path).ok();
        }
        let app = Arc::clone(&self.app);
        let (path, ended) = (path.clone(), number);
        let kept = tokio::spawn(async move {
            let done = writing.await.map_err(|e| Error::Internal(e.to_string()));
            let response = done.and_then(|done| done).unwrap_or_else(|error| failure(&error, &path));
            match ended {
                Some(number) => {
                    app.tasks.end(number, response).await;
                    None
                }
                None => Some(response),
            }
        });
        match number {
            Some(number) => success(tagged(task::accepted(&self.app, number, preferred)?)),
            None => kept.await.ok().flatten().ok_or_else(|| Error::Internal("a write was lost".to_owned())),
        }
    }

    async fn identify(&self, headers: &HeaderMap, peer: Peer) -> Result<Identity, Error> {
        let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or_default());
        // A session token counts before Basic credentials, as DSP0266 asks.
        if let Some(token) = text("x-auth-token") {
            let digest = self.app.auth.digest(token);
            let identity = self.app.sessions.identify(&digest).ok_or(Error::Unauthenticated)?;
            // The account as it is now, not as it was at the login.
            let account = self.app.auth.usable(&identity.user).ok_or(Error::Unauthenticated)?;
            return Ok(Identity { role: account.role, change_required: account.change_required, ..identity });
        }
        match text("authorization") {
            Some(value) => self.app.auth.basic(value, peer.0).await,
            None => Err(Error::Unauthenticated),
        }
    }
}

fn writes(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PATCH | Method::DELETE | Method::PUT)
}

/// What a handler answered, in the form that the client gets.
fn finished(mut response: Response, path: &str) -> Result<Response, Error> {
    if let Some(error) = response.extensions_mut().remove::<Arc<Error>>() {
        return Ok(failure(&error, path));
    }
    match response.extensions_mut().remove::<Arc<Resource>>() {
        Some(resource) => success(tagged(Arc::unwrap_or_clone(resource))),
        None => Ok(response),
    }
}

fn public(method: &Method, route: Option<&str>) -> bool {
    let Some(route) = route else { return false };
    match *method {
        Method::GET | Method::HEAD => {
            PUBLIC.contains(&route)
                || [OPENAPI_YAML, super::monitor::HEALTH, super::monitor::READY].contains(&route)
        }
        Method::POST => LOGIN.contains(&route),
        _ => false,
    }
}

/// Whether an account that must change its password may do this: look at itself, change it, log out.
fn changes_password(method: &Method, path: &str, identity: &Identity) -> bool {
    let own = path.strip_prefix(super::uri::ACCOUNTS).and_then(|rest| rest.strip_prefix('/'));
    let session = path.strip_prefix(super::uri::SESSIONS).and_then(|rest| rest.strip_prefix('/'));
    match *method {
        Method::GET | Method::HEAD | Method::PATCH => {
            own.is_some_and(|id| super::query::decode(id) == identity.user)
        }
        Method::DELETE => session.is_some_and(|id| identity.session.is_some_and(|own| own.to_string() == id)),
        _ => false,
    }
}

/// What expansion needs of the request: who asks, and what the shelf looked like.
fn kept(request: &Request) -> axum::http::Extensions {
    let mut kept = axum::http::Extensions::new();
    if let Some(identity) = request.extensions().get::<Identity>() {
        kept.insert(identity.clone());
    }
    if let Some(snapshot) = request.extensions().get::<Arc<crate::gateway::Snapshot>>() {
        kept.insert(Arc::clone(snapshot));
    }
    kept
}

fn headers(headers: &HeaderMap, route: Option<&str>) -> Result<(), Error> {
    if headers.get("odata-version").is_some_and(|v| v != "4.0") {
        return Err(Error::Header("OData-Version", StatusCode::PRECONDITION_FAILED));
    }
    let offered: &[&str] = match route {
        Some("/redfish/v1/$metadata" | super::oem::CSDL | super::oem::grid_event::CSDL) => {
            &["application/xml"]
        }
        Some(super::monitor::METRICS | super::monitor::HEALTH | super::monitor::READY) => &["text/plain"],
        Some(super::uri::EVENT_STREAM) => &["text/event-stream"],
        Some(super::recording::ATTACHMENT) => &["text/csv"],
        Some(OPENAPI_YAML) => &["application/yaml", "application/json"],
        _ => &["application/json"],
    };
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok()).all(|v| {
        v.trim().is_empty()
            || v.split(',').any(|range| {
                let media = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
                let zero =
                    range.split(';').any(|p| matches!(p.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
                (media == "*/*" || offered.iter().any(|one| fits(&media, one))) && !zero
            })
    });
    if accepted { Ok(()) } else { Err(Error::Header("Accept", StatusCode::NOT_ACCEPTABLE)) }
}

/// Whether a media range without parameters covers a type.
fn fits(range: &str, offered: &str) -> bool {
    range == offered
        || range.strip_suffix('*').is_some_and(|major| major.ends_with('/') && offered.starts_with(major))
}

fn success(resource: Resource) -> Result<Response, Error> {
    let bytes = serde_json::to_vec(&resource.body).map_err(|e| Error::Internal(e.to_string()))?;
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = resource.status;
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, "application/json;charset=utf-8");
    set(headers, header::LINK, &format!("<{}>; rel=describedby", resource.schema.json_schema()));
    if let Some(tag) = resource.body["@odata.etag"].as_str() {
        set(headers, header::ETAG, tag);
    }
    for (name, value) in &resource.headers {
        set(headers, HeaderName::from_static(name), value);
    }
    Ok(response)
}

fn failure(error: &Error, uri: &str) -> Response {
    if let Error::Internal(cause) = error {
        tracing::error!(uri, cause, "redfish: request failed");
    }
    let mut response = Response::new(Body::from(error.body(uri).to_string()));
    *response.status_mut() = error.status();
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, "application/json;charset=utf-8");
    if *error == Error::Unauthenticated {
        set(headers, header::WWW_AUTHENTICATE, "Basic realm=\"Redfish\", charset=\"UTF-8\"");
    }
    if let Some(seconds) = error.retry_after() {
        set(headers, header::RETRY_AFTER, &seconds.to_string());
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    match HeaderValue::from_str(value) {
        Ok(value) => {
            headers.insert(name, value);
        }
        Err(_) => tracing::error!(%name, "redfish: a header value cannot be sent"),
    }
}
