//! The Redfish service, its OpenAPI pages, and a page for operators.
//!
//! Reads are answered from the newest [`Snapshot`](crate::gateway::Snapshot) and never wait on a bus.
//! Writes go through the lease gate of the [`Gateway`] and are answered with what the devices then hold.
//!
//! A request passes `pipeline` (authentication, headers, query), one handler of a resource family, and
//! the pipeline again (entity tag, expansion, headers, errors). [`serve`] adds TLS and limits.
//!
//! The tree follows DMTF's schema bundle 2025.4; `schema` lists the versions.

mod account_service;
mod accounts;
mod app;
mod auth;
mod battery;
mod body;
mod certificate;
mod chassis;
mod circuit;
mod config;
mod control;
mod error;
mod etag;
mod event;
mod excerpt;
mod file;
mod filter;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod json_schema;
mod labels;
mod log;
mod manager;
mod merge;
mod message;
mod meter;
mod monitor;
mod network;
mod ntp;
mod oem;
mod openapi;
mod page;
mod pipeline;
mod plain;
mod power_cycle;
mod power_equipment;
mod power_supply;
mod privilege_map;
mod quantity;
mod query;
mod recording;
mod registry;
mod resource;
mod root;
mod schema;
mod select;
mod sensor;
mod server;
mod session_service;
mod sessions;
mod shown;
mod status;
mod store;
mod task;
mod telemetry;
mod thermal;
mod time;
mod tls;
mod trigger;
mod update;
mod uri;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio_util::sync::CancellationToken;
use tower_http::normalize_path::NormalizePath;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

pub use config::{
    Account, EventConfig, Feed, Live, RedfishConfig, Role, ShelfIdentity, StartError, Transport,
};
pub use event::push::address::Network;
pub use server::serve;
pub use store::keeps_accounts;

use crate::gateway::Gateway;

/// Where the OpenAPI document is served.
pub const OPENAPI_PATH: &str = "/openapi.json";
/// Where the OpenAPI pages are served.
pub const DOCS_PATH: &str = "/docs";

fn routes() -> OpenApiRouter<app::App> {
    #[derive(utoipa::OpenApi)]
    #[openapi(components(schemas(message::ErrorBody)))]
    struct Shared;

    OpenApiRouter::with_openapi(<Shared as utoipa::OpenApi>::openapi())
        .merge(root::routes())
        .merge(session_service::routes())
        .merge(account_service::routes())
        .merge(privilege_map::routes())
        .merge(chassis::routes())
        .merge(power_supply::routes())
        .merge(power_cycle::routes())
        .merge(battery::routes())
        .merge(sensor::routes())
        .merge(control::routes())
        .merge(power_equipment::routes())
        .merge(circuit::routes())
        .merge(thermal::routes())
        .merge(network::routes())
        .merge(certificate::routes())
        .merge(update::routes())
        .merge(manager::routes())
        .merge(recording::routes())
        .merge(oem::routes())
        .merge(event::routes())
        .merge(telemetry::routes())
        .merge(trigger::routes())
        .merge(monitor::routes())
        .merge(registry::routes())
        .merge(json_schema::routes())
        .merge(task::routes())
}

/// The OpenAPI 3.1 document of the service.
pub fn openapi() -> OpenApi {
    openapi::complete(routes().split_for_parts().1)
}

/// The OpenAPI document as the service emits it and `openapi/gateway.json` holds it.
///
/// # Errors
/// Only if the document cannot be written as JSON, which would be a fault of this crate.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&openapi())?;
    text.push('\n');
    Ok(text)
}

/// The service as a router, without TLS and connection limits; [`serve`] adds them.
///
/// Hashes the passwords of the configuration, which takes some tens of milliseconds each.
///
/// # Errors
/// [`StartError`] for a configuration that cannot be used.
///
/// Must be called inside a tokio runtime: events are delivered by tasks, which end with the gateway.
pub fn router(gateway: Gateway, config: &RedfishConfig) -> Result<Router, StartError> {
    assemble(gateway, config, Reach::default(), CancellationToken::new())
}

/// How the service is reached, as the server knows.
#[derive(Default)]
struct Reach {
    address: Option<std::net::SocketAddr>,
    tls: Option<Arc<tls::Tls>>,
    /// What is kept, if it was opened already.
    store: Option<store::Store>,
    /// Fires when the last event is in the log.
    logged: CancellationToken,
}

/// The router; deliveries of events end when `stop` fires, too.
fn assemble(
    gateway: Gateway,
    config: &RedfishConfig,
    reach: Reach,
    stop: CancellationToken,
) -> Result<Router, StartError> {
    let app = app::Service::new(gateway, config, reach, stop)?;
    app.resume();
    let (routes, api) = routes().split_for_parts();
    let mut allow = openapi::allow(&api);
    allow.insert(pipeline::OPENAPI_YAML.to_owned(), "GET, HEAD".to_owned());
    let allow = allow.into_iter().filter_map(|(route, methods)| {
        axum::http::HeaderValue::try_from(methods).ok().map(|methods| (route, methods))
    });
    let allow = Arc::new(allow.collect());
    let api = openapi::complete(api);
    // JSON is YAML too.
    let yaml = axum::body::Bytes::from(
        serde_json::to_vec(&api).map_err(|e| StartError::Config(format!("OpenAPI document: {e}")))?,
    );
    let routes: Router = routes
        .route(
            pipeline::OPENAPI_YAML,
            get(async move || ([(header::CONTENT_TYPE, "application/yaml;charset=utf-8")], yaml.clone())),
        )
        .fallback(|| async { error::Error::NotFound })
        .method_not_allowed_fallback(|| async { error::Error::MethodNotAllowed })
        .with_state(Arc::clone(&app));
    let pipeline = pipeline::Pipeline { app, routes: routes.clone(), allow, timeout: config.request_timeout };
    let service = routes.layer(from_fn_with_state(pipeline, pipeline::run));
    // The pages need no login: they show what the service can do, not what the shelf does.
    let pages = SwaggerUi::new(DOCS_PATH).url(OPENAPI_PATH, api);
    // A trailing slash makes no difference to Redfish; it does to the pages, which stay outside.
    Ok(Router::new()
        .merge(page::routes())
        .merge(pages)
        .fallback_service(NormalizePath::trim_trailing_slash(service)))
}
