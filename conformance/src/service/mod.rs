//! A Redfish service under test, alone (cases RF) or beside the other interfaces of the same shelf (cases XIF).

pub(crate) mod before;
pub(crate) mod play;
pub(crate) mod read;
pub(crate) mod tree;
pub(crate) mod xif;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cucumber::World;
use serde_json::Value;
use tokio::sync::Mutex as AsyncMutex;

use crate::declared::ServiceClaims;
use crate::device::Device;
use crate::play::Played;
use crate::restore::{Restore, ServiceBefore};
use crate::run::Effort;
use crate::transport::guard::Allowed;
use crate::transport::http::{Answer, Base, HttpClient, Request, Trust};
use crate::transport::{Link, LinkError, Timing};
use crate::world::{CaseLog, Judged, Judgement, Judging, Logs};

/// Where sessions are made.
pub(crate) const SESSIONS: &str = "/redfish/v1/SessionService/Sessions";
/// The entrance.
pub(crate) const ROOT: &str = "/redfish/v1/";

/// A user of the service.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Name.
    pub user: String,
    /// Password.
    pub password: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A Redfish service to judge.
#[derive(Debug, Clone)]
pub struct ServicePlan {
    /// Where it is.
    pub base: Base,
    /// Whose certificate it must have.
    pub trust: Trust,
    /// A user who may write setpoints.
    pub account: Account,
    /// A user who may only read, if there is one.
    pub reader: Option<Account>,
    /// Longest time to a whole answer.
    pub wait: Duration,
}

/// Modbus of the same shelf.
pub(crate) struct ModbusSide {
    pub(crate) link: AsyncMutex<Link>,
    pub(crate) devices: Vec<Device>,
    pub(crate) timing: Timing,
    /// What cases change on it and have not put back.
    pub(crate) restore: Arc<Restore>,
}

impl ModbusSide {
    /// The DPO block, if it was named.
    pub(crate) fn block(&self) -> Option<&Device> {
        self.devices.iter().find(|d| d.is_dpo_block())
    }
}

/// What the cases of one service share.
pub(crate) struct ServiceContext {
    pub(crate) plan: ServicePlan,
    pub(crate) client: AsyncMutex<HttpClient>,
    pub(crate) modbus: Option<ModbusSide>,
    pub(crate) effort: Effort,
    /// What the capability statement claims of the service.
    pub(crate) claims: Option<ServiceClaims>,
    /// What must be put back.
    pub(crate) restore: Arc<Restore>,
    pub(crate) logs: Arc<Logs>,
    /// Token and URI of the session that the cases use.
    pub(crate) session: AsyncMutex<Option<(String, String)>>,
}

impl ServiceContext {
    /// For what is done on a service outside of cases: without Modbus, claims and records.
    ///
    /// # Errors
    /// Why the service cannot be talked to, in words.
    pub(crate) fn alone(
        service: &ServicePlan,
        allowed: Allowed,
        restore: Arc<Restore>,
    ) -> Result<Arc<Self>, String> {
        let secrets = vec![service.account.password.clone()];
        let client = HttpClient::new(&service.base, &service.trust, service.wait, allowed, secrets);
        Ok(Arc::new(Self {
            plan: service.clone(),
            client: AsyncMutex::new(client.map_err(|e| e.to_string())?),
            modbus: None,
            effort: Effort::default(),
            claims: None,
            restore,
            logs: Arc::default(),
            session: AsyncMutex::new(None),
        }))
    }

    /// Ends the session of the run.
    pub(crate) async fn logout(&self) {
        if let Some((token, uri)) = self.session.lock().await.take() {
            let request = Request::new("DELETE", &uri).with("X-Auth-Token", &token);
            // The service ends it by itself after a while.
            let _ = self.client.lock().await.send(&request, &crate::transport::NoLog).await;
        }
    }
}

/// The state of one case.
#[derive(World, Default)]
#[world(init = Self::default)]
pub(crate) struct ServiceWorld {
    context: Option<Arc<ServiceContext>>,
    log: Arc<CaseLog>,
    /// Requests and answers that no Then step has judged yet.
    pub(crate) pending: Vec<(Request, Answer)>,
    /// Values that a step keeps for a later one.
    pub(crate) kept: BTreeMap<&'static str, String>,
    /// Numbers that a step keeps for a later one.
    pub(crate) numbers: BTreeMap<&'static str, f64>,
    /// The control that a step works on, as it was found.
    pub(crate) control: Option<Control>,
    /// What this case has changed and not put back.
    pub(crate) changed: Option<ServiceBefore>,
    /// Texts of both interfaces: what, on Modbus, on Redfish.
    pub(crate) texts: Vec<(String, String, Option<Value>)>,
    /// Quantities of both interfaces.
    pub(crate) compared: BTreeMap<String, Compared>,
    /// Reads that were not answered as they must be.
    pub(crate) late: Vec<String>,
    /// Resources of a walk, by URI.
    pub(crate) tree: BTreeMap<String, Value>,
}

/// A quantity on Modbus and on Redfish, as it was read last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compared {
    pub(crate) modbus: f64,
    pub(crate) redfish: f64,
    /// Unit of the map.
    pub(crate) unit: String,
    /// URI of the sensor behind it.
    pub(crate) sensor: Option<String>,
    /// Whether both were the same at least once.
    pub(crate) agreed: bool,
}

/// A control of power, as it was found.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    pub(crate) uri: String,
    pub(crate) etag: String,
    pub(crate) body: Value,
}

impl fmt::Debug for ServiceWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceWorld").finish_non_exhaustive()
    }
}

impl Judging for ServiceWorld {
    fn log(&self) -> Arc<CaseLog> {
        self.log.clone()
    }
}

impl Played for ServiceWorld {
    type Context = ServiceContext;

    fn begin(&mut self, context: Arc<ServiceContext>, id: &str) {
        self.log = context.logs.log(id);
        self.context = Some(context);
    }

    async fn undo(&mut self) -> Judged {
        ServiceWorld::undo(self).await
    }
}

impl ServiceWorld {
    /// A world for the steps of another kind of world, with its log.
    pub(crate) fn within(context: Arc<ServiceContext>, log: Arc<CaseLog>) -> Self {
        Self { context: Some(context), log, ..Self::default() }
    }

    pub(crate) fn context(&self) -> Result<Arc<ServiceContext>, Judgement> {
        self.context.clone().ok_or_else(|| Judgement::Error("the case has no subject".into()))
    }

    /// Sends a request as it is. A peer that gives no whole HTTP answer fails the case; a guard that refuses is an
    /// error of the suite.
    pub(crate) async fn send(&mut self, request: &Request) -> Result<Answer, Judgement> {
        let context = self.context()?;
        self.note_before(request)?;
        let client = context.client.lock().await.clone();
        client.send(request, &*self.log).await.map_err(|error| match error {
            LinkError::Http { .. } | LinkError::Hazard { .. } => Judgement::Error(error.to_string()),
            LinkError::Io { .. } => Judgement::Fail(error.to_string()),
        })
    }

    /// Sends a request in the session of the run, which is made at first use.
    pub(crate) async fn ask(&mut self, request: Request) -> Result<Answer, Judgement> {
        let token = self.token().await?;
        self.send(&request.with("X-Auth-Token", &token)).await
    }

    /// Reads a resource in the session of the run and wants it.
    pub(crate) async fn get(&mut self, uri: &str) -> Result<Value, Judgement> {
        let answer = self.ask(Request::new("GET", uri)).await?;
        body(&Request::new("GET", uri), &answer)
    }

    /// The token of the session of the run.
    async fn token(&mut self) -> Result<String, Judgement> {
        let context = self.context()?;
        let mut session = context.session.lock().await;
        if let Some((token, _)) = session.as_ref() {
            return Ok(token.clone());
        }
        let account = context.plan.account.clone();
        let answer = self.login(&account).await?;
        let token = answer.header("x-auth-token").unwrap_or_default().to_owned();
        let uri = answer.header("location").unwrap_or_default().to_owned();
        if answer.status != 201 || token.is_empty() {
            return Err(Judgement::Error(format!(
                "user {:?} could not log in: status {}",
                account.user, answer.status
            )));
        }
        context.client.lock().await.hide(&token);
        *session = Some((token.clone(), path_of(&uri)));
        Ok(token)
    }

    /// Tries to make a session.
    pub(crate) async fn login(&mut self, account: &Account) -> Result<Answer, Judgement> {
        let body = serde_json::json!({"UserName": account.user, "Password": account.password});
        self.send(&Request::new("POST", SESSIONS).json(body.to_string())).await
    }

    /// Requests and answers since the last Then step.
    ///
    /// # Errors
    /// An error of the feature file if there are none.
    pub(crate) fn take_pending(&mut self) -> Result<Vec<(Request, Answer)>, Judgement> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Err(Judgement::Error("no request was sent before this step".into()));
        }
        Ok(pending)
    }
}

/// Takes the set point of the power limit back, for the self-test.
pub(crate) async fn release(service: &ServicePlan) {
    let allowed = Allowed { writes: true, disruptive: false };
    let Ok(context) = ServiceContext::alone(service, allowed, Restore::in_memory()) else { return };
    let mut world = ServiceWorld::default();
    world.begin(context.clone(), "release");
    // What cannot be released shows in the next job as INCONCLUSIVE.
    if let Ok(control) = tree::control(&mut world).await {
        world.control = Some(control.clone());
        let body = serde_json::json!({"ControlMode": "Disabled"}).to_string();
        let _ = world.ask(Request::new("PATCH", &control.uri).json(body)).await;
    }
    context.logout().await;
}

/// The JSON object of a good answer.
pub(crate) fn body(request: &Request, answer: &Answer) -> Result<Value, Judgement> {
    let value = answer.json().filter(Value::is_object);
    value.filter(|_| answer.status == 200).ok_or_else(|| {
        Judgement::Fail(format!("{request}: status {}, {}", answer.status, start(&answer.body)))
    })
}

/// A password that is not the one of any account: random, so that neither it nor its neighbours tell a real one.
///
/// # Errors
/// The system gave no random numbers.
pub(crate) fn wrong_password() -> Result<String, Judgement> {
    let mut bytes = [0; 9];
    let random = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    random.map_err(|_| Judgement::Error("no random numbers".into()))?;
    let password = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes);
    // No secret, but another one in each run: the reports of two runs stay the same.
    crate::redact::hide_token(&password);
    Ok(password)
}

/// The first bytes of a body, for messages. No secret stands in them, nor a part of one.
pub(crate) fn start(body: &[u8]) -> String {
    let text = crate::redact::clean(&String::from_utf8_lossy(body));
    if text.is_empty() { "no body".to_owned() } else { text.chars().take(160).collect() }
}

/// The path of a URI that may be absolute.
pub(crate) fn path_of(uri: &str) -> String {
    match uri.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| rest.split_at(at).1)) {
        Some(path) => path.to_owned(),
        None => uri.to_owned(),
    }
}

/// Keys of the messages in an error body, without their registry.
pub(crate) fn messages(answer: &Answer) -> Vec<String> {
    let body = answer.json().unwrap_or_default();
    let infos = body.pointer("/error/@Message.ExtendedInfo").and_then(Value::as_array).cloned();
    let key = |info: &Value| {
        let id = info.get("MessageId").and_then(Value::as_str)?;
        id.rsplit('.').next().map(str::to_owned)
    };
    infos.unwrap_or_default().iter().filter_map(key).collect()
}
