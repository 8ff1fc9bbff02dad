//! Options and configuration of `dpo serve`.

use super::*;

fn anywhere(text: &str) -> Config {
    let mut config: Config = toml::from_str(text).unwrap();
    config.redfish.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    config.pmi.listen = config.redfish.listen;
    config
}

#[tokio::test]
async fn a_setting_that_cannot_be_ends_the_start_as_wrong_usage() {
    // Without loopback: nothing may be served before this is refused.
    let mut open = anywhere("[redfish]\ninsecure_http = true\n");
    open.redfish.listen = SocketAddr::from(([0, 0, 0, 0], 0));
    let trace = "[shelf]\nkind = \"simulated\"\nload = { profile = \"trace\", file = \"/no/trace.csv\" }\n";
    let load = "[shelf]\nkind = \"simulated\"\nload = { profile = \"constant\", watts = -1.0 }\n";
    let bus = "[[shelf.bus]]\ntype = \"tcp\"\naddress = \"127.0.0.1:1\"\npsus = { count = 1, first_unit =";
    let twice = &format!("[shelf]\nkind = \"buses\"\n{bus} 200 }}\n{bus} 200 }}\n");
    let reading = "[[reading]]\nmap = \"orv3-bbu\"\nregister = \"battery_current\"\nuse =";
    let unknown = &format!("{reading} \"amperes\"\n[shelf]\nkind = \"buses\"\n{bus} 200 }}\n");
    let foreign = &format!("[shelf]\nkind = \"buses\"\n{bus} 100 }}\n");
    for (config, word) in [
        (open, "loopback"),
        (anywhere("[pmi]\nunit = 200\n"), "address 200 is taken"),
        (anywhere(trace), "shelf.load.file: /no/trace.csv"),
        // The file's own check is stricter; these are the gateway's and the simulation's.
        (anywhere("[gateway]\nreserve_percent = 120.0\n"), "gateway: reserve = 120"),
        (anywhere(load), "shelf: load.constant is -1"),
        (anywhere(twice), "address 200 is taken"),
        (
            anywhere(&format!("{reading} \"whole_amperes\"\nunits = [64, 70]\n")),
            "gateway: reading 1 (orv3-bbu battery_current): no device of the map is configured at address 70",
        ),
        (anywhere(&format!("{reading} \"amperes\"\n")), "choose one of whole_amperes, kept"),
        (anywhere(unknown), "no device is read by this map; the maps in use are orv3-psu"),
        (anywhere(foreign), "does not allow address 100"),
    ] {
        let failure = serve(config, None).await.unwrap_err();
        assert_eq!(failure.code, USAGE, "{}", failure.reason);
        assert!(failure.reason.contains(word), "{}", failure.reason);
    }
}

#[tokio::test]
async fn what_the_machine_refuses_is_a_failure_at_run_time() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut busy = anywhere("");
    busy.redfish.listen = taken.local_addr().unwrap();
    let journal = anywhere("[gateway]\njournal = \"/no/such/directory/writes.log\"\n");
    for (config, word) in [(busy, "cannot listen for Redfish"), (journal, "directory must exist")] {
        let failure = serve(config, None).await.unwrap_err();
        assert_eq!(failure.code, 1, "{}", failure.reason);
        assert!(failure.reason.contains(word), "{}", failure.reason);
    }
}
