//! What handlers return, and the parts that many resources share.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::error::{Error, Fault};
use super::schema::Schema;

/// What a handler of a resource returns.
pub(crate) type Answer = Result<Resource, Error>;

/// A resource on its way to the client. The pipeline adds entity tag, headers and query options.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) schema: &'static Schema,
    pub(crate) body: Value,
    /// Writes to the resource so far; part of the entity tag.
    pub(crate) writes: u64,
    pub(crate) status: StatusCode,
    /// Whether everything in it is of the snapshot, or changes with a counted write: its answer may be kept.
    pub(crate) of_snapshot: bool,
    /// Further headers.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Resource {
    /// A resource with the content of `dto`.
    pub(crate) fn new(schema: &'static Schema, dto: &impl Serialize) -> Answer {
        let body = serde_json::to_value(dto).map_err(|e| Error::Internal(e.to_string()))?;
        Ok(Self { schema, body, writes: 0, status: StatusCode::OK, of_snapshot: false, headers: Vec::new() })
    }
}

impl Resource {
    /// The same as one that may be kept until the next snapshot.
    pub(crate) fn of_snapshot(self) -> Self {
        Self { of_snapshot: true, ..self }
    }

    /// The link to its schema.
    pub(crate) fn described_by(&self) -> String {
        format!("<{}>; rel=describedby", self.schema.json_schema())
    }

    /// Why a property that a client wants to write cannot be written.
    pub(crate) fn unwritable(&self, name: &str) -> Fault {
        if self.body.get(name).is_some() { Fault::ReadOnly } else { Fault::Unknown }
    }
}

/// Carries the resource to the pipeline, which writes the body.
impl IntoResponse for Resource {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// What every resource starts with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Head {
    /// URI of the resource.
    #[serde(rename = "@odata.id")]
    odata_id: String,
    /// Schema and version.
    #[serde(rename = "@odata.type")]
    odata_type: String,
    /// Entity tag, equal to the ETag header.
    #[serde(rename = "@odata.etag", skip_serializing_if = "Option::is_none")]
    odata_etag: Option<String>,
    /// Identifier: the last segment of the URI.
    id: String,
    /// Name for people.
    name: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl Head {
    /// A head whose identifier is the last segment of `uri`.
    pub(crate) fn new(schema: &Schema, uri: &str, name: impl Into<String>) -> Self {
        let id = uri.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        Self {
            odata_id: uri.to_owned(),
            odata_type: schema.odata_type(),
            odata_etag: None,
            id,
            name: name.into(),
            description: None,
        }
    }

    /// The same with another identifier (the service root has its own).
    pub(crate) fn id(self, id: &str) -> Self {
        Self { id: id.to_owned(), ..self }
    }

    /// The same with a description.
    pub(crate) fn description(self, text: &str) -> Self {
        Self { description: Some(text.to_owned()), ..self }
    }
}

/// A reference to a resource.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Link {
    /// URI of the resource.
    #[serde(rename = "@odata.id")]
    pub(crate) odata_id: String,
}

/// A reference to the resource at `uri`.
pub(crate) fn link(uri: impl Into<String>) -> Link {
    Link { odata_id: uri.into() }
}

/// A collection of resources.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Collection {
    /// URI of the collection.
    #[serde(rename = "@odata.id")]
    odata_id: String,
    /// Schema.
    #[serde(rename = "@odata.type")]
    odata_type: String,
    /// Entity tag, equal to the ETag header.
    #[serde(rename = "@odata.etag", skip_serializing_if = "Option::is_none")]
    odata_etag: Option<String>,
    /// Name for people.
    name: String,
    /// The members; references unless `$expand` asks for their content.
    #[schema(value_type = Vec<Link>)]
    members: Vec<Value>,
    /// How many there are, whatever part of them this answer shows.
    #[serde(rename = "Members@odata.count")]
    count: usize,
}

/// A collection with members of any form.
pub(crate) fn collection_of(schema: &'static Schema, uri: &str, name: &str, members: Vec<Value>) -> Answer {
    Resource::new(
        schema,
        &Collection {
            odata_id: uri.to_owned(),
            odata_type: schema.odata_type(),
            odata_etag: None,
            name: name.to_owned(),
            count: members.len(),
            members,
        },
    )
}

/// A collection of references.
pub(crate) fn collection(
    schema: &'static Schema,
    uri: &str,
    name: &str,
    ids: impl IntoIterator<Item = String>,
) -> Answer {
    let members = ids.into_iter().map(|id| serde_json::json!({"@odata.id": format!("{uri}/{id}")})).collect();
    collection_of(schema, uri, name, members)
}

/// Where an action is asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Action {
    pub(crate) target: String,
}

/// A copy of a sensor's reading inside another resource.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SensorExcerpt {
    /// URI of the sensor.
    data_source_uri: String,
    /// The reading; null if the device does not report it now.
    reading: Option<f64>,
}

/// A copy of the reading of the sensor `id`.
pub(crate) fn excerpt(id: &str, reading: Option<f64>) -> SensorExcerpt {
    SensorExcerpt { data_source_uri: format!("{}/{id}", super::uri::SENSORS), reading }
}
