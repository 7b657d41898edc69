//! The description of the API: OpenAPI 3.1, made from the operations themselves.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use access::Scope;
use axum::routing::{MethodFilter, MethodRouter};
use serde_json::{Map, Value, json};
use utoipa::OpenApi as _;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Content, ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, Type,
};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::operation::{Listing, Needs};
use crate::problem::{self, Problem};
use crate::{auth, body, cors, generators, head, hosts, quota, router};

/// The id of the dead letter in the examples.
const EXAMPLE_LETTER: &str = "SjIwMjYtMDktMDFUMTI6MDA6MDAuMTIzWiMx";

/// The id of the job in the examples.
const EXAMPLE_ID: &str = "01990a5d-ac96-774b-8cce-b302099a8057";

/// The id of the key in the examples.
const EXAMPLE_KEY: &str = "5f1d0c7a9e3b2468";

/// The id of the disabled endpoint in the examples.
const EXAMPLE_ENDPOINT: &str = "5d41402abc4b2a76b9719d911017c592";

/// The name of the saved extractor in the examples.
const EXAMPLE_NAME: &str = "invoice";

/// Between the descriptions of what is answered with one status.
const OR: &str = "; or: ";

/// Where what is posted may have no body.
const BODY_OPTIONAL: [&str; 3] = [
    "/api/v1/scan/start/",
    "/api/v1/extractors/preview/",
    "/api/v1/keys/{key_id}/rotate/",
];

/// The security schemes: where a caller's key may stand.
const BEARER: &str = "bearer";
const API_KEY: &str = "api_key";

/// The description of the whole API: an OpenAPI document.
pub fn openapi() -> Value {
    let mut described = Described(OpenApiRouter::with_openapi(outline()));
    router::operations(&mut described);
    let mut description = described.0.into_openapi();
    let mut previews = Described(OpenApiRouter::default());
    router::previews(&mut previews);
    description.merge(previews.0.into_openapi());
    for (path, item) in &mut description.paths.paths {
        if let (true, Some(operation)) = (BODY_OPTIONAL.contains(&path.as_str()), &mut item.post) {
            optional_body(operation);
        }
        let changing = [&mut item.post, &mut item.put, &mut item.delete];
        for operation in changing.into_iter().flatten() {
            refuse(operation, [cors::cross_origin()]);
        }
        for operation in operations_of(item) {
            complete(operation, path);
        }
    }
    let mut description = json!(description);
    let bodies = description["paths"].as_object_mut().into_iter().flatten();
    let bodies = bodies.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten());
    for (_, operation) in bodies {
        if let Some(Value::Object(content)) = operation.pointer_mut("/requestBody/content") {
            usual_first(content);
        }
    }
    if let Some(Value::Object(schemas)) = description.pointer_mut("/components/schemas") {
        inline_plan(schemas);
    }
    generators::absent_not_null(&mut description);
    description
}

/// Operations with their descriptions.
struct Described<S>(OpenApiRouter<S>);

impl<S: Clone + Send + Sync + 'static> Listing<S> for Described<S> {
    fn add<P: utoipa::Path>(
        &mut self,
        needs: Needs,
        _on: impl Fn(MethodFilter) -> MethodRouter<S>,
        described: impl FnOnce() -> UtoipaMethodRouter<S>,
    ) {
        let (schemas, mut paths, methods) = described();
        if needs.a_caller() {
            let operations = paths.paths.values_mut().flat_map(operations_of);
            operations.for_each(|operation| secure(operation, needs.scope()));
        }
        self.0 = std::mem::take(&mut self.0).routes((schemas, paths, methods));
    }
}

/// The operations of a path.
fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

/// Says of an operation that it needs a caller, who has to be permitted this if there is anything, and what others are answered.
fn secure(operation: &mut Operation, needs: Option<Scope>) {
    let schemes = [BEARER, API_KEY];
    operation.security = Some(
        schemes
            .map(|scheme| SecurityRequirement::new(scheme, needs.map(Scope::name)))
            .into(),
    );
    let forbidden = needs.map_or_else(auth::foreign_tenant, auth::forbidden);
    refuse(operation, [auth::unauthenticated(), forbidden]);
    // Those that start work say themselves what else may be too much.
    refuse(operation, [quota::too_many_requests()]);
}

/// Puts the media types of a body in the order in which a reader is to meet them: JSON first, whatever there is last.
fn usual_first(content: &mut Map<String, Value>) {
    let mut types: Vec<_> = std::mem::take(content).into_iter().collect();
    types.sort_by_key(|(media_type, _)| (media_type == "*/*", media_type != "application/json"));
    content.extend(types);
}

/// Puts the JSON Schema of what can be extracted, which the macros cannot write, in the place of the type that stands for it.
fn inline_plan(schemas: &mut Map<String, Value>) {
    let mut plan = plan::schema();
    redirect(&mut plan);
    generators::without_conditions(&mut plan);
    if let Value::Object(mut plan) = plan {
        plan.remove("$schema");
        if let Some(Value::Object(definitions)) = plan.remove("$defs") {
            schemas.extend(definitions);
        }
        schemas.insert("Extract".into(), plan.into());
    }
    schemas.sort_keys();
}

/// Lets the references of a schema lead to where its definitions stand here.
fn redirect(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(target) if name == "$ref" => {
                        *target = target.replace("#/$defs/", "#/components/schemas/");
                    }
                    value => redirect(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redirect),
        _ => {}
    }
}

/// Without a body, there is one of the service's own.
fn optional_body(operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.required = Some(Required::False);
    }
}

/// Adds what the macros cannot say.
fn complete(operation: &mut Operation, path: &str) {
    let everywhere = [
        Problem::internal(""),
        head::two_hosts(),
        head::url_too_long(9_000),
        head::headers_too_large(101, 20_000),
        hosts::unknown_host("evil.example"),
    ];
    refuse(operation, everywhere);
    if operation.request_body.is_some() {
        refuse(operation, [body::too_slow()]);
    }
    let responses = &mut operation.responses.responses;
    let contents = responses
        .values_mut()
        .filter_map(owned)
        .filter_map(|response| response.content.get_mut(problem::MEDIA_TYPE))
        .filter_map(owned);
    for example in contents.flat_map(|content| content.examples.values_mut()) {
        if let Some(value) = owned(example).and_then(|example| example.value.as_mut()) {
            value["instance"] = json!(exemplary(path));
        }
    }
}

/// Says of an operation that it may be refused so, beside what it says itself.
fn refuse<const N: usize>(operation: &mut Operation, refusals: [Problem; N]) {
    let responses = &mut operation.responses.responses;
    for (status, refusal) in problems(refusals) {
        match responses.entry(status) {
            Entry::Vacant(none) => {
                none.insert(refusal);
            }
            Entry::Occupied(mut said) => {
                if let (Some(said), RefOr::T(refusal)) = (owned(said.get_mut()), refusal) {
                    join(said, refusal);
                }
            }
        }
    }
}

/// Adds to what is said of a status what else is answered with it.
fn join(said: &mut Response, more: Response) {
    for title in more.description.split(OR) {
        if !said.description.split(OR).any(|it| it == title) {
            said.description += OR;
            said.description += title;
        }
    }
    for (name, header) in more.headers {
        said.headers.entry(name).or_insert(header);
    }
    for (media_type, more) in more.content {
        let content = said.content.get_mut(&media_type).and_then(owned);
        if let (Some(content), RefOr::T(more)) = (content, more) {
            for (name, example) in more.examples {
                content.examples.entry(name).or_insert(example);
            }
        }
    }
}

/// A path as the examples have it.
fn exemplary(path: &str) -> String {
    path.replace("{job_id}", EXAMPLE_ID)
        .replace("{upload_id}", EXAMPLE_ID)
        .replace("{secret_id}", EXAMPLE_ID)
        .replace("{endpoint_id}", EXAMPLE_ENDPOINT)
        .replace("{task_id}", EXAMPLE_ID)
        .replace("{letter_id}", EXAMPLE_LETTER)
        .replace("{key_id}", EXAMPLE_KEY)
        .replace("{name}", EXAMPLE_NAME)
}

/// What stands here itself.
fn owned<T>(thing: &mut RefOr<T>) -> Option<&mut T> {
    match thing {
        RefOr::T(thing) => Some(thing),
        RefOr::Ref(_) => None,
    }
}

/// What is described besides the operations.
fn outline() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(
        info(
            title = "Data extraction",
            description = include_str!("pages/description.md"),
            license(name = "Apache-2.0", identifier = "Apache-2.0"),
        ),
        servers((url = "/", description = "This server")),
        tags(
            (name = "scan", description = "Jobs: submit documents, follow them, read results."),
            (name = "uploads", description = "Documents that are too big for a request."),
            (name = "webhooks", description = "Being told of jobs that have ended."),
            (name = "extractors", description = "What can be extracted: trying it, and saving it under a name."),
            (name = "docling", description = "The asynchronous operations of docling-serve over the same jobs, for its clients."),
            (name = "dead letters", description = "What the queue gave up on."),
            (name = "access", description = "Who may do what, and who did: keys, and the audit of what admins do."),
            (name = "service", description = "The service itself."),
            (name = "documentation", description = "This description, for machines and for people."),
        ),
        components(schemas(problem::ProblemDetails, problem::Flaw)),
    )]
    struct Outline;
    let mut outline = Outline::openapi();
    let components = outline.components.get_or_insert_default();
    components.add_security_scheme(BEARER, bearer());
    components.add_security_scheme(API_KEY, api_key());
    outline
}

fn bearer() -> SecurityScheme {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.description = Some("A key (`dx_…`), or a token of the identity provider where there is one. An installation that is open asks for neither.".into());
    SecurityScheme::Http(scheme)
}

fn api_key() -> SecurityScheme {
    let scheme = ApiKeyValue::with_description(auth::API_KEY.as_str(), "A key (`dx_…`).");
    SecurityScheme::ApiKey(ApiKey::Header(scheme))
}

/// Problems as the responses of an operation, for `IntoResponses`. The examples are the problems themselves.
pub(crate) fn problems<const N: usize>(
    problems: [Problem; N],
) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status = BTreeMap::<String, Vec<Problem>>::new();
    for problem in problems {
        by_status
            .entry(problem.status().as_u16().to_string())
            .or_default()
            .push(problem);
    }
    by_status
        .into_iter()
        .map(|(status, problems)| (status, RefOr::T(response(problems))))
        .collect()
}

fn response(problems: Vec<Problem>) -> Response {
    let mut titles: Vec<&str> = problems.iter().map(Problem::title).collect();
    titles.dedup();
    let mut response = ResponseBuilder::new().description(titles.join(OR));
    for name in problems.iter().flat_map(Problem::header_names) {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let header = HeaderBuilder::new().schema(Some(text)).build();
        response = response.header(name.as_str(), header);
    }
    response
        .content(problem::MEDIA_TYPE, content(problems))
        .build()
}

fn content(problems: Vec<Problem>) -> Content {
    let examples = problems.into_iter().map(|problem| {
        let details = problem.details("");
        let error = details.error().to_owned();
        let name = error.to_lowercase().replace(' ', "_");
        let example = ExampleBuilder::new()
            .summary(error)
            .value(Some(json!(details)));
        (name, example.build())
    });
    ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemDetails")))
        .examples_from_iter(examples)
        .build()
}
