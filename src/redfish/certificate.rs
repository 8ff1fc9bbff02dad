//! The certificate of the service as a resource: to read, to ask an authority for another one, and to put that in its place.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rcgen::DnType;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::{Identity, Privilege};
use super::body::{self, Properties};
use super::error::{Error, Fault};
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::tls::{Facts, Tls};
use super::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service))
        .routes(routes!(locations))
        .routes(routes!(generate_info))
        .routes(routes!(generate))
        .routes(routes!(replace))
        .routes(routes!(certificates))
        .routes(routes!(certificate))
}

const GENERATE: &str = "CertificateService.GenerateCSR";
const REPLACE: &str = "CertificateService.ReplaceCertificate";
const GENERATE_AT: &str = "/redfish/v1/CertificateService/Actions/CertificateService.GenerateCSR";
const REPLACE_AT: &str = "/redfish/v1/CertificateService/Actions/CertificateService.ReplaceCertificate";
const GENERATE_INFO: &str = "/redfish/v1/CertificateService/GenerateCSRActionInfo";
/// The one certificate.
const ID: &str = "1";
/// Longest text of a subject, most names, and the longest chain in bytes.
const LONGEST: usize = 256;
const NAMES: usize = 16;
const CHAIN: usize = 32 * 1024;

/// The parts of a subject, by the name of their parameter.
const SUBJECT: [(&str, DnType); 6] = [
    ("CommonName", DnType::CommonName),
    ("Organization", DnType::OrganizationName),
    ("OrganizationalUnit", DnType::OrganizationalUnitName),
    ("City", DnType::LocalityName),
    ("State", DnType::StateOrProvinceName),
    ("Country", DnType::CountryName),
];

/// The certificate service.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct CertificateService {
    #[serde(flatten)]
    head: Head,
    certificate_locations: Link,
    actions: Actions,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CertificateServiceActions)]
struct Actions {
    #[serde(rename = "#CertificateService.GenerateCSR")]
    generate: Described,
    #[serde(rename = "#CertificateService.ReplaceCertificate")]
    replace: Replace,
}

#[derive(Serialize, ToSchema)]
struct Described {
    target: &'static str,
    #[serde(rename = "@Redfish.ActionInfo")]
    info: &'static str,
}

#[derive(Serialize, ToSchema)]
struct Replace {
    target: &'static str,
    #[serde(rename = "CertificateType@Redfish.AllowableValues")]
    types: [&'static str; 1],
}

/// Where certificates are.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct CertificateLocations {
    #[serde(flatten)]
    head: Head,
    links: Locations,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Locations {
    certificates: Vec<Link>,
}

/// A certificate.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Certificate {
    #[serde(flatten)]
    head: Head,
    /// The chain, leaf first, PEM. The key is never shown.
    certificate_string: String,
    certificate_type: &'static str,
    certificate_usage_types: [&'static str; 1],
    subject: Named,
    issuer: Named,
    valid_not_before: Option<String>,
    valid_not_after: Option<String>,
    serial_number: Option<String>,
    fingerprint: Option<String>,
    fingerprint_hash_algorithm: &'static str,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Named {
    common_name: Option<String>,
}

/// The parameters of an action.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ActionInfo {
    #[serde(flatten)]
    head: Head,
    parameters: Vec<Parameter>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    name: &'static str,
    required: bool,
    data_type: &'static str,
}

/// What is to be in the certificate.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read parameter by parameter")]
struct GenerateCsr {
    certificate_collection: CollectionLink,
    #[schema(example = "shelf-7.example.com")]
    common_name: String,
    /// Host names and addresses.
    alternative_names: Option<Vec<String>>,
    organization: Option<String>,
    organizational_unit: Option<String>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
}

/// The certificate that takes the place.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only its schema is used: the body is read parameter by parameter")]
struct ReplaceCertificate {
    certificate_uri: CollectionLink,
    /// PEM, leaf first.
    certificate_string: String,
    /// PEM.
    #[schema(example = "PEM")]
    certificate_type: String,
}

#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct CollectionLink {
    #[serde(rename = "@odata.id")]
    odata_id: String,
}

/// A request for a certificate.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct CsrAnswer {
    #[serde(rename = "CSRString")]
    csr_string: String,
    certificate_collection: Link,
}

fn tls(app: &App) -> Result<&Arc<Tls>, Error> {
    app.tls.as_ref().ok_or(Error::NotFound)
}

fn at() -> String {
    format!("{}/{ID}", uri::CERTIFICATES)
}

/// The certificate service.
#[utoipa::path(
    get,
    path = "/redfish/v1/CertificateService",
    tag = "Certificates",
    responses((status = 200, description = "The certificate service.", body = CertificateService))
)]
async fn service() -> Answer {
    Resource::new(
        &schema::CERTIFICATE_SERVICE,
        &CertificateService {
            head: Head::new(&schema::CERTIFICATE_SERVICE, uri::CERTIFICATE_SERVICE, "Certificate service"),
            certificate_locations: link(uri::CERTIFICATE_LOCATIONS),
            actions: Actions {
                generate: Described { target: GENERATE_AT, info: GENERATE_INFO },
                replace: Replace { target: REPLACE_AT, types: ["PEM"] },
            },
        },
    )
}

/// Where certificates are.
#[utoipa::path(
    get,
    path = "/redfish/v1/CertificateService/CertificateLocations",
    tag = "Certificates",
    responses((status = 200, description = "Links to them.", body = CertificateLocations))
)]
async fn locations(State(app): State<App>, identity: Identity) -> Answer {
    identity.require(Privilege::ConfigureManager)?;
    let schema = &schema::CERTIFICATE_LOCATIONS;
    Resource::new(
        schema,
        &CertificateLocations {
            head: Head::new(schema, uri::CERTIFICATE_LOCATIONS, "Certificates"),
            links: Locations { certificates: app.tls.iter().map(|_| link(at())).collect() },
        },
    )
}

/// What GenerateCSR takes.
#[utoipa::path(
    get,
    path = "/redfish/v1/CertificateService/GenerateCSRActionInfo",
    tag = "Certificates",
    responses((status = 200, description = "The parameters.", body = ActionInfo))
)]
async fn generate_info() -> Answer {
    let mut parameters = vec![
        Parameter { name: "CertificateCollection", required: true, data_type: "Object" },
        Parameter { name: "AlternativeNames", required: false, data_type: "StringArray" },
    ];
    parameters.extend(SUBJECT.map(|(name, _)| Parameter {
        name,
        required: name == "CommonName",
        data_type: "String",
    }));
    let head = Head::new(&schema::ACTION_INFO, GENERATE_INFO, "Parameters of GenerateCSR");
    Resource::new(&schema::ACTION_INFO, &ActionInfo { head, parameters })
}

/// The certificates of the service over HTTPS.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway/NetworkProtocol/HTTPS/Certificates",
    tag = "Certificates",
    responses((status = 200, description = "The certificates.", body = Collection))
)]
async fn certificates(State(app): State<App>, identity: Identity) -> Answer {
    identity.require(Privilege::ConfigureManager)?;
    let ids = app.tls.iter().map(|_| ID.to_owned());
    collection(&schema::CERTIFICATES, uri::CERTIFICATES, "Certificates of HTTPS", ids)
}

/// The certificate of the service over HTTPS.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway/NetworkProtocol/HTTPS/Certificates/{certificate}",
    tag = "Certificates",
    params(("certificate" = String, Path, description = "1.", example = "1")),
    responses((status = 200, description = "The certificate.", body = Certificate))
)]
async fn certificate(State(app): State<App>, identity: Identity, Path(id): Path<String>) -> Answer {
    identity.require(Privilege::ConfigureManager)?;
    let tls = tls(&app)?;
    if id != ID {
        return Err(Error::NotFound);
    }
    let chain = tls.chain();
    let facts = Facts::of(&chain);
    let of = |part: fn(&Facts) -> &str| facts.as_ref().map(|facts| part(facts).to_owned());
    Resource::new(
        &schema::CERTIFICATE,
        &Certificate {
            head: Head::new(&schema::CERTIFICATE, &at(), "Certificate of HTTPS"),
            certificate_type: "PEM",
            certificate_usage_types: ["Web"],
            subject: Named { common_name: facts.as_ref().and_then(|f| f.subject.clone()) },
            issuer: Named { common_name: facts.as_ref().and_then(|f| f.issuer.clone()) },
            valid_not_before: of(|f| &f.not_before),
            valid_not_after: of(|f| &f.not_after),
            serial_number: of(|f| &f.serial),
            fingerprint: of(|f| &f.fingerprint),
            fingerprint_hash_algorithm: "TPM_ALG_SHA256",
            certificate_string: chain,
        },
    )
}

/// Makes a new key, which stays in the gateway, and a request for a certificate of it. Needs ConfigureManager.
#[utoipa::path(
    post,
    path = "/redfish/v1/CertificateService/Actions/CertificateService.GenerateCSR",
    tag = "Certificates",
    request_body = GenerateCsr,
    responses((status = 200, description = "The request, PEM.", body = CsrAnswer))
)]
async fn generate(State(app): State<App>, identity: Identity, request: Request) -> Result<Response, Error> {
    identity.require(Privilege::ConfigureManager)?;
    let parameters = body::read(request, app.body_limit).await?;
    let tls = tls(&app)?;
    let (subject, names) = wanted(parameters)?;
    let csr_string = tls.request(names, &subject).map_err(|why| {
        let fault = Fault::Refused(Value::from("(names)"), why);
        Error::Parameters(GENERATE, vec![("AlternativeNames".to_owned(), fault)])
    })?;
    tracing::info!(user = identity.user, "redfish: request for a certificate made");
    let answer = CsrAnswer { csr_string, certificate_collection: link(uri::CERTIFICATES) };
    Ok(Json(answer).into_response())
}

/// The parts of the subject, and the other names.
type Wanted = (Vec<(DnType, String)>, Vec<String>);

fn wanted(parameters: Properties) -> Result<Wanted, Error> {
    let (mut subject, mut names, mut collection) = (Vec::new(), Vec::new(), false);
    let mut faults = Vec::new();
    let text = |value: Value| match value {
        Value::String(text) if !text.is_empty() && text.len() <= LONGEST => Ok(text),
        Value::String(_) => Err(Fault::Refused(Value::from("(text)"), format!("not 1 to {LONGEST} bytes"))),
        other => Err(Fault::Type(other)),
    };
    for (name, value) in parameters {
        let kind = SUBJECT.into_iter().find(|(known, _)| *known == name);
        let taken = match (name.as_str(), kind, value) {
            (_, Some((_, kind)), value) => text(value).map(|text| subject.push((kind, text))),
            ("AlternativeNames", _, Value::Array(items)) if items.len() <= NAMES => {
                items.into_iter().map(text).collect::<Result<_, _>>().map(|found| names = found)
            }
            ("CertificateCollection", _, value) => {
                collection = true;
                same(&value, uri::CERTIFICATES)
            }
            ("AlternativeNames", _, other) => Err(Fault::Type(other)),
            _ => Err(Fault::Unknown),
        };
        faults.extend(taken.err().map(|fault| (name, fault)));
    }
    let named = subject.iter().find(|(kind, _)| *kind == DnType::CommonName).map(|(_, name)| name.clone());
    for (name, missing) in [("CommonName", named.is_none()), ("CertificateCollection", !collection)] {
        if missing && !faults.iter().any(|(n, _)| n == name) {
            faults.push((name.to_owned(), Fault::Missing));
        }
    }
    // Clients look at these names alone.
    names.extend(named.filter(|name| !names.contains(name)));
    if faults.is_empty() { Ok((subject, names)) } else { Err(Error::Parameters(GENERATE, faults)) }
}

fn same(value: &Value, uri: &str) -> Result<(), Fault> {
    match value.get("@odata.id").and_then(Value::as_str) {
        Some(found) if found.trim_end_matches('/') == uri => Ok(()),
        Some(found) => Err(Fault::NotInList(Value::from(found.chars().take(LONGEST).collect::<String>()))),
        None => Err(Fault::Type(Value::from("(no @odata.id)"))),
    }
}

/// Puts a certificate in the place of the one in use, for the key of the last request. New connections use it at once; it
/// is kept where the configuration names a file. Needs ConfigureManager.
#[utoipa::path(
    post,
    path = "/redfish/v1/CertificateService/Actions/CertificateService.ReplaceCertificate",
    tag = "Certificates",
    request_body = ReplaceCertificate,
    responses((status = 204, description = "It is in use.", headers(
        ("Location" = String, description = "URI of the certificate."),
    )))
)]
async fn replace(State(app): State<App>, identity: Identity, request: Request) -> Result<Response, Error> {
    identity.require(Privilege::ConfigureManager)?;
    let parameters = body::read(request, app.body_limit).await?;
    let tls = tls(&app)?;
    let (mut chain, mut uri, mut kind) = (None, false, false);
    let mut faults = Vec::new();
    for (name, value) in parameters {
        let taken = match (name.as_str(), value) {
            ("CertificateString", Value::String(text)) if text.len() <= CHAIN => {
                chain = Some(text);
                Ok(())
            }
            // Not repeated: somebody may have sent a key.
            ("CertificateString", _) => Err(Fault::Type(Value::from("(not shown)"))),
            ("CertificateType", Value::String(text)) => {
                kind = true;
                if text == "PEM" { Ok(()) } else { Err(Fault::NotInList(Value::String(text))) }
            }
            ("CertificateType", other) => Err(Fault::Type(other)),
            ("CertificateUri", value) => {
                uri = true;
                same(&value, &at())
            }
            _ => Err(Fault::Unknown),
        };
        faults.extend(taken.err().map(|fault| (name, fault)));
    }
    let missing =
        [("CertificateString", chain.is_none()), ("CertificateType", !kind), ("CertificateUri", !uri)];
    for (name, missing) in missing {
        if missing && !faults.iter().any(|(n, _)| n == name) {
            faults.push((name.to_owned(), Fault::Missing));
        }
    }
    if !faults.is_empty() {
        return Err(Error::Parameters(REPLACE, faults));
    }
    let tls = Arc::clone(tls);
    // A task of its own: a client that goes away must not stop it between file and use.
    let put = tokio::spawn(async move {
        let _alone = app.writing.lock().await;
        let (kept, config) = tls.fits(&chain.unwrap_or_default()).map_err(|why| {
            let fault = Fault::Refused(Value::from("(the certificate)"), why);
            Error::Parameters(REPLACE, vec![("CertificateString".to_owned(), fault)])
        })?;
        let copy = kept.clone();
        app.store.set(|state| state.certificate = Some(copy)).await?;
        tls.replace(&kept, config);
        app.written(&at());
        tracing::warn!(user = identity.user, "redfish: certificate replaced");
        Ok((StatusCode::NO_CONTENT, [("location", at())]).into_response())
    });
    put.await.map_err(|e| Error::Internal(e.to_string()))?
}
