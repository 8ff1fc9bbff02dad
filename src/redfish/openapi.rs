//! The OpenAPI document: what the handlers declare, and what the pipeline adds to each of them.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, Header, HttpMethod, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, PathItem, Ref,
    RefOr, Response, ResponseBuilder, Schema, SecurityRequirement, Type,
};

use super::{monitor, uri};

/// Completes the document the routes declare: information, security, common parameters, headers, errors.
pub(crate) fn complete(mut api: OpenApi) -> OpenApi {
    api.info = InfoBuilder::new()
        .title("DPO gateway: Redfish service")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Redfish service of the DPO gateway for one power shelf. Reads are answered from the newest \
             snapshot of the shelf and never wait for a device. Writes of a control take the gateway's \
             lease, are applied and read back before they are answered. Log in with HTTP Basic \
             authentication or with a session token.",
        ))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    // Relative to where the document is: the page works on every address.
    api.servers = None;
    let components = api.components.get_or_insert_with(Default::default);
    let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).build();
    components.security_schemes.insert("basic".to_owned(), RefOr::T(SecurityScheme::Http(basic)));
    let token = ApiKey::Header(ApiKeyValue::with_description("X-Auth-Token", "Token of a session."));
    components.security_schemes.insert("session".to_owned(), RefOr::T(SecurityScheme::ApiKey(token)));
    api.security =
        Some(["basic", "session"].map(|n| SecurityRequirement::new(n, Vec::<String>::new())).to_vec());
    for schema in components.schemas.values_mut() {
        // What is refused in the file that keeps labels is a part of the resource that shows them.
        if let RefOr::T(Schema::Object(object)) = schema {
            object.additional_properties = None;
        }
    }
    for (path, item) in &mut api.paths.paths {
        for (method, operation) in operations(item) {
            finish(path, &method, operation);
        }
    }
    api
}

/// The operations of a path.
pub(crate) fn operations(item: &mut PathItem) -> Vec<(HttpMethod, &mut Operation)> {
    let all = [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, o)| Some((method, o.as_mut()?))).collect()
}

/// The Allow header of each path.
pub(crate) fn allow(api: &OpenApi) -> BTreeMap<String, String> {
    let mut api = api.clone();
    let methods = |item: &mut PathItem| {
        let names = operations(item).into_iter().map(|(method, _)| match method {
            HttpMethod::Get => "GET, HEAD",
            HttpMethod::Post => "POST",
            HttpMethod::Patch => "PATCH",
            _ => "DELETE",
        });
        names.collect::<Vec<_>>().join(", ")
    };
    api.paths.paths.iter_mut().map(|(path, item)| (path.clone(), methods(item))).collect()
}

fn finish(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let open = operation.security.as_ref().is_some_and(|s| !s.is_empty());
    let read = *method == HttpMethod::Get;
    let member = path.contains('{');
    // No resource: it has no entity tag, and takes no query options of resources.
    let service = matches!(path, "/redfish" | "/redfish/v1/odata" | "/redfish/v1/$metadata")
        || path.starts_with("/redfish/v1/schemas/")
        || path.starts_with(uri::TASK_MONITORS)
        || [monitor::METRICS, monitor::HEALTH, monitor::READY, uri::EVENT_STREAM].contains(&path);

    let mut parameters: Vec<Parameter> = Vec::new();
    if read && !service {
        parameters.push(query("only", "With a collection of one member: the member itself."));
        parameters.push(query("excerpt", "Of sensors and controls only what their schema marks as excerpt."));
        parameters
            .push(query("$expand", "`.` or `.($levels=N)`, N up to 2: content in place of references."));
        parameters.push(query("$filter", "With a collection: the members for which the expression holds."));
        parameters.push(query("$select", "Only these properties, separated by commas."));
        parameters.push(query("$top", "With a collection: at most so many members."));
        parameters.push(query("$skip", "With a collection: without the first so many members."));
        parameters.push(header("If-None-Match", "Entity tag: answers 304 if it is the current one."));
    }
    if matches!(method, HttpMethod::Patch | HttpMethod::Delete) {
        parameters.push(header("If-Match", "Entity tag: answers 412 unless it is the current one."));
    }
    if !read && !open {
        parameters.push(header(
            "Prefer",
            "respond-async: answers 202 at once; the answer to the write waits at the task monitor.",
        ));
        operation.responses.responses.insert("202".to_owned(), accepted().into());
    }
    parameters.push(header("OData-Version", "4.0 if given."));
    operation.parameters.get_or_insert_default().extend(parameters.into_iter().map(Into::into));

    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            describe(response, status != "204", service);
        }
    }
    let mut errors: Vec<(&str, &str)> = vec![
        ("406", "No media type of the Accept header can be served."),
        ("408", "The request took too long."),
        ("412", "The entity tag or OData version is not the current one."),
        ("500", "The service failed; its log has the cause."),
        ("501", "A query parameter with $ is not supported."),
    ];
    if read || *method != HttpMethod::Delete {
        errors.push(("400", "The request is not valid; the message names the property or parameter."));
    }
    if read && !service {
        operation
            .responses
            .responses
            .insert("304".to_owned(), ResponseBuilder::new().description("Not modified.").build().into());
    }
    if !open || *method == HttpMethod::Post {
        errors.push(("401", "No valid credentials."));
        errors.push(("503", "Busy, stopping, or a device did not take the value."));
    }
    if !open {
        errors.push(("403", "The role does not allow it."));
    }
    if member {
        errors.push(("404", "There is no such resource."));
    }
    if matches!(method, HttpMethod::Patch | HttpMethod::Post) {
        errors.push(("413", "The body is too large."));
        errors.push(("415", "The body is not JSON."));
    }
    if !read && !open {
        errors.push(("409", "Somebody else holds the lease, the shelf cannot do it in this state, or it would not leave what must be there."));
    }
    for (status, text) in errors {
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert_with(|| failure(status, text).into());
    }
}

/// The answer to a write that goes on.
fn accepted() -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Task"))).build();
    ResponseBuilder::new()
        .description("The write goes on as a task: the client asked not to wait, or it takes long.")
        .content("application/json", body)
        .header("Location", text_header("The task monitor, where the answer to the write waits."))
        .header("Retry-After", text_header("Seconds after which to look there."))
        .build()
}

fn describe(response: &mut Response, content: bool, service: bool) {
    let mut add = |name: &str, text: &str| {
        response.headers.entry(name.to_owned()).or_insert_with(|| RefOr::T(text_header(text)));
    };
    add("OData-Version", "4.0");
    add("Allow", "Methods of the resource.");
    add("Cache-Control", "no-cache");
    if content && !service {
        add("ETag", "Entity tag, equal to @odata.etag.");
        add("Link", "JSON schema of the resource, rel=describedby.");
    }
}

fn failure(status: &str, text: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    let made = ResponseBuilder::new().description(text).content("application/json", body);
    match status {
        "401" => made.header("WWW-Authenticate", text_header("How to authenticate.")).build(),
        "409" | "503" => made.header("Retry-After", text_header("Seconds to wait, if known.")).build(),
        _ => made.build(),
    }
}

fn text_header(text: &str) -> Header {
    let schema = ObjectBuilder::new().schema_type(Type::String).build();
    HeaderBuilder::new().schema(Some(schema)).description(Some(text)).build()
}

fn query(name: &str, text: &str) -> Parameter {
    parameter(name, text, ParameterIn::Query)
}

fn header(name: &str, text: &str) -> Parameter {
    parameter(name, text, ParameterIn::Header)
}

fn parameter(name: &str, text: &str, place: ParameterIn) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .description(Some(text))
        .schema(Some(schema))
        .build()
}
