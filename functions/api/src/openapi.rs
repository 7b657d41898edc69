//! The description of the API: OpenAPI 3.1, made from the operations themselves.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::OpenApi as _;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Content, ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Type};

use crate::problem::{self, Problem};
use crate::router;

/// The description of the whole API.
pub fn openapi() -> OpenApi {
    let mut description = router::operations().into_openapi();
    for operation in operations_mut(&mut description) {
        let failed = problems([Problem::internal("")]);
        operation.responses.responses.extend(failed);
    }
    description
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
            (name = "service", description = "The service itself."),
            (name = "documentation", description = "This description, for machines and for people."),
        ),
        components(schemas(problem::ProblemDetails, problem::Flaw)),
    )]
    struct Outline;
    Outline::openapi()
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
    let examples = problems.into_iter().enumerate().map(|(index, problem)| {
        let name = format!("{}_{index}", problem.code());
        let details = problem.details("/api/v1/scan/…/");
        let example = ExampleBuilder::new()
            .summary(details.error().to_owned())
            .value(Some(json!(details)));
        (name, example.build())
    });
    ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemDetails")))
        .examples_from_iter(examples)
        .build()
}

fn operations_mut(
    description: &mut OpenApi,
) -> impl Iterator<Item = &mut utoipa::openapi::path::Operation> {
    description.paths.paths.values_mut().flat_map(|item| {
        [&mut item.get, &mut item.post, &mut item.delete]
            .into_iter()
            .filter_map(Option::as_mut)
    })
}
