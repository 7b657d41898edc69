//! The description of the API: OpenAPI 3.1, made from the operations themselves.

use std::collections::BTreeMap;

use access::Scope;
use serde_json::{Map, Value, json};
use service::Clock;
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

use crate::auth::{self, Auth};
use crate::problem::{self, Problem};
use crate::quota::{self, QuotaSettings, Quotas};
use crate::{body, head, router};

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

/// The security schemes: where a caller's key may stand.
const BEARER: &str = "bearer";
const API_KEY: &str = "api_key";

/// The description of the whole API: an OpenAPI document.
pub fn openapi() -> Value {
    let auth = Auth::open();
    let quotas = Quotas::in_memory(QuotaSettings::UNLIMITED, Clock::system());
    let mut description = router::operations(&auth, &quotas).into_openapi();
    description.merge(router::previews(&auth, &quotas).into_openapi());
    for (path, item) in &mut description.paths.paths {
        if let Some(operation) = &mut item.post {
            optional_body(operation);
        }
        for operation in operations_of(item) {
            complete(operation, path);
        }
    }
    let mut description = json!(description);
    if let Some(Value::Object(schemas)) = description.pointer_mut("/components/schemas") {
        inline_plan(schemas);
    }
    description
}

/// The operations of a path.
pub(crate) fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
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
pub(crate) fn secure(operation: &mut Operation, needs: Option<Scope>) {
    let schemes = [BEARER, API_KEY];
    operation.security = Some(
        schemes
            .map(|scheme| SecurityRequirement::new(scheme, needs.map(Scope::name)))
            .into(),
    );
    let forbidden = needs.map_or_else(auth::foreign_tenant, auth::forbidden);
    let refusals = problems([auth::unauthenticated(), forbidden]);
    let responses = &mut operation.responses.responses;
    responses.extend(refusals);
    // Those that start work say themselves what else may be too much.
    for (status, refusal) in problems([quota::too_many_requests()]) {
        responses.entry(status).or_insert(refusal);
    }
}

/// Puts the JSON Schema of what can be extracted, which the macros cannot write, in the place of the type that stands for it.
fn inline_plan(schemas: &mut Map<String, Value>) {
    let mut plan = plan::schema();
    redirect(&mut plan);
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
    let responses = &mut operation.responses.responses;
    let everywhere = problems([
        Problem::internal(""),
        head::url_too_long(9_000),
        head::headers_too_large(101, 20_000),
    ]);
    responses.extend(everywhere);
    if operation.request_body.is_some() {
        responses.extend(problems([body::too_slow()]));
    }
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
pub(crate) fn outline() -> OpenApi {
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
    let mut response = ResponseBuilder::new().description(titles.join("; or: "));
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
