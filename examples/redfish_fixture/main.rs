//! Serves Redfish for a shelf whose data is made up.
//!
//! It shows how to embed the service: a [`Gateway`] handle with somebody at its other end (here a small
//! task in place of the real gateway), a configuration, a listener, a token to stop. No device and no
//! physics are behind it: readings stay as they are written in `shelf.rs`, and setpoints are taken as if
//! the devices had confirmed them.
//!
//! ```text
//! cargo run --example redfish_fixture -- 127.0.0.1:8443
//! cargo run --example redfish_fixture -- 127.0.0.1:8080 --insecure-http
//! ```
//! User `admin`, password from `DPO_ADMIN_PASSWORD`.
#![allow(clippy::print_stdout)]

mod shelf;

use dpo_gateway::gateway::Gateway;
use dpo_gateway::redfish::{DOCS_PATH, RedfishConfig, Transport, serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut address = "127.0.0.1:8443".to_owned();
    let password = std::env::var("DPO_ADMIN_PASSWORD")
        .map_err(|_| "set DPO_ADMIN_PASSWORD to the password of the user admin")?;
    let mut config = RedfishConfig::new(password);
    config.poll_interval = Some(std::time::Duration::from_secs(1));
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--insecure-http" => config.transport = Transport::InsecureHttp,
            other => address = other.to_owned(),
        }
    }

    let (gateway, feed) = Gateway::channel(shelf::snapshot());
    tokio::spawn(shelf::play(feed));

    let listener = TcpListener::bind(&address).await?;
    let scheme = if matches!(config.transport, Transport::InsecureHttp) { "http" } else { "https" };
    println!(
        "made-up shelf at {scheme}://{0}/redfish/v1/ and {scheme}://{0}{DOCS_PATH}",
        listener.local_addr()?
    );

    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
        }
    });
    serve(listener, gateway, config, stop).await?;
    Ok(())
}
