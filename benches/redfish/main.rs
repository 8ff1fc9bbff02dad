//! The Redfish service under load, against a bare axum handler that serialises the same body.
//!
//! ```text
//! cargo bench --bench redfish            # all but the last
//! cargo bench --bench redfish -- psu     # GET of a power supply at 64 connections, ours and bare in turn
//! cargo bench --bench redfish -- expand  # the sensors of the whole shelf in one request
//! cargo bench --bench redfish -- stream  # 1,000 event streams at 10 events a second
//! cargo bench --bench redfish -- stall   # GET while a write waits for a bus that does not answer, and without
//! cargo bench --bench redfish -- peer ADDRESS URI  # ours against another service (interop/redfish-rate.py)
//! ```
//!
//! Each server is a process of its own on loopback, over plain HTTP, with the made-up shelf of the tests behind it; the load
//! runs in this process. On a machine with few processors the load takes its share of the rate of both servers alike, which draws
//! the ratio of rates towards 1: the time of the server's processors for a request is printed beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod client;
mod server;
#[path = "../../examples/redfish_fixture/shelf.rs"]
#[allow(dead_code)]
mod shelf;

use std::time::{Duration, Instant};

use client::{Connection, Server};

const PSU: &str = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/PSU1";
const LIMIT: &str = "/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit";
const SENSORS: &str = "/redfish/v1/Chassis/PowerShelf/Sensors?$expand=.";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let wants = |name: &str| args.iter().any(|a| a == name);
    raise_files();
    if wants("server") {
        return server::main(wants("bare"));
    }
    // `cargo test --benches` runs this too, and wants no measurement.
    let measure = wants("--bench");
    let all = !["psu", "expand", "stream", "stall", "peer"].into_iter().any(wants);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (rounds, time) = if measure { (3, Duration::from_secs(4)) } else { (1, Duration::from_millis(200)) };
    if all || wants("psu") {
        runtime.block_on(psu(rounds, time));
    }
    if all || wants("expand") {
        runtime.block_on(expand(if measure { 500 } else { 3 }));
    }
    if all || wants("stream") {
        let (streams, events) = if measure { (1000, 100) } else { (5, 3) };
        runtime.block_on(stream(streams, events));
    }
    if all || wants("stall") {
        runtime.block_on(stall(rounds, time));
    }
    if let Some([address, uri]) =
        args.iter().position(|a| a == "peer").and_then(|at| args.get(at + 1..at + 3))
    {
        runtime.block_on(peer(address, uri, rounds, time));
    }
}

/// A thousand streams are a thousand files.
fn raise_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() - 1) * percent / 100]
}

/// Requests a second, processor time of the server for one, and the times of all, sorted.
async fn load(server: &Server, connections: usize, time: Duration) -> (f64, Duration, Vec<Duration>) {
    let mut tasks = Vec::new();
    let (before, begin) = (server.cpu(), Instant::now());
    for _ in 0..connections {
        let mut connection = Connection::open(server).await;
        tasks.push(tokio::spawn(async move {
            let mut times = Vec::new();
            while begin.elapsed() < time {
                let asked = Instant::now();
                connection.get(PSU).await;
                times.push(asked.elapsed());
            }
            times
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let (took, cpu) = (begin.elapsed(), server.cpu() - before);
    times.sort();
    (times.len() as f64 / took.as_secs_f64(), cpu / u32::try_from(times.len()).unwrap(), times)
}

async fn psu(rounds: usize, time: Duration) {
    let (bare, ours) = (Server::start(true), Server::start(false));
    let (bare_body, our_body) =
        (Connection::open(&bare).await.get(PSU).await, Connection::open(&ours).await.get(PSU).await);
    assert_eq!(bare_body.len(), our_body.len(), "both serve the same");
    let mut rates = (Vec::new(), Vec::new());
    let mut ratios = (Vec::new(), Vec::new());
    let mut cpus = (Vec::new(), Vec::new());
    // The first round warms both up.
    for round in 0..=rounds {
        let (bare_rate, bare_cpu, bare_times) = load(&bare, 64, time).await;
        let (rate, cpu, times) = load(&ours, 64, time).await;
        if round == 0 {
            continue;
        }
        rates.0.push(bare_rate);
        rates.1.push(rate);
        ratios.0.push(rate / bare_rate);
        ratios.1.push(percentile(&times, 99).as_secs_f64() / percentile(&bare_times, 99).as_secs_f64());
        cpus.0.push(bare_cpu.as_secs_f64() * 1e6);
        cpus.1.push(cpu.as_secs_f64() * 1e6);
    }
    println!(
        "GET of a PSU ({} bytes), 64 connections: {:.0} a second, bare axum {:.0}; ratio {:.2} (bar 0.8); p99 {:.2} times its p99 (bar 2)",
        our_body.len(),
        median(rates.1),
        median(rates.0),
        median(ratios.0),
        median(ratios.1)
    );
    println!(
        "  processor time of the server for a request: {:.0} us, bare {:.0} us",
        median(cpus.1),
        median(cpus.0)
    );
}

/// GET of a PSU while a write waits for devices that do not answer, against the same without a write.
async fn stall(rounds: usize, time: Duration) {
    let (calm, stalled) = (Server::start(false), Server::start(false));
    // The gateway task behind this server answers no command: the write waits for it until the end.
    let mut writer = Connection::open(&stalled).await;
    writer.patch(LIMIT, "{\"SetPoint\": 9000}").await;
    let mut rates = (Vec::new(), Vec::new());
    let mut longest = (Duration::ZERO, Duration::ZERO);
    for round in 0..=rounds {
        let (calm_rate, _, calm_times) = load(&calm, 64, time).await;
        let (rate, _, times) = load(&stalled, 64, time).await;
        if round > 0 {
            rates.0.push(calm_rate);
            rates.1.push(rate);
            longest = (longest.0.max(percentile(&calm_times, 99)), longest.1.max(percentile(&times, 99)));
        }
    }
    assert!(!writer.is_answered(), "the write was to wait");
    println!(
        "GET of a PSU while a write waits for the bus: {:.0} a second, without {:.0}; p99 {:.1} ms, without {:.1} ms",
        median(rates.1),
        median(rates.0),
        longest.1.as_secs_f64() * 1e3,
        longest.0.as_secs_f64() * 1e3
    );
}

/// Another service, which may close the connection after each answer, against ours.
async fn peer(address: &str, uri: &str, rounds: usize, time: Duration) {
    let ours = Server::start(false);
    let mut rates = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let begin = Instant::now();
        let tasks = (0..64).map(|_| {
            let (address, uri) = (address.to_owned(), uri.to_owned());
            tokio::spawn(async move {
                let mut count = 0u32;
                while begin.elapsed() < time {
                    client::once(&address, &uri).await;
                    count += 1;
                }
                count
            })
        });
        let tasks: Vec<_> = tasks.collect();
        let mut count = 0;
        for task in tasks {
            count += task.await.unwrap();
        }
        rates.0.push(f64::from(count) / begin.elapsed().as_secs_f64());
        rates.1.push(load(&ours, 64, time).await.0);
    }
    let (peer, ours) = (median(rates.0), median(rates.1));
    println!(
        "GET at 64 connections: {ours:.0} a second, {uri} of {address} {peer:.0}; ratio {:.0} (bar 50)",
        ours / peer
    );
}

async fn expand(count: usize) {
    let server = Server::start(false);
    let mut connection = Connection::open(&server).await;
    let body = connection.get(SENSORS).await;
    let resources = String::from_utf8_lossy(&body).matches("\"ReadingUnits\"").count();
    assert!(resources > 190, "{resources}");
    let mut times = Vec::new();
    for _ in 0..count {
        let asked = Instant::now();
        connection.get(SENSORS).await;
        times.push(asked.elapsed());
    }
    times.sort();
    println!(
        "$expand of {resources} sensors ({} KiB): p50 {:.2} ms (bar 5), p99 {:.2} ms",
        body.len() / 1024,
        percentile(&times, 50).as_secs_f64() * 1e3,
        percentile(&times, 99).as_secs_f64() * 1e3
    );
}

async fn stream(streams: usize, events: u64) {
    let mut server = Server::start(false);
    let mut readers = Vec::new();
    for _ in 0..streams {
        let mut connection = Connection::open(&server).await;
        connection.ask("/redfish/v1/EventService/SSE").await;
        readers.push(connection);
    }
    let before = server.cpu();
    let begin = Instant::now();
    server.say(&format!("{events}\n"));
    let tasks: Vec<_> = readers
        .into_iter()
        .map(|mut reader| tokio::spawn(async move { reader.events(events).await }))
        .collect();
    let mut whole = 0;
    for task in tasks {
        // Each stream: every event, once, in order.
        whole += usize::from(task.await.unwrap());
    }
    let took = begin.elapsed();
    println!(
        "{streams} event streams, {events} events at 10 a second: {whole} streams got every event once and in order; {:.0} % of a processor, {:.0} MiB at most",
        100.0 * (server.cpu() - before).as_secs_f64() / took.as_secs_f64(),
        server.peak_mib()
    );
    assert_eq!(whole, streams, "events were lost");
}
