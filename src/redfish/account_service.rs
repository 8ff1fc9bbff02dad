//! Accounts and roles. The first accounts come from the configuration; once a client has changed one, what is kept counts.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use zeroize::Zeroizing;

use super::accounts::{self, LONGEST, SHORTEST_PASSWORD, Stored};
use super::app::App;
use super::auth::{Identity, Privilege};
use super::body::{self, Properties, Update};
use super::config::Role as RoleId;
use super::error::{Error, Fault};
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::status::Status;
use super::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service))
        .routes(routes!(accounts_list, create))
        .routes(routes!(account, change, delete))
        .routes(routes!(roles))
        .routes(routes!(role))
}

/// The account service.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct AccountService {
    #[serde(flatten)]
    head: Head,
    service_enabled: bool,
    #[serde(rename = "HTTPBasicAuth")]
    http_basic_auth: &'static str,
    /// Failed logins of one user from one address before both together are locked out.
    account_lockout_threshold: u32,
    /// Seconds the lock-out lasts.
    account_lockout_duration: u64,
    /// Seconds without a failure after which the count restarts.
    account_lockout_counter_reset_after: u64,
    min_password_length: usize,
    max_password_length: usize,
    supported_account_types: [&'static str; 1],
    status: Status,
    accounts: Link,
    roles: Link,
    privilege_map: Link,
}

/// An account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ManagerAccount {
    #[serde(flatten)]
    head: Head,
    user_name: String,
    /// Always null. Writable, by the user, too.
    #[schema(value_type = Option<String>)]
    password: (),
    /// Nothing but a new password is taken from the account. Writable.
    password_change_required: bool,
    /// Writable.
    role_id: &'static str,
    /// Writable.
    enabled: bool,
    locked: bool,
    account_types: [&'static str; 1],
    links: AccountLinks,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct AccountLinks {
    role: Link,
}

/// A role and its privileges.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Role {
    #[serde(flatten)]
    head: Head,
    role_id: &'static str,
    is_predefined: bool,
    assigned_privileges: Vec<&'static str>,
}

/// The account service.
#[utoipa::path(
    get,
    path = "/redfish/v1/AccountService",
    tag = "Accounts",
    responses((status = 200, description = "The account service.", body = AccountService))
)]
async fn service(State(app): State<App>) -> Answer {
    let (threshold, duration) = app.auth.lockout();
    Resource::new(
        &schema::ACCOUNT_SERVICE,
        &AccountService {
            head: Head::new(&schema::ACCOUNT_SERVICE, uri::ACCOUNT_SERVICE, "Account service"),
            service_enabled: true,
            http_basic_auth: "Enabled",
            account_lockout_threshold: threshold,
            account_lockout_duration: duration.as_secs(),
            account_lockout_counter_reset_after: duration.as_secs(),
            min_password_length: SHORTEST_PASSWORD,
            max_password_length: LONGEST,
            supported_account_types: ["Redfish"],
            status: Status::ok(),
            accounts: link(uri::ACCOUNTS),
            roles: link(uri::ROLES),
            privilege_map: link(uri::PRIVILEGE_MAP),
        },
    )
}

/// The accounts.
#[utoipa::path(
    get,
    path = "/redfish/v1/AccountService/Accounts",
    tag = "Accounts",
    responses((status = 200, description = "The accounts.", body = Collection))
)]
async fn accounts_list(State(app): State<App>) -> Answer {
    let ids = app.auth.accounts().iter().map(|a| a.name.clone()).collect::<Vec<_>>();
    collection(&schema::ACCOUNTS, uri::ACCOUNTS, "Accounts", ids)
}

/// One account. One's own, or any with the privilege ConfigureUsers.
#[utoipa::path(
    get,
    path = "/redfish/v1/AccountService/Accounts/{account}",
    tag = "Accounts",
    params(("account" = String, Path, description = "User name.", example = "admin")),
    responses((status = 200, description = "The account.", body = ManagerAccount))
)]
async fn account(State(app): State<App>, identity: Identity, Path(id): Path<String>) -> Answer {
    if identity.user != id {
        identity.require(Privilege::ConfigureUsers)?;
    }
    resource(&app, &find(&app, &id)?)
}

fn find(app: &App, id: &str) -> Result<Stored, Error> {
    app.auth.accounts().iter().find(|a| a.name == id).cloned().ok_or(Error::NotFound)
}

fn at(name: &str) -> String {
    format!("{}/{name}", uri::ACCOUNTS)
}

fn resource(app: &App, account: &Stored) -> Answer {
    let (name, role) = (account.name.as_str(), account.role);
    let resource = Resource::new(
        &schema::ACCOUNT,
        &ManagerAccount {
            head: Head::new(&schema::ACCOUNT, &at(name), format!("Account {name}")),
            user_name: name.to_owned(),
            password: (),
            password_change_required: account.change_required,
            role_id: role.id(),
            enabled: account.enabled,
            // A lock-out is of a user from one address, never of the account for everyone.
            locked: false,
            account_types: ["Redfish"],
            links: AccountLinks { role: link(format!("{}/{}", uri::ROLES, role.id())) },
        },
    )?;
    Ok(app.counted(resource))
}

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct NewAccount {
    #[schema(example = "operator")]
    user_name: String,
    /// 8 to 256 bytes.
    #[schema(format = Password)]
    password: String,
    role_id: RoleId,
    enabled: Option<bool>,
    password_change_required: Option<bool>,
}

/// The body of a write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read property by property")]
struct AccountUpdate {
    /// 8 to 256 bytes.
    #[schema(format = Password)]
    password: Option<String>,
    role_id: Option<RoleId>,
    enabled: Option<bool>,
    password_change_required: Option<bool>,
}

/// What a client asks of an account.
#[derive(Default)]
struct Wanted {
    password: Option<Zeroizing<String>>,
    role: Option<RoleId>,
    enabled: Option<bool>,
    change_required: Option<bool>,
}

impl Wanted {
    /// Takes one property; `None` if it is none of these.
    fn take(&mut self, name: &str, value: Value) -> Option<Result<(), Fault>> {
        let truth = |value: Value| value.as_bool().ok_or(Fault::Type(value));
        Some(match (name, value) {
            ("Password", Value::String(text)) => {
                let text = Zeroizing::new(text);
                if (SHORTEST_PASSWORD..=LONGEST).contains(&text.len()) {
                    self.password = Some(text);
                    Ok(())
                } else {
                    let why = format!("it must have {SHORTEST_PASSWORD} to {LONGEST} bytes");
                    Err(Fault::Refused(Value::from("(not shown)"), why))
                }
            }
            // The value is not repeated: it may be a password in the wrong form.
            ("Password", _) => Err(Fault::Type(Value::from("(not shown)"))),
            ("RoleId", Value::String(word)) => {
                self.role = RoleId::ALL.into_iter().find(|role| role.id() == word);
                if self.role.is_some() { Ok(()) } else { Err(Fault::NotInList(Value::from(word))) }
            }
            ("RoleId", other) => Err(Fault::Type(other)),
            ("Enabled", value) => truth(value).map(|on| self.enabled = Some(on)),
            ("PasswordChangeRequired", value) => truth(value).map(|on| self.change_required = Some(on)),
            _ => return None,
        })
    }
}

/// Makes an account. Needs the privilege ConfigureUsers.
#[utoipa::path(
    post,
    path = "/redfish/v1/AccountService/Accounts",
    tag = "Accounts",
    request_body = NewAccount,
    responses((
        status = 201,
        description = "The account.",
        body = ManagerAccount,
        headers(("Location" = String, description = "URI of the account."))
    ))
)]
async fn create(State(app): State<App>, identity: Identity, request: Request) -> Answer {
    identity.require(Privilege::ConfigureUsers)?;
    let properties = body::read(request, app.body_limit).await?;
    let (name, wanted) = new_account(properties)?;
    // Hashing takes long: nobody waits for it but this client.
    let hash = app.auth.hashed(wanted.password.unwrap_or_default()).await?;
    let account = Stored {
        name: name.clone(),
        role: wanted.role.unwrap_or(RoleId::ReadOnly),
        hash,
        enabled: wanted.enabled.unwrap_or(true),
        change_required: wanted.change_required.unwrap_or(false),
    };
    alone(&app, |app| async move {
        let made = account.clone();
        keep(&app, &name, |list| accounts::add(list, made)).await?;
        tracing::warn!(
            user = identity.user,
            account = name,
            role = account.role.id(),
            "redfish: account made"
        );
        let mut resource = resource(&app, &account)?;
        resource.status = StatusCode::CREATED;
        resource.headers.push(("location", at(&name)));
        Ok(resource)
    })
    .await
}

fn new_account(properties: Properties) -> Result<(String, Wanted), Error> {
    let (mut wanted, mut user, mut faults) = (Wanted::default(), None, Vec::new());
    for (name, value) in properties {
        let taken = match (name.as_str(), value) {
            ("UserName", Value::String(text)) => match accounts::wrong_name(&text) {
                Some(why) => Err(Fault::Refused(Value::from(text.chars().take(64).collect::<String>()), why)),
                None => {
                    user = Some(text);
                    Ok(())
                }
            },
            ("UserName", other) => Err(Fault::Type(other)),
            (known, value) => wanted.take(known, value).unwrap_or(Err(Fault::Unknown)),
        };
        faults.extend(taken.err().map(|fault| (name, fault)));
    }
    let missing = [
        ("UserName", user.is_none()),
        ("Password", wanted.password.is_none()),
        ("RoleId", wanted.role.is_none()),
    ];
    for (name, missing) in missing {
        if missing && !faults.iter().any(|(n, _)| n == name) {
            faults.push((name.to_owned(), Fault::Missing));
        }
    }
    body::refuse(faults)?;
    Ok((user.unwrap_or_default(), wanted))
}

/// Changes the list of accounts, in the file first; what was remembered of `user` is forgotten.
async fn keep(
    app: &App,
    user: &str,
    change: impl FnOnce(&mut Vec<Stored>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut list = Vec::clone(&app.auth.accounts());
    change(&mut list)?;
    let copy = list.clone();
    app.store.set(|state| state.accounts = Some(copy)).await?;
    app.auth.changed(list, user);
    app.written(&at(user));
    Ok(())
}

/// Runs a change in a task of its own, while nobody else writes: a client that goes away must not stop it half way.
async fn alone<T, F>(app: &App, change: impl FnOnce(App) -> F + Send + 'static) -> Result<T, Error>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>> + Send,
{
    let app = Arc::clone(app);
    let done = tokio::spawn(async move {
        let held = Arc::clone(&app);
        let _alone = held.writing.lock().await;
        change(app).await
    });
    done.await.map_err(|e| Error::Internal(e.to_string()))?
}

/// Changes an account. One's own password with ConfigureSelf; everything with the privilege ConfigureUsers. A new password
/// ends the other sessions of the user.
#[utoipa::path(
    patch,
    path = "/redfish/v1/AccountService/Accounts/{account}",
    tag = "Accounts",
    params(("account" = String, Path, description = "User name.", example = "admin")),
    request_body = AccountUpdate,
    responses((status = 200, description = "The account as it is now.", body = ManagerAccount))
)]
async fn change(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let own = identity.user == id;
    identity.require(if own { Privilege::ConfigureSelf } else { Privilege::ConfigureUsers })?;
    let before = resource(&app, &find(&app, &id)?)?;
    let update = Update::read(request, app.body_limit).await;
    let (mut wanted, mut faults) = (Wanted::default(), Vec::new());
    // The condition is checked before the long hash, and again when nobody else writes.
    let condition = update.condition();
    for (name, value) in update.properties(&before)? {
        if name != "Password" {
            identity.require(Privilege::ConfigureUsers)?;
        }
        let taken = wanted.take(&name, value).unwrap_or_else(|| Err(before.unwritable(&name)));
        faults.extend(taken.err().map(|fault| (name, fault)));
    }
    body::refuse(faults)?;
    // An account that must change its password may do that alone.
    if identity.change_required && wanted.password.is_none() {
        return Err(Error::PasswordChange(identity.user));
    }
    let new_password = wanted.password.is_some();
    let hash = match wanted.password.take() {
        Some(password) => Some(app.auth.hashed(password).await?),
        None => None,
    };
    alone(&app, move |app| async move {
        let mut account = find(&app, &id)?;
        condition.check(&resource(&app, &account)?)?;
        if let Some(hash) = hash {
            account.hash = hash;
            account.change_required = false;
        }
        account.role = wanted.role.unwrap_or(account.role);
        account.enabled = wanted.enabled.unwrap_or(account.enabled);
        account.change_required = wanted.change_required.unwrap_or(account.change_required);
        let changed = account.clone();
        keep(&app, &id, |list| accounts::replace(list, changed)).await?;
        if new_password || !account.enabled {
            let mine = identity.session.filter(|_| own && account.enabled);
            app.sessions.close_of(&id, mine);
        }
        tracing::warn!(user = identity.user, account = id, new_password, "redfish: account changed");
        resource(&app, &account)
    })
    .await
}

/// Takes an account away, and ends its sessions. Needs the privilege ConfigureUsers. The last administrator stays.
#[utoipa::path(
    delete,
    path = "/redfish/v1/AccountService/Accounts/{account}",
    tag = "Accounts",
    params(("account" = String, Path, description = "User name.", example = "admin")),
    responses((status = 204, description = "It is gone."))
)]
async fn delete(
    State(app): State<App>,
    identity: Identity,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Error> {
    identity.require(Privilege::ConfigureUsers)?;
    let condition = body::condition(&request);
    alone(&app, move |app| async move {
        condition.check(&resource(&app, &find(&app, &id)?)?)?;
        keep(&app, &id, |list| accounts::remove(list, &id)).await?;
        app.sessions.close_of(&id, None);
        tracing::warn!(user = identity.user, account = id, "redfish: account deleted");
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// The roles.
#[utoipa::path(
    get,
    path = "/redfish/v1/AccountService/Roles",
    tag = "Accounts",
    responses((status = 200, description = "The roles.", body = Collection))
)]
async fn roles() -> Answer {
    collection(&schema::ROLES, uri::ROLES, "Roles", RoleId::ALL.map(|r| r.id().to_owned()))
}

/// One role.
#[utoipa::path(
    get,
    path = "/redfish/v1/AccountService/Roles/{role}",
    tag = "Accounts",
    params(("role" = String, Path, description = "Administrator, Operator or ReadOnly.", example = "Operator")),
    responses((status = 200, description = "The role.", body = Role))
)]
async fn role(Path(id): Path<String>) -> Answer {
    let role = RoleId::ALL.into_iter().find(|r| r.id() == id).ok_or(Error::NotFound)?;
    let at = format!("{}/{id}", uri::ROLES);
    Resource::new(
        &schema::ROLE,
        &Role {
            head: Head::new(&schema::ROLE, &at, format!("Role {id}")),
            role_id: role.id(),
            is_predefined: true,
            assigned_privileges: role.privileges().iter().map(|p| p.id()).collect(),
        },
    )
}
