//! The page for operators, at `/`: files that are part of the program, without login and without a build step.
//!
//! They hold nothing of the shelf. The page reads that over Redfish, as any client, with the session of its user; so
//! it stays outside of Redfish's pipeline and has headers of its own.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ring::digest;

use super::auth::hex;
use super::etag;

/// What the browser may do: load from here, and nothing else. A script or a style inside a document does not run, and a
/// form that a script did not take over sends nothing, so that no password gets into an address.
const POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
const SECURITY: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

const SCRIPT: &str = "text/javascript;charset=utf-8";

/// Path, media type and content of each file.
static FILES: &[(&str, &str, &str)] = &[
    ("/", "text/html;charset=utf-8", include_str!("index.html")),
    ("/page/style.css", "text/css;charset=utf-8", include_str!("style.css")),
    ("/page/icon.svg", "image/svg+xml", include_str!("icon.svg")),
    ("/page/charts.js", SCRIPT, include_str!("js/charts.js")),
    ("/page/dom.js", SCRIPT, include_str!("js/dom.js")),
    ("/page/limit.js", SCRIPT, include_str!("js/limit.js")),
    ("/page/log.js", SCRIPT, include_str!("js/log.js")),
    ("/page/main.js", SCRIPT, include_str!("js/main.js")),
    ("/page/plot.js", SCRIPT, include_str!("js/plot.js")),
    ("/page/redfish.js", SCRIPT, include_str!("js/redfish.js")),
    ("/page/replay.js", SCRIPT, include_str!("js/replay.js")),
    ("/page/ring.js", SCRIPT, include_str!("js/ring.js")),
    ("/page/shelf.js", SCRIPT, include_str!("js/shelf.js")),
    ("/page/state.js", SCRIPT, include_str!("js/state.js")),
    ("/page/stream.js", SCRIPT, include_str!("js/stream.js")),
];

/// The files of the page as routes, for GET and HEAD.
pub(crate) fn routes() -> Router {
    let mut router = Router::new();
    for (path, media, content) in FILES {
        let hash = digest::digest(&digest::SHA256, content.as_bytes());
        let tag: Arc<str> = format!("\"{}\"", hex(hash.as_ref()).as_str()).into();
        router = router
            .route(path, get(move |headers: HeaderMap| async move { file(&headers, media, &tag, content) }));
    }
    router
        .route("/page/{*other}", get(|| async { (StatusCode::NOT_FOUND, "There is no such file.\n") }))
        .layer(map_response(secure))
}

fn file(headers: &HeaderMap, media: &'static str, tag: &str, content: &'static str) -> Response {
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    // Asked for anew each time, and sent only if it is another one: a new version of the program shows at once.
    let common = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache")];
    if asked.is_some_and(|asked| etag::matches(asked, tag)) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(header::CONTENT_TYPE, media)], Body::from(content)).into_response()
}

async fn secure(mut response: Response) -> Response {
    for (name, value) in SECURITY {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
