//! The document: what the routes say of themselves, put together as OpenAPI 3.1.

use super::access;
use super::operation::{Answer, Content, Operation, Shape, Tag};
use super::refusals;
use super::routes::Described;
use crate::{collect, problem};
use axum::http::Method;
use schemars::SchemaGenerator;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value, json};

const ABOUT: &str = "Collects what happens in a shop, answers in real time, and keeps what it says private. Every error \
                     is `application/problem+json`; programs read the last part of its `type`. Any route may answer 500 \
                     `internal`; the server's log says why then.";

/// The document of these routes.
pub(super) fn of(operations: &[Described]) -> Value {
    let mut schemas = Schemas::new();
    let mut shared = Shared::default();
    let mut paths = Map::new();
    for Described { method, path, operation } in operations {
        let item = paths.entry((*path).replace("{*", "{")).or_insert_with(|| json!({}));
        item[method.as_str().to_ascii_lowercase()] = described(method, operation, &mut schemas, &mut shared);
    }
    // Named by every error.
    schemas.answers.subschema_for::<problem::Body<'_>>();
    let mut named = schemas.definitions();
    named.extend(collect::schema::definitions("#/components/schemas/"));
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Universal Tracking",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "tags": Tag::ALL.map(|tag| json!({ "name": tag.name(), "description": tag.about() })),
        "paths": paths,
        "components": { "schemas": named, "responses": shared.0, "securitySchemes": access::schemes() },
    })
}

/// What a program sends and what it gets are written differently: what has a default need not be sent, and is there.
struct Schemas {
    bodies: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let with = |contract: Contract| {
            let settings = SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
                settings.contract = contract.clone();
            });
            settings.into_generator()
        };
        Self { bodies: with(Contract::Deserialize), answers: with(Contract::Serialize) }
    }

    fn definitions(mut self) -> Map<String, Value> {
        let mut definitions = self.answers.take_definitions(true);
        definitions.extend(self.bodies.take_definitions(true));
        definitions
    }
}

/// Errors that several routes answer alike stand once.
#[derive(Default)]
struct Shared(Map<String, Value>);

impl Shared {
    /// The answer by its name.
    fn refer(&mut self, status: &str, response: Value) -> Value {
        let known = self.0.iter().find(|(_, known)| **known == response).map(|(name, _)| name.clone());
        let name = known.unwrap_or_else(|| {
            let number =
                self.0.keys().filter(|name| name.starts_with(&format!("Status{status}"))).count() + 1;
            let name = format!("Status{status}_{number}");
            self.0.insert(name.clone(), response);
            name
        });
        json!({ "$ref": format!("#/components/responses/{name}") })
    }
}

fn described(method: &Method, operation: &Operation, schemas: &mut Schemas, shared: &mut Shared) -> Value {
    let changes = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    let mut responses: Map<String, Value> = operation
        .answers
        .iter()
        .map(|answer| (answer.status.to_string(), answered(answer, &mut schemas.answers)))
        .collect();
    for (status, refusal) in refusals::responses(&operation.refusals) {
        match responses.get_mut(&status) {
            // An answer and an error of the same status differ by media type.
            Some(answer) => join(answer, refusal),
            None => {
                let refusal = shared.refer(&status, refusal);
                responses.insert(status, refusal);
            }
        }
    }
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag.name()],
        "summary": operation.summary,
        "security": operation.access.security(changes),
        "responses": responses,
    });
    if !operation.about.is_empty() {
        described["description"] = operation.about.into();
    }
    if !operation.parameters.is_empty() {
        described["parameters"] = operation.parameters.iter().map(parameter).collect();
    }
    if !operation.body.is_empty() {
        let content = contents(&operation.body, &mut schemas.bodies);
        described["requestBody"] = json!({ "required": true, "content": content });
    }
    described
}

fn join(answer: &mut Value, refusal: Value) {
    let said = |value: &Value| value["description"].as_str().unwrap_or_default().to_owned();
    answer["description"] = format!("{}\n{}", said(answer), said(&refusal)).into();
    for (part, members) in refusal.as_object().into_iter().flatten() {
        for (name, value) in members.as_object().into_iter().flatten() {
            answer[part][name] = value.clone();
        }
    }
}

fn parameter(parameter: &super::operation::Parameter) -> Value {
    let mut described = json!({
        "name": parameter.name,
        "in": parameter.place.as_str(),
        "required": parameter.required,
        "description": parameter.about,
        "schema": parameter.schema,
    });
    if let Some(example) = &parameter.example {
        described["example"] = example.clone();
    }
    described
}

fn answered(answer: &Answer, generator: &mut SchemaGenerator) -> Value {
    let mut described = json!({ "description": answer.about });
    if !answer.contents.is_empty() {
        described["content"] = contents(&answer.contents, generator);
    }
    for header in &answer.headers {
        described["headers"][header.name] =
            json!({ "description": header.about, "schema": { "type": "string" } });
    }
    described
}

fn contents(contents: &[Content], generator: &mut SchemaGenerator) -> Value {
    let described = contents.iter().map(|content| {
        let schema = match &content.shape {
            Shape::Type(of) => of(generator).into(),
            Shape::Json(schema) => schema.clone(),
        };
        let mut described = json!({ "schema": schema });
        if let Some(example) = &content.example {
            described["example"] = example.clone();
        }
        (content.media_type.to_owned(), described)
    });
    Value::Object(described.collect())
}
