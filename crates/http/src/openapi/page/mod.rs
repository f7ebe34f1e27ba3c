//! The document as a page: made on the server, without script, so that it can be read under the strictest policy.

mod schema;

use super::document;
use serde_json::{Map, Value};
use std::fmt::Write;
use std::sync::LazyLock;

/// The page's only file.
pub(super) const STYLE: &str = include_str!("style.css");
const FRAME: &str = include_str!("frame.html");

/// The page.
pub(super) fn html() -> &'static str {
    static HTML: LazyLock<String> = LazyLock::new(|| render(document()));
    &HTML
}

fn render(document: &Value) -> String {
    let mut main = String::new();
    let mut contents = String::new();
    for tag in list(&document["tags"]) {
        let name = text(&tag["name"]);
        put(
            &mut main,
            &format!(
                "<section><h2 id=\"{0}\">{0}</h2><p>{1}</p>",
                escaped(name),
                prose(text(&tag["description"]))
            ),
        );
        put(&mut contents, &format!("<li><a href=\"#{0}\">{0}</a><ul>", escaped(name)));
        for (path, method, operation) in
            operations(document).filter(|(.., operation)| operation["tags"][0] == tag["name"])
        {
            put(&mut main, &described(document, path, &method, operation));
            let id = escaped(text(&operation["operationId"]));
            put(&mut contents, &format!("<li><a href=\"#{id}\"><b>{method}</b> {}</a></li>", escaped(path)));
        }
        put(&mut main, "</section>");
        put(&mut contents, "</ul></li>");
    }
    put(&mut main, &schemas(document));
    put(&mut contents, "<li><a href=\"#schemas\">Schemas</a></li>");
    let info = &document["info"];
    FRAME
        .replace("{{title}}", &escaped(text(&info["title"])))
        .replace("{{version}}", &escaped(text(&info["version"])))
        .replace("{{about}}", &prose(text(&info["description"])))
        .replace("{{contents}}", &contents)
        .replace("{{main}}", &main)
}

/// Path, method and operation, in the document's order.
fn operations(document: &Value) -> impl Iterator<Item = (&str, String, &Value)> {
    members(&document["paths"]).flat_map(|(path, item)| {
        members(item).map(move |(method, operation)| (path, method.to_uppercase(), operation))
    })
}

fn described(document: &Value, path: &str, method: &str, operation: &Value) -> String {
    let mut html = String::new();
    let id = escaped(text(&operation["operationId"]));
    put(
        &mut html,
        &format!(
            "<article><h3 id=\"{id}\"><a href=\"#{id}\"><b class=\"{0}\">{method}</b> <code>{1}</code></a></h3>",
            method.to_lowercase(),
            escaped(path)
        ),
    );
    put(&mut html, &format!("<p class=\"summary\">{}</p>", escaped(text(&operation["summary"]))));
    if let Some(about) = operation["description"].as_str() {
        put(&mut html, &format!("<p>{}</p>", prose(about)));
    }
    put(&mut html, &format!("<p><small>{}</small></p>", access(&operation["security"])));
    put(&mut html, &parameters(&operation["parameters"]));
    if operation["requestBody"].is_object() {
        put(&mut html, "<h4>Body</h4>");
        put(&mut html, &contents(&operation["requestBody"]["content"]));
    }
    put(&mut html, "<h4>Answers</h4><dl>");
    for (status, answer) in members(&operation["responses"]) {
        let named = answer["$ref"].as_str().and_then(|name| document.pointer(name.trim_start_matches('#')));
        let answer = named.unwrap_or(answer);
        put(
            &mut html,
            &format!("<dt><code>{status}</code></dt><dd>{}", paragraphs(text(&answer["description"]))),
        );
        for (name, header) in members(&answer["headers"]) {
            put(
                &mut html,
                &format!("<p><code>{}</code>: {}</p>", escaped(name), prose(text(&header["description"]))),
            );
        }
        // Errors all have one shape, which is among the schemas.
        let own =
            members(&answer["content"]).filter(|(media_type, _)| *media_type != "application/problem+json");
        put(
            &mut html,
            &contents(&Value::Object(own.map(|(name, value)| (name.to_owned(), value.clone())).collect())),
        );
        put(&mut html, "</dd>");
    }
    put(&mut html, "</dl></article>");
    html
}

/// Who may ask, in words.
fn access(security: &Value) -> String {
    let ways = list(security).iter().map(|way| {
        let names: Vec<_> = members(way).map(|(name, _)| name.replace('_', " ")).collect();
        if names.is_empty() { "nobody in particular".to_owned() } else { names.join(" and ") }
    });
    let ways: Vec<_> = ways.collect();
    if ways.is_empty() { "For anyone.".to_owned() } else { format!("By {}.", escaped(&ways.join(", or "))) }
}

fn parameters(parameters: &Value) -> String {
    if list(parameters).is_empty() {
        return String::new();
    }
    let mut html = "<h4>Parameters</h4><dl>".to_owned();
    for parameter in list(parameters) {
        let needed = if parameter["required"] == true { ", required" } else { "" };
        put(
            &mut html,
            &format!(
                "<dt><code>{}</code> <small>{}{needed}</small></dt><dd>{} {}",
                escaped(text(&parameter["name"])),
                text(&parameter["in"]),
                prose(text(&parameter["description"])),
                schema::line(&parameter["schema"])
            ),
        );
        if let Some(example) = parameter["example"].as_str() {
            put(&mut html, &format!(", for example <code>{}</code>.", escaped(example)));
        }
        put(&mut html, "</dd>");
    }
    html + "</dl>"
}

/// Every way to write a body; ways that differ in nothing but their name stand together.
fn contents(contents: &Value) -> String {
    let mut html = String::new();
    let mut shown: Vec<(&Value, Vec<&str>)> = Vec::new();
    for (media_type, content) in members(contents) {
        match shown.iter_mut().find(|(known, _)| *known == content) {
            Some((_, names)) => names.push(media_type),
            None => shown.push((content, vec![media_type])),
        }
    }
    for (content, names) in shown {
        let names: Vec<_> = names.iter().map(|name| format!("<code>{}</code>", escaped(name))).collect();
        put(&mut html, &format!("<p>{} {}</p>", names.join(", "), schema::line(&content["schema"])));
        put(&mut html, &schema::table(&content["schema"]));
        if !content["example"].is_null() {
            let example = serde_json::to_string_pretty(&content["example"]).unwrap_or_default();
            put(&mut html, &format!("<pre tabindex=\"0\"><code>{}</code></pre>", escaped(&example)));
        }
    }
    html
}

fn schemas(document: &Value) -> String {
    let mut html = "<section><h2 id=\"schemas\">Schemas</h2>".to_owned();
    for (name, schema) in members(&document["components"]["schemas"]) {
        put(
            &mut html,
            &format!("<article><h3 id=\"schema-{0}\"><a href=\"#schema-{0}\">{0}</a></h3>", escaped(name)),
        );
        if let Some(about) = schema["description"].as_str() {
            put(&mut html, &format!("<p>{}</p>", prose(about)));
        }
        put(&mut html, &format!("<p>{}</p>", schema::line(schema)));
        put(&mut html, &schema::table(schema));
        put(&mut html, "</article>");
    }
    html + "</section>"
}

/// Writing to a text cannot fail.
fn put(html: &mut String, more: &str) {
    let _ = html.write_str(more);
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// Escaped text; what stands between backticks is code.
fn prose(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    pieces
        .map(
            |(n, piece)| if n % 2 == 1 { format!("<code>{}</code>", escaped(piece)) } else { escaped(piece) },
        )
        .collect()
}

/// Lines, of which those with an asterisk are a list.
fn paragraphs(text: &str) -> String {
    let (items, lines): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("* "));
    let mut html = lines.iter().map(|line| prose(line)).collect::<Vec<_>>().join(" ");
    if !items.is_empty() {
        let items = items.iter().map(|item| format!("<li>{}</li>", prose(item.trim_start_matches("* "))));
        put(&mut html, &format!("<ul>{}</ul>", items.collect::<String>()));
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_document_is_no_markup_of_the_page() {
        assert_eq!(prose("a `<b>` & \"c\""), "a <code>&lt;b&gt;</code> &amp; &quot;c&quot;");
        let hostile = serde_json::json!({
            "info": { "title": "<script>" }, "tags": [{ "name": "T" }],
            "paths": { "/<i>": { "get": { "operationId": "\"x", "tags": ["T"], "responses": { "200": { "description": "* `<u>`" } } } } },
        });
        let page = render(&hostile);
        for markup in ["<script", "<i>", "\"\"x", "<u>"] {
            assert!(!page.contains(markup), "{markup}");
        }
    }

    #[test]
    fn the_page_names_everything_and_every_link_leads_somewhere() {
        let page = html();
        for (path, method, operation) in operations(document()) {
            let id = text(&operation["operationId"]);
            assert!(page.contains(&format!("<h3 id=\"{id}\">")), "{method} {path}");
        }
        for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(page.contains(&format!("id=\"{link}\"")), "{link}");
        }
        assert!(!page.contains("style=") && !page.contains("<script") && !page.contains("http://"), "inline");
        assert!(!page.contains("{{"), "a place in the frame is left empty");
    }
}
