//! What is said of one route: who may ask, what goes in, what comes out, which errors.

use super::access::Access;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

/// A part of the surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Collect,
    Questions,
    Live,
    Administration,
    SignIn,
    Server,
}

impl Tag {
    /// In the order of the page.
    pub(crate) const ALL: [Self; 6] =
        [Self::Collect, Self::Questions, Self::Live, Self::Administration, Self::SignIn, Self::Server];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Collect => "Collect",
            Self::Questions => "Questions",
            Self::Live => "Live",
            Self::Administration => "Administration",
            Self::SignIn => "Sign-in",
            Self::Server => "Server",
        }
    }

    pub(crate) const fn about(self) -> &'static str {
        match self {
            Self::Collect => {
                "What a shop's pages and its own server send. These routes answer for every host; the others for the \
                 host of `PUBLIC_URL` and loopback only."
            }
            Self::Questions => "What history says, as a query, a named report, or event by event.",
            Self::Live => "Who is in the shop at this moment.",
            Self::Administration => "Sites and tokens.",
            Self::SignIn => "How the owner comes in, and the pages of the dashboard.",
            Self::Server => "Is the server alive, can it acknowledge, and what does it count.",
        }
    }
}

/// The shape of a value: of a type, or written by hand where the door reads by hand.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Type(fn(&mut SchemaGenerator) -> Schema),
    Json(Value),
}

impl Shape {
    /// Of a type.
    pub(crate) fn of<T: JsonSchema>() -> Self {
        Self::Type(|generator| generator.subschema_for::<T>())
    }
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

impl Place {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

/// A parameter.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) about: &'static str,
    pub(crate) schema: Value,
    pub(crate) example: Option<Value>,
}

impl Parameter {
    pub(crate) fn new(place: Place, name: &'static str, about: &'static str, schema: Value) -> Self {
        Self { name, place, required: place == Place::Path, about, schema, example: None }
    }

    pub(crate) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) fn example(mut self, example: impl Into<Value>) -> Self {
        self.example = Some(example.into());
        self
    }
}

/// One way to write a body.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) media_type: &'static str,
    pub(crate) shape: Shape,
    pub(crate) example: Option<Value>,
}

impl Content {
    pub(crate) fn json<T: JsonSchema>() -> Self {
        Self { media_type: "application/json", shape: Shape::of::<T>(), example: None }
    }

    /// Text of a media type; what stands in it is that type's affair.
    pub(crate) fn text(media_type: &'static str) -> Self {
        Self::shaped(media_type, serde_json::json!({ "type": "string" }))
    }

    pub(crate) fn shaped(media_type: &'static str, schema: Value) -> Self {
        Self { media_type, shape: Shape::Json(schema), example: None }
    }

    pub(crate) fn example(mut self, example: Value) -> Self {
        self.example = Some(example);
        self
    }
}

/// A header of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnswerHeader {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
}

/// An answer that is no error.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) about: &'static str,
    pub(crate) contents: Vec<Content>,
    pub(crate) headers: Vec<AnswerHeader>,
}

impl Answer {
    /// Without a body.
    pub(crate) fn empty(status: u16, about: &'static str) -> Self {
        Self { status, about, contents: Vec::new(), headers: Vec::new() }
    }

    pub(crate) fn of(status: u16, about: &'static str, contents: Vec<Content>) -> Self {
        Self { contents, ..Self::empty(status, about) }
    }

    pub(crate) fn json<T: JsonSchema>(status: u16, about: &'static str) -> Self {
        Self::of(status, about, vec![Content::json::<T>()])
    }

    pub(crate) fn header(mut self, name: &'static str, about: &'static str) -> Self {
        self.headers.push(AnswerHeader { name, about });
        self
    }
}

/// One method of one path.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) tag: Tag,
    pub(crate) summary: &'static str,
    pub(crate) about: &'static str,
    pub(crate) access: Access,
    pub(crate) parameters: Vec<Parameter>,
    /// The ways to write the request's body; empty for none.
    pub(crate) body: Vec<Content>,
    pub(crate) answers: Vec<Answer>,
    /// Codes of `docs/errors.md`, and the status where it is another than there.
    pub(crate) refusals: Vec<(&'static str, Option<u16>)>,
}

impl Operation {
    /// `id` is its name in generated clients; `summary` a line for people.
    pub(crate) fn new(tag: Tag, access: Access, id: &'static str, summary: &'static str) -> Self {
        let operation = Self {
            id,
            tag,
            summary,
            about: "",
            access,
            parameters: Vec::new(),
            body: Vec::new(),
            answers: Vec::new(),
            refusals: Vec::new(),
        };
        operation.refuses(&access.refusals())
    }

    /// More than the summary.
    pub(crate) fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    pub(crate) fn parameters(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// A body, read within bounds of bytes and time.
    pub(crate) fn takes(mut self, contents: impl IntoIterator<Item = Content>) -> Self {
        self.body.extend(contents);
        self.refuses(&["broken_body", "timeout", "too_large", "busy"])
    }

    pub(crate) fn answers(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    /// Errors beside those that its access and its body bring along.
    pub(crate) fn refuses(mut self, codes: &[&'static str]) -> Self {
        self.refusals.extend(codes.iter().map(|code| (*code, None)));
        self
    }

    /// An error with another status than it has elsewhere.
    pub(crate) fn refuses_as(mut self, status: u16, code: &'static str) -> Self {
        self.refusals.push((code, Some(status)));
        self
    }
}
