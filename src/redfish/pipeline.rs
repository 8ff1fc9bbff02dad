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

/// Headers of every answer.
const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (HeaderName::from_static("odata-version"), HeaderValue::from_static("4.0")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
];

/// What the pipeline knows.
#[derive(Clone)]
pub(crate) struct Pipeline {
    pub(crate) app: App,
    /// The routes without the pipeline, for expansion.
    pub(crate) routes: Router,
    /// The methods of each route, as the Allow header lists them.
    pub(crate) allow: Arc<BTreeMap<String, HeaderValue>>,
    /// Time a request may take.
    pub(crate) timeout: Duration,
}

/// The pipeline as middleware of the routes.
pub(crate) async fn run(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    let head = request.method() == Method::HEAD;
    let uri = request.uri().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let conditions = request.headers().get(header::IF_NONE_MATCH).cloned();
    let work = pipeline.handle(request, route, next);
    let mut response = match tokio::time::timeout(pipeline.timeout, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => failure(&error, uri.path()),
        Err(_) => failure(&Error::TimedOut, uri.path()),
    };
    if let Some(allow) = route.and_then(|r| pipeline.allow.get(r)) {
        response.headers_mut().insert(header::ALLOW, allow.clone());
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
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    response
}

impl Pipeline {
    async fn handle(&self, request: Request, route: Option<&str>, next: Next) -> Result<Response, Error> {
        let mut request = body::buffered(request, self.app.body_limit).await;
        let method = request.method().clone();
        let uri = request.uri().clone();
        let path = uri.path();
        if !public(&method, route) {
            let given = Given::of(&request);
            let identity = self.identify(given).await?;
            identity.require(Privilege::Login)?;
            if identity.change_required && !changes_password(&method, path, &identity) {
                return Err(Error::PasswordChange(identity.user));
            }
            request.extensions_mut().insert(identity);
        }
        // Before any condition and any header: what a resource cannot do it cannot do under no circumstances.
        if let Some(allow) = route.and_then(|route| self.allow.get(route))
            && !allow.to_str().is_ok_and(|allow| allow.split(", ").any(|allowed| allowed == method.as_str()))
        {
            return Err(Error::MethodNotAllowed);
        }
        headers(request.headers(), route)?;
        let query = Query::parse(uri.query().unwrap_or_default(), &method)?;
        let (snapshot, written) = (self.app.gateway.snapshot(), self.app.shown.writes());
        // The whole of a resource, as it was made for somebody else of the same snapshot.
        let whole = uri.query().is_none() && matches!(method, Method::GET | Method::HEAD);
        if whole && let Some(response) = self.app.shown.find(path, &snapshot) {
            return Ok(response);
        }
        request.extensions_mut().insert(Arc::clone(&snapshot));

        if let (true, Some(identity)) = (writes(&method), request.extensions().get::<Identity>()) {
            let user = identity.user.clone();
            return self.write(request, &user, next).await;
        }
        let kept = kept(&request);
        let mut response = next.run(request).await;
        if let Some(error) = response.extensions_mut().remove::<Arc<Error>>() {
            return Ok(failure(&error, path));
        }
        let Some(resource) = response.extensions_mut().remove::<Arc<Resource>>() else { return Ok(response) };
        let resource = Arc::unwrap_or_clone(resource);
        if whole && resource.of_snapshot {
            let resource = tagged(resource);
            let bytes = serde_json::to_vec(&resource.body).map_err(|e| Error::Internal(e.to_string()))?;
            let made = self.app.shown.keep(path, (&snapshot, written), (&resource, bytes));
            return made.map_or_else(|| success(resource), Ok);
        }
        let fetch = Fetch { routes: self.routes.clone(), extensions: kept };
        success(tagged(query.apply(resource, &fetch).await?))
    }

    /// A write, in a task of its own: a client that goes away does not stop it. One that does not want to wait, or has waited
    /// long enough, is told where the answer will be.
    async fn write(&self, mut request: Request, user: &str, next: Next) -> Result<Response, Error> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let tasks = &self.app.tasks;
        let preferred = task::preferred(request.headers());
        let mut number = if preferred { Some(tasks.begin(user, &method, &path)?) } else { None };
        let uri = path.clone();
        let goes_on = task::GoesOn::default();
        request.extensions_mut().insert(goes_on.clone());
        let mut writing = tokio::spawn(async move { finished(next.run(request).await, &uri) });
        if !preferred {
            tokio::select! {
                done = &mut writing => return done.map_err(|e| Error::Internal(e.to_string()))?,
                () = goes_on.said() => {}
                () = tokio::time::sleep(self.app.patience) => {}
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

    async fn identify(&self, given: Given) -> Result<Identity, Error> {
        // A session token counts before Basic credentials, as DSP0266 asks.
        if let Some(token) = given.token {
            let digest = self.app.auth.digest(token.to_str().unwrap_or_default());
            let identity = self.app.sessions.identify(&digest).ok_or(Error::Unauthenticated)?;
            // The account as it is now, not as it was at the login.
            let standing = self.app.auth.standing(&identity.user).ok_or(Error::Unauthenticated)?;
            return Ok(Identity { role: standing.0, change_required: standing.1, ..identity });
        }
        match given.basic {
            Some(value) => self.app.auth.basic(value.to_str().unwrap_or_default(), given.peer.0).await,
            None => Err(Error::Unauthenticated),
        }
    }
}

/// What a request gives to tell who sent it.
struct Given {
    token: Option<HeaderValue>,
    basic: Option<HeaderValue>,
    peer: Peer,
}

impl Given {
    fn of(request: &Request) -> Self {
        let header = |name: &str| request.headers().get(name).cloned();
        Self {
            token: header("x-auth-token"),
            basic: header("authorization"),
            peer: Peer::of(request.extensions()),
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
    set(headers, header::LINK, &resource.described_by());
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
