//! Mutants of a Redfish service.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::mutant::{Fault, HttpFault, Mutant};
use super::proxy_http::Message;

/// Basic credentials of the simulated administrator, base64.
const ADMIN: &str = "Basic YWRtaW46c2ltdWxhdGVkLWFkbWlu";
const PASSWORD: &str = "simulated-admin";

const fn http(name: &'static str, what: &'static str, writes: bool, fault: HttpFault) -> Mutant {
    Mutant { name, what, device: "redfish", writes, fault: Fault::Http(fault) }
}

const fn answer(name: &'static str, what: &'static str, change: fn(&Message, &mut Message)) -> Mutant {
    http(name, what, false, HttpFault::Answer(change))
}

const fn request(name: &'static str, what: &'static str, change: fn(&mut Message)) -> Mutant {
    http(name, what, false, HttpFault::Request(change))
}

const fn instead(name: &'static str, what: &'static str, reply: fn(&Message) -> Option<Message>) -> Mutant {
    http(name, what, false, HttpFault::Instead(reply))
}

const fn write_answer(name: &'static str, what: &'static str, change: fn(&Message, &mut Message)) -> Mutant {
    http(name, what, true, HttpFault::Answer(change))
}

const fn write_request(name: &'static str, what: &'static str, change: fn(&mut Message)) -> Mutant {
    http(name, what, true, HttpFault::Request(change))
}

const fn write_instead(
    name: &'static str,
    what: &'static str,
    reply: fn(&Message) -> Option<Message>,
) -> Mutant {
    http(name, what, true, HttpFault::Instead(reply))
}

fn as_admin(message: &mut Message) {
    message.remove("x-auth-token");
    message.set("authorization", ADMIN);
}

fn login(asked: &Message) -> bool {
    asked.method() == "POST" && asked.second().ends_with("/Sessions")
}

fn patch(asked: &Message) -> bool {
    asked.method() == "PATCH"
}

fn is(asked: &Message, kind: &str) -> bool {
    asked.method() == "GET" && asked.second().contains(kind)
}

fn refused() -> Message {
    let info = json!([{"MessageId": "Base.1.0.NoValidSession", "Message": "No."}]);
    let mut answer = Message::answer(
        401,
        &json!({"error": {"code": "Base.1.0.GeneralError", "@Message.ExtendedInfo": info}}),
    );
    answer.set("www-authenticate", "Basic realm=\"mutant\"");
    answer
}

fn set_point(message: &Message) -> Option<f64> {
    message.json().get("SetPoint").and_then(Value::as_f64)
}

fn put(body: &mut Value, name: &str, value: Value) {
    if let Some(members) = body.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

fn take(body: &mut Value, name: &str) {
    if let Some(members) = body.as_object_mut() {
        members.remove(name);
    }
}

/// Multiplies a reading of a metrics resource.
fn scale(answer: &mut Message, property: &str, factor: f64) {
    answer.edit(|body| {
        if let Some(reading) = body.pointer_mut(&format!("/{property}/Reading")) {
            *reading = reading.as_f64().map_or(Value::Null, |value| (value * factor).into());
        }
    });
}

/// Mutants of a Redfish service.
pub(super) const SERVICE: &[Mutant] = &[
    // Who gets in.
    instead("root-needs-login", "asks for a login at the service root", |q| {
        let open = q.header("x-auth-token").is_none() && q.second() == "/redfish/v1/";
        (q.method() == "GET" && open).then(refused)
    }),
    request("open-without-login", "answers reads without a login", |q| {
        if q.method() == "GET" && q.header("x-auth-token").is_none() {
            as_admin(q);
        }
    }),
    answer("login-without-location", "does not say where a new session is", |q, a| {
        if login(q) {
            a.remove("location");
        }
    }),
    answer("password-in-session", "shows the password in the answer to a login", |q, a| {
        if login(q) {
            a.edit(|body| put(body, "Password", PASSWORD.into()));
        }
    }),
    answer("hint-about-the-user", "tells an unknown user from a wrong password", |q, a| {
        if login(q) && q.json().get("UserName") == Some(&json!("dpo-nobody")) {
            a.edit(|body| put(body, "Hint", "no such user".into()));
        }
    }),
    instead("logout-does-nothing", "says that a session has ended, and keeps it", |q| {
        let session = q.second().contains("/Sessions/");
        (q.method() == "DELETE" && session).then(|| Message::answer(204, &Value::Null))
    }),
    request("any-token", "takes any token", |q| {
        if q.header("x-auth-token").is_some_and(|token| token.starts_with("0123456789")) {
            as_admin(q);
        }
    }),
    answer("password-in-account", "shows the password in the account", |q, a| {
        if is(q, "/Accounts/admin") {
            a.edit(|body| put(body, "Password", PASSWORD.into()));
        }
    }),
    write_request("reader-may-write", "lets a user write who may only read", |q| {
        if patch(q) && q.header("x-auth-token").is_some() {
            as_admin(q);
        }
    }),
    write_request("anyone-may-write", "lets anyone write without a login", |q| {
        if patch(q) && q.header("x-auth-token").is_none() {
            as_admin(q);
        }
    }),
    // The protocol.
    answer("no-odata-version", "sends no OData-Version", |_, a| a.remove("odata-version")),
    answer("no-cache-control", "sends no Cache-Control", |_, a| a.remove("cache-control")),
    answer("text-media-type", "sends JSON as text/plain", |_, a| a.set("content-type", "text/plain")),
    answer("no-allow", "sends no Allow on a read", |q, a| {
        if q.method() == "GET" {
            a.remove("allow");
        }
    }),
    answer("no-etag-header", "sends no ETag", |_, a| a.remove("etag")),
    answer("tags-differ", "sends an ETag that is not the one of the body", |q, a| {
        if q.method() == "GET" {
            a.set("etag", "\"other\"");
        }
    }),
    request("no-304", "does not know If-None-Match", |q| q.remove("if-none-match")),
    instead("head-refused", "refuses HEAD", |q| {
        (q.method() == "HEAD").then(|| Message::answer(405, &Value::Null))
    }),
    answer("404-without-words", "answers 404 without a body", |_, a| {
        if a.second() == "404" {
            a.body.clear();
        }
    }),
    answer("missing-is-200", "answers 200 for what is not there", |_, a| {
        if a.second() == "404" {
            a.set_status(200);
        }
    }),
    answer("message-without-registry", "gives messages without a registry", |_, a| {
        a.edit(|body| {
            if let Some(id) = body.pointer_mut("/error/@Message.ExtendedInfo/0/MessageId") {
                *id = "Missing".into();
            }
        });
    }),
    request("any-odata-version", "takes any OData-Version", |q| q.remove("odata-version")),
    write_instead("delete-accepted", "takes DELETE of the chassis collection", |q| {
        let session = q.second().contains("/Sessions");
        (q.method() == "DELETE" && !session).then(|| Message::answer(204, &Value::Null))
    }),
    write_answer("405-without-allow", "answers 405 without Allow", |_, a| {
        if a.second() == "405" {
            a.remove("allow");
        }
    }),
    request("unknown-option-ignored", "ignores a query option with $ that it does not know", |q| {
        if q.second().contains("$dpo_unknown") {
            q.set_path("/redfish/v1/");
        }
    }),
    // The resources.
    answer("wrong-odata-id", "names another resource in @odata.id", |q, a| {
        if is(q, "/Managers/") {
            a.edit(|body| put(body, "@odata.id", "/redfish/v1/Managers/other".into()));
        }
    }),
    answer("dead-link", "links a resource that is not there", |q, a| {
        if is(q, "/EnvironmentMetrics") {
            a.edit(|body| put(body, "Dead", json!({"@odata.id": "/redfish/v1/Chassis/dpo-dead"})));
        }
    }),
    answer("update-service-hidden", "does not lead to its update service, which it claims", |q, a| {
        if q.method() == "GET" && matches!(q.second(), "/redfish/v1/" | "/redfish/v1") {
            a.edit(|body| take(body, "UpdateService"));
        }
    }),
    answer("other-redfish-version", "has a RedfishVersion that it does not claim", |q, a| {
        if q.method() == "GET" && matches!(q.second(), "/redfish/v1/" | "/redfish/v1") {
            a.edit(|body| put(body, "RedfishVersion", json!("1.0.0")));
        }
    }),
    answer("no-name", "has a resource without a name", |q, a| {
        if is(q, "/PowerSupplies/") {
            a.edit(|body| take(body, "Name"));
        }
    }),
    answer("count-too-high", "counts one member too many", |q, a| {
        if is(q, "/Sensors") {
            a.edit(|body| {
                if let Some(count) = body.get("Members@odata.count").and_then(Value::as_u64) {
                    put(body, "Members@odata.count", (count + 1).into());
                }
            });
        }
    }),
    answer("member-twice", "lists a member twice", |q, a| {
        if is(q, "/PowerSupplies") {
            a.edit(|body| {
                let members = body.get_mut("Members").and_then(Value::as_array_mut);
                let count = members.map(|members| {
                    members.extend(members.first().cloned());
                    members.len()
                });
                if let Some(count) = count {
                    put(body, "Members@odata.count", count.into());
                }
            });
        }
    }),
    answer("sensor-without-unit", "has sensors without a unit", |q, a| {
        if is(q, "/Sensors/") {
            a.edit(|body| take(body, "ReadingUnits"));
        }
    }),
    answer("reading-is-text", "gives readings as text", |q, a| {
        if is(q, "/Sensors/") {
            a.edit(|body| put(body, "Reading", "50.5".into()));
        }
    }),
    answer("limit-without-range", "does not state the range of the power limit", |q, a| {
        if is(q, "/Controls/") {
            a.edit(|body| {
                take(body, "AllowableMax");
                take(body, "SettingMax");
            });
        }
    }),
    answer("limit-copy-differs", "shows another power limit in the environment metrics", |q, a| {
        if is(q, "/EnvironmentMetrics") {
            a.edit(|body| {
                if let Some(limit) = body.get_mut("PowerLimitWatts") {
                    put(limit, "SetPoint", 1.0.into());
                }
            });
        }
    }),
    answer("supply-without-serial", "has power supplies without a serial number", |q, a| {
        if is(q, "/PowerSupplies/") {
            a.edit(|body| take(body, "SerialNumber"));
        }
    }),
    answer("supply-without-power", "has metrics without output power", |q, a| {
        if is(q, "/Metrics") {
            a.edit(|body| take(body, "OutputPowerWatts"));
        }
    }),
    // Writes that are refused.
    write_instead("cut-json-taken", "answers a body that is no JSON with 200", |q| {
        (patch(q) && q.json().is_null()).then(|| Message::answer(200, &json!({})))
    }),
    write_request(
        "unknown-property-ignored",
        "takes the rest of a body with a property it does not know",
        |q| {
            if patch(q) {
                q.edit(|body| take(body, "DpoNoSuchProperty"));
            }
        },
    ),
    write_instead("read-only-ignored", "ignores a write to a property that cannot be written", |q| {
        (patch(q) && q.json().get("Name").is_some()).then(|| Message::answer(200, &json!({})))
    }),
    write_request("text-is-a-number", "takes a text for a number", |q| {
        let number = q.json().get("SetPoint").and_then(Value::as_str).and_then(|t| t.parse::<f64>().ok());
        if let Some(number) = number.filter(|_| patch(q)) {
            q.edit(|body| put(body, "SetPoint", number.into()));
        }
    }),
    write_request("clips-to-the-range", "clips a set point to its range", |q| {
        if let Some(watts) = set_point(q).filter(|_| patch(q)) {
            q.edit(|body| put(body, "SetPoint", watts.min(15_000.0).into()));
        }
    }),
    write_answer("error-says-nothing", "refuses without a message", |q, a| {
        if patch(q) && a.second() == "400" {
            a.body = b"{\"error\":{\"code\":\"Base.1.0.GeneralError\"}}".to_vec();
        }
    }),
    write_request("if-match-ignored", "does not know If-Match", |q| q.remove("if-match")),
    // Writes that are taken.
    write_instead("set-point-not-written", "answers a write with what was asked and does nothing", |q| {
        let watts = set_point(q).filter(|_| patch(q) && q.header("if-match").is_none())?;
        Some(Message::answer(200, &json!({"SetPoint": watts, "ControlMode": "Automatic"})))
    }),
    write_answer("answer-shows-no-set-point", "answers a write without the set point", |q, a| {
        if patch(q) && a.second() == "200" {
            a.edit(|body| put(body, "SetPoint", Value::Null));
        }
    }),
    write_instead("disabled-does-nothing", "says that a control is disabled, and keeps it", |q| {
        let disabled = q.json().get("ControlMode") == Some(&json!("Disabled"));
        let body = json!({"SetPoint": null, "ControlMode": "Disabled"});
        (patch(q) && disabled).then(|| Message::answer(200, &body))
    }),
    write_answer("mode-stays-automatic", "shows a control as automatic that is disabled", |q, a| {
        if is(q, "/Controls/") {
            a.edit(|body| put(body, "ControlMode", "Automatic".into()));
        }
    }),
    write_answer("tag-stays", "keeps the tag of a control whatever is written", |q, a| {
        if q.second().contains("/Controls/") && a.header("etag").is_some() {
            a.set("etag", "\"same\"");
        }
    }),
    // Beside Modbus.
    answer("model-differs", "shows another model than Modbus", |q, a| {
        if is(q, "/PowerSupplies/") {
            a.edit(|body| put(body, "Model", "another".into()));
        }
    }),
    answer("power-high-by-a-tenth", "shows output power a tenth too high", |q, a| {
        if is(q, "/Metrics") {
            scale(a, "OutputPowerWatts", 1.1);
        }
    }),
    answer("current-in-milliamperes", "shows input current in mA", |q, a| {
        if is(q, "/Metrics") {
            scale(a, "InputCurrentAmps", 1000.0);
        }
    }),
    answer("sensor-in-millivolts", "says that a sensor of volts is in mV", |q, a| {
        if is(q, "/Sensors/") && a.json().get("ReadingUnits") == Some(&json!("V")) {
            a.edit(|body| put(body, "ReadingUnits", "mV".into()));
        }
    }),
    answer("state-differs", "shows another state than Modbus", |q, a| {
        if is(q, "/Managers/") {
            a.edit(|body| {
                if let Some(state) = body.pointer_mut("/Oem/DPOGateway/State") {
                    *state = "Supporting".into();
                }
            });
        }
    }),
    answer("clock-an-hour-off", "has a clock that is off by an hour", |q, a| {
        if is(q, "/Managers/") {
            a.edit(|body| put(body, "DateTime", "2020-01-01T00:00:00Z".into()));
        }
    }),
    instead("busy-with-sensors", "answers reads of sensors with 503", |q| {
        is(q, "/Sensors/").then(|| Message::answer(503, &json!({})))
    }),
    write_answer("modbus-set-point-not-shown", "shows no set point but its own", |q, a| {
        if is(q, "/Controls/") {
            a.edit(|body| put(body, "SetPoint", Value::Null));
        }
    }),
    write_answer("conflict-is-success", "answers a write with 200 while Modbus steers", |q, a| {
        if patch(q) && a.second() == "409" {
            a.set_status(200);
        }
    }),
    write_answer("limit-stays-in-force", "shows a limit that is no longer in force", |q, a| {
        if is(q, "/Controls/") {
            a.edit(|body| {
                if body.get("SetPoint").is_some_and(Value::is_null) {
                    put(body, "SetPoint", 12_345.0.into());
                }
            });
        }
    }),
    write_answer("log-without-leases", "logs nothing of leases", |q, a| {
        if is(q, "/Entries") {
            a.edit(|body| put(body, "Members", json!([])));
        }
    }),
    write_answer("health-always-ok", "shows every supply as healthy", |q, a| {
        if supply(q) {
            a.edit(|body| set_health(body, "OK"));
        }
    }),
    write_answer("ghost-alarm", "shows supplies as ill for ever after a second fault", |q, a| {
        if supply(q) {
            a.edit(|body| {
                if ghost(q.second(), body.pointer("/Status/Health").is_some_and(|h| h == "Warning")) {
                    set_health(body, "Warning");
                }
            });
        }
    }),
];

/// The supply that was ill first, whether it was when it was last read, and how often that has changed.
static GHOST: Mutex<(String, bool, u32)> = Mutex::new((String::new(), false, 0));

/// Whether a supply is shown as ill: it is, or it had its second fault. The first one is that of XIF-005, which says
/// nothing of its end.
fn ghost(uri: &str, ill: bool) -> bool {
    let mut own = GHOST.lock().unwrap_or_else(PoisonError::into_inner);
    if own.0.is_empty() && ill {
        uri.clone_into(&mut own.0);
    }
    if own.0 == uri && own.1 != ill {
        own.1 = ill;
        own.2 += 1;
    }
    ill || own.0 == uri && own.2 > 2
}

fn supply(asked: &Message) -> bool {
    is(asked, "/PowerSupplies/") && !asked.second().ends_with("Metrics")
}

fn set_health(body: &mut Value, health: &str) {
    if let Some(own) = body.pointer_mut("/Status/Health") {
        *own = health.into();
    }
}
