//! Lists a power shelf and its power supplies with nv-redfish, a client we did not write.
//!
//! Usage: nv-redfish-interop URL USER PASSWORD
//! Prints one line a shelf, a power supply and a control; exits with 1 unless there are a shelf and six
//! power supplies that say what they give.

use std::error::Error;
use std::sync::Arc;

use nv_redfish::ServiceRoot;
use nv_redfish::bmc_http::reqwest::{Client, ClientParams};
use nv_redfish::bmc_http::{BmcCredentials, CacheSettings, HttpBmc};
use url::Url;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [url, user, password] = args.as_slice() else {
        return Err("usage: nv-redfish-interop URL USER PASSWORD".into());
    };
    let client = Client::with_params(ClientParams::new().accept_invalid_certs(true))?;
    let credentials = BmcCredentials::new(user.clone(), password.clone());
    let bmc = Arc::new(HttpBmc::new(client, Url::parse(url)?, credentials, CacheSettings::default()));
    let root = ServiceRoot::new(bmc).await?;
    println!("service root: vendor {:?}, Redfish {:?}", root.vendor(), root.redfish_version());

    let equipment = root.power_equipment().await?.ok_or("no PowerEquipment")?;
    let shelves = equipment.power_shelves().await?.ok_or("no PowerShelves")?.members().await?;
    for shelf in &shelves {
        println!("shelf: {:?}", shelf.raw().name);
    }

    let mut supplies = 0;
    let mut controls = 0;
    for chassis in root.chassis().await?.ok_or("no Chassis")?.members().await? {
        for supply in chassis.power_supplies().await? {
            let raw = supply.raw();
            let metrics = supply.metrics().await?.ok_or("a power supply without metrics")?;
            println!("power supply: {:?}, metrics {:?}", raw.name, metrics.id);
            supplies += 1;
        }
        for control in chassis.controls().await?.unwrap_or_default() {
            println!("control: {:?}", control.raw().name);
            controls += 1;
        }
    }
    println!("{} shelf, {supplies} power supplies, {controls} controls", shelves.len());
    if shelves.len() != 1 || supplies != 6 || controls < 2 {
        return Err("expected 1 shelf, 6 power supplies and at least 2 controls".into());
    }
    Ok(())
}
