//! Where the JSON schema of each resource is found (`JsonSchemaFile.v1_1_5`). DMTF's are at DMTF, which holds the rights in them;
//! those of the gateway's own extensions are here.

use axum::extract::Path;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::error::Error;
use super::oem::{self, grid_event};
use super::resource::{Answer, Collection, Head, Resource, collection};
use super::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(schemas)).routes(routes!(file))
}

/// Where a schema is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct JsonSchemaFile {
    #[serde(flatten)]
    head: Head,
    /// The type that it describes.
    schema: String,
    languages: [&'static str; 1],
    location: [SchemaLocation; 1],
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct SchemaLocation {
    language: &'static str,
    /// Where this service has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'static str>,
    /// Where its publisher has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    publication_uri: Option<String>,
}

/// The schemas of this service.
#[utoipa::path(
    get,
    path = "/redfish/v1/JsonSchemas",
    tag = "Schemas",
    responses((status = 200, description = "The schemas.", body = Collection))
)]
async fn schemas() -> Answer {
    let ids = schema::ALL
        .iter()
        .map(|schema| schema.namespace())
        .chain([oem::VERSION, grid_event::VERSION].map(str::to_owned));
    collection(&schema::JSON_SCHEMAS, uri::JSON_SCHEMAS, "JSON schemas", ids)
}

/// One schema: the type that it describes, and where it is.
#[utoipa::path(
    get,
    path = "/redfish/v1/JsonSchemas/{schema}",
    tag = "Schemas",
    params(("schema" = String, Path, description = "Name and version.", example = "Chassis.v1_28_0")),
    responses((status = 200, description = "Where it is.", body = JsonSchemaFile))
)]
async fn file(Path(id): Path<String>) -> Answer {
    let location = |uri, publication_uri| [SchemaLocation { language: "en", uri, publication_uri }];
    let (schema, location) = match schema::ALL.iter().find(|schema| schema.namespace() == id) {
        Some(schema) => (schema.odata_type(), location(None, Some(schema.json_schema()))),
        None if id == oem::VERSION => (oem::TYPE.to_owned(), location(Some(oem::JSON_SCHEMA), None)),
        None if id == grid_event::VERSION => {
            (grid_event::TYPE.to_owned(), location(Some(grid_event::JSON_SCHEMA), None))
        }
        None => return Err(Error::NotFound),
    };
    let at = format!("{}/{id}", uri::JSON_SCHEMAS);
    Resource::new(
        &schema::JSON_SCHEMA,
        &JsonSchemaFile {
            head: Head::new(&schema::JSON_SCHEMA, &at, format!("JSON schema of {id}")),
            schema,
            languages: ["en"],
            location,
        },
    )
}
