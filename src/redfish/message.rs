//! Errors in the words of Redfish: messages of DMTF's Base registry 1.22 (their keys and arguments; the
//! sentences are this service's own and say more).

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::error::{Error, Fault};
use crate::gateway::GateError;

/// One message of the Base registry (`Message.v1_3_0`).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Message {
    #[serde(rename = "@odata.type")]
    #[schema(example = "#Message.v1_3_0.Message")]
    odata_type: &'static str,
    /// Registry, version and key.
    #[schema(example = "Base.1.22.PropertyValueOutOfRange")]
    message_id: String,
    /// One sentence for a person.
    message: String,
    /// The arguments of the registry's message.
    message_args: Vec<String>,
    /// OK, Warning or Critical.
    message_severity: &'static str,
    /// What to do.
    resolution: String,
    /// JSON pointers of the properties concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_properties: Vec<String>,
}

/// The body of every answer with a status of 400 or more.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    error: ErrorDetail,
}

/// The error object of DSP0266, "Error responses".
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorDetail {
    /// MessageId of the first message, or `Base.1.22.GeneralError` if there are several.
    code: String,
    /// One sentence for a person.
    message: String,
    /// Each fault.
    #[serde(rename = "@Message.ExtendedInfo")]
    extended_info: Vec<Message>,
}

fn message(key: &str, severity: &'static str, args: &[&str], text: impl Into<String>, fix: &str) -> Message {
    Message {
        odata_type: "#Message.v1_3_0.Message",
        message_id: format!("Base.1.22.{key}"),
        message: text.into(),
        message_args: args.iter().map(|a| (*a).to_owned()).collect(),
        message_severity: severity,
        resolution: fix.to_owned(),
        related_properties: Vec::new(),
    }
}

impl Fault {
    fn message(&self, property: &str) -> Message {
        let w = "Warning";
        let mut made = match self {
            Self::Unknown => message(
                "PropertyUnknown",
                w,
                &[property],
                format!("This resource has no property {property}."),
                "Remove it and send the request again.",
            ),
            Self::ReadOnly => message(
                "PropertyNotWritable",
                w,
                &[property],
                format!("{property} can be read but not written."),
                "Remove it and send the request again.",
            ),
            Self::Duplicate => message(
                "PropertyDuplicate",
                w,
                &[property],
                format!("{property} is in the request more than once."),
                "Give it once.",
            ),
            Self::Type(value) => message(
                "PropertyValueTypeError",
                w,
                &[&value.to_string(), property],
                format!("{value} has the wrong type for {property}."),
                "Give a value of the type in the schema.",
            ),
            Self::NotInList(value) => message(
                "PropertyValueNotInList",
                w,
                &[&value.to_string(), property],
                format!("{value} is not one of the values {property} can take."),
                "Choose a value from the list of the resource.",
            ),
            Self::OutOfRange(value, limits) => message(
                "PropertyValueOutOfRange",
                w,
                &[&value.to_string(), property],
                format!("{value} is outside the range of {property}: {limits}."),
                "Give a value between AllowableMin and AllowableMax.",
            ),
            Self::Refused(value, why) => message(
                "PropertyValueError",
                w,
                &[property],
                format!("{value} cannot be taken for {property}: {why}."),
                "Give another value.",
            ),
            Self::Missing => message(
                "PropertyMissing",
                w,
                &[property],
                format!("{property} is required."),
                "Add it and send the request again.",
            ),
            Self::Conflict(other) => message(
                "PropertyValueConflict",
                w,
                &[property, other],
                format!("The value of {property} does not go with the value of {other}."),
                "Make the two agree.",
            ),
        };
        made.related_properties = vec![format!("#/{property}")];
        made
    }

    /// The same for a parameter of an action: its messages have names of their own and one more argument.
    fn message_of_parameter(&self, action: &str, parameter: &str) -> Message {
        let mut made = self.message(parameter);
        let key = match self {
            Self::Unknown | Self::ReadOnly => "ActionParameterUnknown",
            Self::Duplicate => "ActionParameterDuplicate",
            Self::Type(_) => "ActionParameterValueTypeError",
            Self::NotInList(_) => "ActionParameterValueNotInList",
            Self::OutOfRange(..) => "ActionParameterValueOutOfRange",
            Self::Refused(..) => "ActionParameterValueError",
            Self::Missing => "ActionParameterMissing",
            Self::Conflict(_) => "ActionParameterValueConflict",
        };
        made.message_id = format!("Base.1.22.{key}");
        // Where the action stands among the arguments differs, as in the registry.
        match self {
            Self::Unknown | Self::ReadOnly | Self::Duplicate | Self::Missing => {
                made.message_args.insert(0, action.to_owned());
            }
            Self::Conflict(_) => {}
            _ => made.message_args.push(action.to_owned()),
        }
        made
    }
}

impl Error {
    /// The Redfish error body for a request to `uri`.
    pub(crate) fn body(&self, uri: &str) -> Value {
        let messages = self.messages(uri);
        let (code, text) = match messages.as_slice() {
            [one] => (one.message_id.clone(), one.message.clone()),
            _ => ("Base.1.22.GeneralError".to_owned(), "See @Message.ExtendedInfo.".to_owned()),
        };
        let body = ErrorBody { error: ErrorDetail { code, message: text, extended_info: messages } };
        serde_json::to_value(body).unwrap_or_else(|_| json!({"error": {"code": "Base.1.22.InternalError"}}))
    }

    fn messages(&self, uri: &str) -> Vec<Message> {
        let (c, w) = ("Critical", "Warning");
        let one = match self {
            Self::NotFound => message(
                "ResourceMissingAtURI",
                c,
                &[uri],
                format!("There is no resource at {uri}."),
                "Follow the links from /redfish/v1/.",
            ),
            Self::MethodNotAllowed => message(
                "OperationNotAllowed",
                c,
                &[],
                "This resource does not take this HTTP method.",
                "Use a method of the Allow header.",
            ),
            // Says nothing about which part of the credentials was wrong.
            Self::Unauthenticated => message(
                "NoValidSession",
                c,
                &[],
                "The request carries no valid credentials.",
                "Log in, or use HTTP Basic authentication, and send the request again.",
            ),
            Self::Forbidden => message(
                "InsufficientPrivilege",
                c,
                &[],
                "The role of this account does not allow this operation.",
                "Use an account with the privilege.",
            ),
            Self::PasswordChange(user) => return vec![password_change(user)],
            Self::Exists(name) => message(
                "ResourceAlreadyExists",
                c,
                &["ManagerAccount", "UserName", name],
                format!("There is an account {name}."),
                "Choose another name, or change that account.",
            ),
            Self::LastAdministrator => message(
                "ResourceCannotBeDeleted",
                c,
                &[],
                "This is the last account that can administrate the service.",
                "Give another account the role Administrator first.",
            ),
            Self::Running => {
                message("ResourceInUse", w, &[], "The task still runs.", "Wait until it has ended.")
            }
            Self::StreamLimit => message(
                "EventSubscriptionLimitExceeded",
                c,
                &[],
                "All event streams, or all subscriptions, are in use.",
                "Close one, or wait until one ends.",
            ),
            Self::TriggerLimit => message(
                "CreateLimitReachedForResource",
                c,
                &[],
                "There are as many triggers as can be.",
                "Delete one first.",
            ),
            Self::SessionLimit => message(
                "SessionLimitExceeded",
                c,
                &[],
                "All sessions are in use.",
                "Delete a session, or wait until one ends.",
            ),
            Self::Busy => message(
                "ServiceTemporarilyUnavailable",
                c,
                &["1"],
                "Too many logins are being checked.",
                "Try again in 1 second, or use a session instead of Basic authentication.",
            ),
            Self::Precondition => message(
                "PreconditionFailed",
                c,
                &[],
                "The entity tag is not the current one: the resource has changed.",
                "Read the resource again and decide anew.",
            ),
            Self::Header(name, _) => message(
                "HeaderInvalid",
                c,
                &[name],
                format!("The service cannot fulfil the header {name} with this value."),
                "Correct or remove the header.",
            ),
            Self::QueryUnsupported(name) => message(
                "QueryParameterUnsupported",
                w,
                &[name],
                format!("The query parameter {name} is not supported."),
                "Remove it; ProtocolFeaturesSupported of the service root lists what is.",
            ),
            Self::QueryInvalid(name) => message(
                "QueryParameterValueError",
                w,
                &[name],
                format!("The value of the query parameter {name} is not valid."),
                "Correct or remove it.",
            ),
            Self::QueryOnOperation => message(
                "QueryNotSupportedOnOperation",
                w,
                &[],
                "Query parameters go with reads only.",
                "Remove them.",
            ),
            Self::QueryOnResource => message(
                "QueryNotSupportedOnResource",
                w,
                &[],
                "The query parameter only goes with collections.",
                "Remove it.",
            ),
            Self::TooLarge => message(
                "PayloadTooLarge",
                c,
                &[],
                "The request body is larger than the service takes.",
                "Send less.",
            ),
            Self::TimedOut => message(
                "OperationTimeout",
                w,
                &[],
                "The request took too long; a write may still be under way.",
                "Read the resource to see what holds.",
            ),
            Self::MalformedJson => message(
                "MalformedJSON",
                c,
                &[],
                "The request body is not valid JSON.",
                "Correct it and send the request again.",
            ),
            Self::NotAnObject => message(
                "UnrecognizedRequestBody",
                w,
                &[],
                "The request body is not a JSON object.",
                "Send an object.",
            ),
            Self::EmptyBody => {
                message("EmptyJSON", w, &[], "The request body is an empty object.", "Give a property.")
            }
            Self::NoOperation => message(
                "NoOperation",
                w,
                &[],
                "The request holds nothing to act upon; nothing was changed.",
                "Give a writable property.",
            ),
            Self::Properties(faults) => {
                return faults.iter().map(|(name, fault)| fault.message(name)).collect();
            }
            Self::Parameters(action, faults) => {
                return faults.iter().map(|(name, fault)| fault.message_of_parameter(action, name)).collect();
            }
            Self::Gate { property, value, source } => gate_message(property, value, source),
            Self::Action { action, source } => action_message(action, source),
            Self::Internal(_) => message(
                "InternalError",
                c,
                &[],
                "The service failed; its log has the cause.",
                "Try again; if it stays, ask the operator to look at the log.",
            ),
        };
        vec![one]
    }
}

/// What an account is told that must change its password.
pub(crate) fn password_change(user: &str) -> Message {
    let at = format!("{}/{user}", super::uri::ACCOUNTS);
    let text = format!("The password of this account must be changed before anything else: PATCH {at}.");
    message("PasswordChangeRequired", "Critical", &[&at], text, "Change the password of the account.")
}

/// What the gate answered to an action, in the words of the Base registry.
fn action_message(action: &str, source: &GateError) -> Message {
    let text = format!("{action} was not done: {source}.");
    match source {
        GateError::Device { .. } => message(
            "OperationFailed",
            "Warning",
            &[],
            text,
            "Read the status of the devices; the event log has the details.",
        ),
        GateError::State { .. } => message(
            "ResourceInUse",
            "Warning",
            &[],
            text,
            "Read the status of the shelf and remove the cause.",
        ),
        _ => Message {
            message: text,
            related_properties: Vec::new(),
            ..gate_message(action, &Value::Null, source)
        },
    }
}

/// What the gate answered, in the words of the Base registry.
fn gate_message(property: &str, value: &Value, source: &GateError) -> Message {
    let (c, w) = ("Critical", "Warning");
    let text = format!("{property} was not written: {source}.");
    let mut made = match source {
        GateError::OutOfRange { minimum, maximum, .. } => {
            return Fault::OutOfRange(value.clone(), format!("{minimum} to {maximum}")).message(property);
        }
        GateError::VoltageOutOfRange { minimum, maximum, .. } => {
            return Fault::OutOfRange(value.clone(), format!("{minimum} to {maximum}")).message(property);
        }
        GateError::NoLease | GateError::HeldByOther { .. } => message(
            "ResourceInUse",
            w,
            &[],
            text,
            "Wait until the lease ends, or let its owner give it back; then send the request again.",
        ),
        GateError::State { .. } => message(
            "PropertyValueExternalConflict",
            w,
            &[property, &value.to_string()],
            text,
            "Read the status of the shelf and remove the cause.",
        ),
        GateError::Device { .. } => message(
            "PropertyNotUpdated",
            c,
            &[property],
            text,
            "Read the status of the devices; the event log has the details.",
        ),
        GateError::Stopped => {
            message("ServiceShuttingDown", c, &[], text, "Wait for the gateway to start again.")
        }
        GateError::Duration { .. } => {
            message("InternalError", c, &[], text, "Correct the lease duration in the configuration.")
        }
    };
    made.related_properties = vec![format!("#/{property}")];
    made
}
