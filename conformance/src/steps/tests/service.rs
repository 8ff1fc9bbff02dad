//! A Redfish service, and Modbus of the same shelf, that a test makes up: right but for what it changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::device::{asked, pdu, written};
use super::played::played;
use crate::declared::ServiceClaims;
use crate::device::Device;
use crate::outcome::Outcome;
use crate::restore::Restore;
use crate::run::Effort;
use crate::service::{Account, ModbusSide, ROOT, SESSIONS, ServiceContext, ServicePlan, ServiceWorld};
use crate::transport::guard::{Allowed, Guard};
use crate::transport::http::{Answer, HttpClient, Request, Trust};
use crate::transport::script::Script;
use crate::transport::{Link, Seen, Timing};

pub(super) const CONTROL: &str = "/redfish/v1/Chassis/1/Controls/Limit";
pub(super) const METRICS: &str = "/redfish/v1/Chassis/1/EnvironmentMetrics";
pub(super) const SUPPLY: &str = "/redfish/v1/Chassis/1/PowerSubsystem/PowerSupplies/0";
pub(super) const MANAGER: &str = "/redfish/v1/Managers/1";
pub(super) const MAX: f64 = 18_000.0;
const BLOCK: u8 = 7;
const PSU: u8 = 100;

/// What both interfaces show.
pub(super) struct Shelf {
    pub(super) limit: Option<f64>,
    pub(super) owner: &'static str,
    until: Option<Instant>,
    pub(super) tag: u32,
    pub(super) expiries: usize,
    /// Words of the supply that are not 0.
    pub(super) supply: BTreeMap<u16, u16>,
    sessions: Vec<(String, bool)>,
    made: Option<(State, BTreeMap<String, Value>)>,
}

/// What the resources show: limit, owner, tag, entries of the log, alarm.
type State = (Option<u64>, &'static str, u32, usize, bool);

type Twist = Box<dyn FnMut(&mut Shelf, &Request) -> Option<Result<Answer, String>> + Send>;
type Setup = Box<dyn FnOnce(&mut Shelf) + Send>;
type After = Box<dyn FnMut(&Request, Answer) -> Answer + Send>;
type Wire = Box<dyn FnMut(&mut Shelf, u8, &[u8]) -> Option<Seen> + Send>;
type WireAfter = Box<dyn FnMut(u8, &[u8], Seen) -> Seen + Send>;

/// The shelf with its changes.
#[derive(Default)]
pub(super) struct Service {
    twists: Vec<Twist>,
    after: Vec<After>,
    wire: Vec<Wire>,
    wire_after: Vec<WireAfter>,
    claims: Option<ServiceClaims>,
    setup: Vec<Setup>,
}

/// An answer with the headers of the profile.
pub(super) fn answer(status: u16, body: &Value) -> Answer {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![
        header("odata-version", "4.0"),
        header("content-type", "application/json; charset=utf-8"),
        header("cache-control", "no-cache"),
        header("allow", "GET, HEAD"),
        header("www-authenticate", "Basic"),
    ];
    Answer { status, headers, body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() } }
}

/// An answer with an error of a registry.
pub(super) fn error(status: u16, key: &str) -> Answer {
    let info = json!([{"MessageId": format!("Base.1.18.{key}")}]);
    answer(status, &json!({"error": {"code": "Base.1.18.GeneralError", "@Message.ExtendedInfo": info}}))
}

impl Shelf {
    fn new() -> Self {
        let text = |at: u16, text: &str| {
            let bytes: Vec<u8> = text.bytes().chain([0]).collect();
            let words =
                bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
            (at..).zip(words.collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        let mut supply: BTreeMap<u16, u16> = BTreeMap::new();
        for (at, words) in [(8, "MODEL"), (24, "S1"), (48, "1.0")] {
            supply.extend(text(at, words));
        }
        // 50 V, 30 A, 1500 W, 50 Hz, 1600 W, 230 V, 7 A; the smallest input voltage is 180 V.
        supply.extend([
            (79, 51_200),
            (80, 1920),
            (82, 12_000),
            (84, 50),
            (87, 12_800),
            (88, 14_720),
            (89, 7168),
            (101, 11_520),
        ]);
        let sessions = Vec::new();
        Self { limit: None, owner: "none", until: None, tag: 1, expiries: 1, supply, sessions, made: None }
    }

    /// What time has done.
    fn tick(&mut self) {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            (self.until, self.limit, self.owner) = (None, None, "none");
            self.expiries += 1;
        }
    }

    fn hold(&mut self, owner: &'static str, limit: Option<f64>) {
        self.owner = if limit.is_some() { owner } else { "none" };
        (self.limit, self.until) = (limit, None);
        self.tag += 1;
    }

    pub(super) fn alarm(&self) -> bool {
        self.supply.get(&101) > self.supply.get(&88)
    }

    /// A resource as it is now; the tree is made anew when something has changed.
    fn resource(&mut self, path: &str) -> Option<Value> {
        let now = (self.limit.map(f64::to_bits), self.owner, self.tag, self.expiries, self.alarm());
        if self.made.as_ref().is_none_or(|(made, _)| *made != now) {
            self.made = Some((now, self.tree()));
        }
        self.made.as_ref()?.1.get(path).cloned()
    }

    /// What the service answers.
    fn answer(&mut self, request: &Request) -> Answer {
        self.tick();
        let header =
            |name: &str| request.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        if path == "/redfish" {
            return answer(200, &json!({"v1": ROOT}));
        }
        if path == SESSIONS && request.method == "POST" {
            let body: Value =
                serde_json::from_str(request.body.as_deref().unwrap_or_default()).unwrap_or_default();
            let reader = body["UserName"] == "reader";
            if body["Password"] != "a good password" {
                return error(401, "NoValidSession");
            }
            let token = format!("0123456789abcdef{}", self.sessions.len());
            let uri = format!("{SESSIONS}/{}", self.sessions.len());
            self.sessions.push((token.clone(), reader));
            let mut made = answer(201, &json!({"@odata.id": uri, "UserName": body["UserName"]}));
            made.headers.extend([("x-auth-token".to_owned(), token), ("location".to_owned(), uri)]);
            return made;
        }
        let own = header("X-Auth-Token").and_then(|token| self.sessions.iter().find(|(own, _)| own == token));
        let Some((_, reader)) = own.cloned().or((path == ROOT).then(|| (String::new(), true))) else {
            return error(401, "NoValidSession");
        };
        if request.method == "DELETE" && path.starts_with(SESSIONS) {
            let nth: usize = path.rsplit('/').next().unwrap().parse().unwrap();
            self.sessions[nth].0 = String::new();
            return answer(204, &Value::Null);
        }
        let Some(body) = self.resource(path) else { return error(404, "ResourceMissingAtURI") };
        if header("OData-Version").is_some_and(|version| version != "4.0") {
            return error(412, "PreconditionFailed");
        }
        if query.starts_with('$') {
            return error(501, "QueryNotSupported");
        }
        let tag = body["@odata.etag"].as_str().unwrap().to_owned();
        let tagged = |mut answer: Answer, tag: String| {
            answer.headers.push(("etag".into(), tag));
            answer
        };
        match request.method.as_str() {
            "GET" if header("If-None-Match") == Some(&tag) => answer(304, &Value::Null),
            "GET" => tagged(answer(200, &body), tag),
            "HEAD" => tagged(answer(200, &Value::Null), tag),
            "PATCH" if path == CONTROL => {
                if reader {
                    return error(403, "InsufficientPrivilege");
                }
                if header("If-Match").is_some_and(|own| own != tag) {
                    return error(412, "PreconditionFailed");
                }
                let wanted = self.patch(request.body.as_deref().unwrap_or_default());
                wanted.unwrap_or_else(|| tagged(answer(200, &self.tree()[CONTROL]), self.tag.to_string()))
            }
            _ => error(405, "OperationNotAllowed"),
        }
    }

    /// Carries a PATCH of the control out; an answer if it does not.
    fn patch(&mut self, body: &str) -> Option<Answer> {
        let Ok(Value::Object(own)) = serde_json::from_str(body) else {
            return Some(error(400, "MalformedJSON"));
        };
        if own.is_empty() {
            return Some(error(400, "EmptyJSON"));
        }
        if self.owner == "modbus" {
            return Some(error(409, "ResourceInUse"));
        }
        for (name, value) in &own {
            match (name.as_str(), value) {
                ("ControlMode", Value::String(_)) => {}
                ("SetPoint", Value::Number(number)) if number.as_f64() <= Some(MAX) => {}
                ("SetPoint", Value::Number(_)) => return Some(error(400, "PropertyValueOutOfRange")),
                ("SetPoint", _) => return Some(error(400, "PropertyValueTypeError")),
                ("Name", _) => return Some(error(400, "PropertyNotWritable")),
                _ => return Some(error(400, "PropertyUnknown")),
            }
        }
        match own.get("SetPoint").and_then(Value::as_f64) {
            Some(limit) => self.hold("redfish", Some(limit)),
            None => self.hold("none", None),
        }
        None
    }

    /// What Modbus answers.
    fn modbus(&mut self, unit: u8, request: &[u8]) -> Seen {
        self.tick();
        let words = |words: &[u16]| {
            let data: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            pdu(&[&[3, data.len() as u8][..], &data].concat())
        };
        let long = |value: u32| words(&[(value >> 16) as u16, value as u16]);
        match (unit, asked(request), written(request)) {
            (PSU, Some((60, 1)), _) => words(&[u16::from(self.alarm())]),
            (PSU, Some((at, count)), _) => {
                let own: Vec<u16> =
                    (at..at + count).map(|at| self.supply.get(&at).copied().unwrap_or(0)).collect();
                words(&own)
            }
            (PSU, _, Some((at, list))) => {
                self.supply.extend((at..).zip(list));
                pdu(&request[..5])
            }
            (BLOCK, Some((16451, _)), _) => words(&[match self.owner {
                "none" => 0,
                "modbus" => 1,
                _ => 2,
            }]),
            (BLOCK, Some((16464 | 16466, _)), _) => long(self.limit.map_or(u32::MAX, |limit| limit as u32)),
            (BLOCK, Some((at, count)), _) if at == time_register() => {
                // 2026-11-30T12:00:00Z in milliseconds.
                let ms = 1_796_040_000_000_u64;
                let own: Vec<u16> = (0..count).rev().map(|nth| (ms >> (16 * nth)) as u16).collect();
                words(&own)
            }
            (BLOCK, Some((_, count)), _) => words(&vec![0; usize::from(count)]),
            (BLOCK, _, Some((16448, list))) => {
                if self.owner == "redfish" {
                    return pdu(&[0x90, 4]);
                }
                if list[2] == 0 {
                    self.hold("none", None);
                } else {
                    self.owner = "modbus";
                    self.until = Some(Instant::now() + Duration::from_secs(list[2].into()));
                }
                pdu(&request[..5])
            }
            (BLOCK, _, Some((16464, list))) => {
                if self.owner != "modbus" {
                    return pdu(&[0x90, 4]);
                }
                self.limit = Some(f64::from(u32::from(list[0]) << 16 | u32::from(list[1])));
                self.tag += 1;
                pdu(&request[..5])
            }
            _ => Seen::Nothing,
        }
    }
}

fn map(id: &str) -> Arc<dpo_gateway::maps::model::RegisterMap> {
    super::device::map_of(id)
}

fn time_register() -> u16 {
    static AT: std::sync::OnceLock<u16> = std::sync::OnceLock::new();
    *AT.get_or_init(|| map("dpo-pmi").registers.iter().find(|r| r.id == "time").unwrap().address)
}

impl Service {
    /// As the profile asks for it.
    pub(super) fn right() -> Self {
        Self::default()
    }

    /// Answers requests in its own way where it gives an answer.
    pub(super) fn when(mut self, mut twist: impl FnMut(&Request) -> Option<Answer> + Send + 'static) -> Self {
        self.twists.push(Box::new(move |_, request| twist(request).map(Ok)));
        self
    }

    /// As [`when`](Self::when), before all that was said up to now.
    pub(super) fn before(
        mut self,
        mut twist: impl FnMut(&Request) -> Option<Answer> + Send + 'static,
    ) -> Self {
        self.twists.insert(0, Box::new(move |_, request| twist(request).map(Ok)));
        self
    }

    /// Does something to the shelf, or answers, when it is asked.
    pub(super) fn acts(
        mut self,
        twist: impl FnMut(&mut Shelf, &Request) -> Option<Result<Answer, String>> + Send + 'static,
    ) -> Self {
        self.twists.push(Box::new(twist));
        self
    }

    /// Changes what comes.
    pub(super) fn then(mut self, after: impl FnMut(&Request, Answer) -> Answer + Send + 'static) -> Self {
        self.after.push(Box::new(after));
        self
    }

    /// Answers a method on a resource in its own way.
    pub(super) fn says(self, method: &'static str, uri: &'static str, said: Answer) -> Self {
        self.when(move |r| (r.method == method && r.path == uri).then(|| said.clone()))
    }

    /// Changes the body of a resource, from the nth read on.
    pub(super) fn body_from(
        self,
        uri: &'static str,
        from: usize,
        change: impl Fn(&mut Value) + Send + 'static,
    ) -> Self {
        let mut nth = 0;
        self.then(move |request, mut answer| {
            if request.method == "GET" && request.path == uri && answer.status == 200 {
                nth += 1;
                if nth > from {
                    let mut body = answer.json().unwrap();
                    change(&mut body);
                    answer.body = body.to_string().into_bytes();
                }
            }
            answer
        })
    }

    /// Changes the body of a resource.
    pub(super) fn body(self, uri: &'static str, change: impl Fn(&mut Value) + Send + 'static) -> Self {
        self.body_from(uri, 0, change)
    }

    /// Answers on Modbus in its own way.
    pub(super) fn wire(
        mut self,
        wire: impl FnMut(&mut Shelf, u8, &[u8]) -> Option<Seen> + Send + 'static,
    ) -> Self {
        self.wire.push(Box::new(wire));
        self
    }

    /// Changes what comes on Modbus.
    pub(super) fn wire_then(mut self, after: impl FnMut(u8, &[u8], Seen) -> Seen + Send + 'static) -> Self {
        self.wire_after.push(Box::new(after));
        self
    }

    /// Shows words of the supply.
    pub(super) fn word(self, at: u16, value: u16) -> Self {
        self.first(move |shelf| shelf.supply.extend([(at, value)]))
    }

    /// In another state at first.
    pub(super) fn first(mut self, setup: impl FnOnce(&mut Shelf) + Send + 'static) -> Self {
        self.setup.push(Box::new(setup));
        self
    }

    /// What it claims.
    pub(super) fn claims(mut self, version: &str, resources: &[&str]) -> Self {
        let resources = resources.iter().map(|kind| (*kind).to_owned()).collect();
        self.claims = Some(ServiceClaims { version: version.to_owned(), resources });
        self
    }

    /// The context of its cases.
    pub(super) fn context(self) -> ServiceContext {
        let mut shelf = Shelf::new();
        let Self { mut twists, mut after, mut wire, mut wire_after, claims, setup } = self;
        setup.into_iter().for_each(|setup| setup(&mut shelf));
        let shelf = Arc::new(Mutex::new(shelf));
        let own = shelf.clone();
        let changes = Mutex::new(move |request: &Request| {
            let mut shelf = own.lock().unwrap();
            if let Some(said) = twists.iter_mut().find_map(|twist| twist(&mut shelf, request)) {
                return said;
            }
            let said = shelf.answer(request);
            Ok(after.iter_mut().fold(said, |said, after| after(request, said)))
        });
        let service: crate::transport::http::Service =
            Arc::new(move |request| (changes.lock().unwrap())(request));
        let peer = move |unit: u8, request: &[u8]| {
            let mut shelf = shelf.lock().unwrap();
            if let Some(seen) = wire.iter_mut().find_map(|wire| wire(&mut shelf, unit, request)) {
                return seen;
            }
            let seen = shelf.modbus(unit, request);
            wire_after.iter_mut().fold(seen, |seen, after| after(unit, request, seen))
        };
        let account = |user: &str| Account { user: user.into(), password: "a good password".into() };
        let plan = ServicePlan {
            base: "http://127.0.0.1:9".parse().unwrap(),
            trust: Trust::Anyone,
            account: account("admin"),
            reader: Some(account("reader")),
            wait: Duration::from_secs(2),
        };
        let allowed = Allowed { writes: true, disruptive: true };
        let client = HttpClient::new(&plan.base, &plan.trust, plan.wait, allowed, Vec::new())
            .unwrap()
            .scripted(service);
        let wait = Duration::from_millis(100);
        let timing = Timing { answer: wait, silence: wait, quiet: wait };
        let script = Script::new(Guard::new(allowed), timing, Box::new(peer));
        let devices =
            vec![Device { map: map("orv3-psu"), unit: PSU }, Device { map: map("dpo-pmi"), unit: BLOCK }];
        let restore = Restore::in_memory();
        let modbus = ModbusSide {
            link: tokio::sync::Mutex::new(Link::Script(script)),
            devices,
            timing,
            restore: restore.clone(),
        };
        ServiceContext {
            plan,
            client: tokio::sync::Mutex::new(client),
            modbus: Some(modbus),
            effort: Effort { samples: 12, start: Duration::from_secs(3), ..Effort::default() },
            claims,
            restore,
            logs: Arc::default(),
            session: tokio::sync::Mutex::new(None),
        }
    }

    /// What a case comes to on it, and what was seen.
    pub(super) async fn plays(self, id: &str) -> (Outcome, String) {
        played::<ServiceWorld>(Arc::new(self.context()), id).await
    }
}

/// Plays a case on each service of a table.
pub(super) async fn table(id: &str, rows: impl IntoIterator<Item = (&'static str, Service, Outcome)>) {
    for (what, service, wanted) in rows {
        let (outcome, seen) = service.plays(id).await;
        assert_eq!(outcome, wanted, "{id}, a service that {what}: {seen}");
    }
}

/// The register that locks the smallest input voltage, and its bit.
pub(super) fn lock() -> (u16, u16) {
    let map = map("orv3-psu");
    let own = map.registers.iter().find(|r| r.id == "vin_min").and_then(|r| r.unlock.clone()).unwrap();
    let (guard, field) = own.split_once('.').unwrap();
    let guard = map.registers.iter().find(|r| r.id == guard).unwrap();
    (guard.address, 1 << guard.bits.iter().find(|bit| bit.id == field).unwrap().bit)
}

/// The state of the gateway whose number is 0.
pub(super) fn first_state() -> String {
    let map = map("dpo-pmi");
    let state = map.registers.iter().find(|r| r.id == "state").unwrap();
    state.symbols.iter().find(|symbol| symbol.value == 0).unwrap().id.clone()
}
