//! Accounts and roles, read-only: accounts come from the configuration.

use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::{Identity, Privilege};
use super::config::Role as RoleId;
use super::error::Error;
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::status::Status;
use super::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service))
        .routes(routes!(accounts))
        .routes(routes!(account))
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
    supported_account_types: [&'static str; 1],
    status: Status,
    accounts: Link,
    roles: Link,
}

/// An account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ManagerAccount {
    #[serde(flatten)]
    head: Head,
    user_name: String,
    /// Always null.
    #[schema(value_type = Option<String>)]
    password: (),
    role_id: &'static str,
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
            supported_account_types: ["Redfish"],
            status: Status::ok(),
            accounts: link(uri::ACCOUNTS),
            roles: link(uri::ROLES),
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
async fn accounts(State(app): State<App>) -> Answer {
    let ids = app.auth.accounts().map(|(name, _)| name.to_owned());
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
    let (name, role) = app.auth.accounts().find(|(name, _)| *name == id).ok_or(Error::NotFound)?;
    let at = format!("{}/{name}", uri::ACCOUNTS);
    Resource::new(
        &schema::ACCOUNT,
        &ManagerAccount {
            head: Head::new(&schema::ACCOUNT, &at, format!("Account {name}")),
            user_name: name.to_owned(),
            password: (),
            role_id: role.id(),
            enabled: true,
            // A lock-out is of a user from one address, never of the account for everyone.
            locked: false,
            account_types: ["Redfish"],
            links: AccountLinks { role: link(format!("{}/{}", uri::ROLES, role.id())) },
        },
    )
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
