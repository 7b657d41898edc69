//! Shapes that only the documentation knows as types: requests are checked member by member, results pass through as the
//! worker stored them.
#![expect(dead_code, reason = "only their descriptions are used")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::schema::{AnyOfBuilder, OneOfBuilder};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::ops::many::PartialResult;
use crate::ops::result::ResultLink;

/// Where a job stands: `pending → running → completed | failed`, and `pending | running → cancelled`. A running job whose
/// attempt met a passing error is pending again. `completed`, `failed` and `cancelled` are final, until a `retry`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
}

/// What to extract: in the description the JSON Schema of `plan` stands in the place of this.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Extract;

/// What can be permitted.
#[derive(Deserialize)]
pub(crate) struct Scope;

impl PartialSchema for Scope {
    fn schema() -> RefOr<Schema> {
        let names = access::Scope::ALL.map(access::Scope::name);
        let scope = ObjectBuilder::new().schema_type(Type::String);
        let scope = scope.description(Some("What a caller may do; `admin` is everything."));
        scope.enum_values(Some(names)).build().into()
    }
}

impl ToSchema for Scope {}

/// Whether a key is good for anything.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyState {
    Active,
    Expired,
    Revoked,
}

/// The kind of an event.
#[derive(Deserialize, ToSchema)]
pub(crate) enum EventType {
    #[serde(rename = "job.completed")]
    Completed,
    #[serde(rename = "job.failed")]
    Failed,
    #[serde(rename = "job.cancelled")]
    Cancelled,
}

/// What was being done when a job failed.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// Getting the job to a worker.
    Deliver,
    /// Reading and extracting.
    Extract,
    /// Keeping the result.
    Store,
}

/// A request as JSON, with exactly one of `source` and `sources`. An object with any of these members is taken as a request,
/// and unknown members are refused; any other JSON is a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanRequest {
    /// The document.
    source: Option<Source>,
    /// The documents, if there are several.
    #[schema(min_items = 1, max_items = 100)]
    sources: Option<Vec<Source>>,
    /// Documents that are too many to be named, in the place of `source` and `sources`.
    collection: Option<Collection>,
    /// What to extract from each document. Default: entities, text, metadata.
    extract: Option<Extract>,
    /// Names and values by which the job can be found again: up to 10, names of up to 40 characters, values of up to 80.
    #[schema(example = json!({"batch": "7"}))]
    tags: Option<BTreeMap<String, String>>,
    /// The saved extractor that says it, in the place of `extract`; `invoice@3` is one of its versions. The job keeps to the version
    /// that it began with.
    #[schema(example = "invoice")]
    extractor: Option<String>,
    /// Who is told of the job's end.
    webhook: Option<Webhook>,
}

/// Who is told of the job's end: by a `POST`, signed by Standard Webhooks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    /// An absolute `http` or `https` URL at a public address.
    #[schema(example = "https://example.org/hook", max_length = 2048)]
    url: String,
}

/// Where telling an end of a job stands. `pending`: it is attempted, or is to be. `delivered`: it was answered with a 2xx status. `failed`: it was
/// attempted as often as it may be. `disabled`: the endpoint has answered 410 (Gone).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryState {
    Pending,
    Delivered,
    Failed,
    Disabled,
}

/// Documents that are too many to be named: up to 100,000.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Collection {
    Prefix(PrefixCollection),
    Archive(ArchiveCollection),
}

/// All objects under a prefix.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrefixCollection {
    /// A bucket that the configuration allows, and what the keys of the objects in it begin with.
    #[schema(example = "s3://bucket/folder/")]
    s3: String,
}

/// All members of a ZIP archive: each is a document, and its path the document's name. Folders are left out, and what macOS adds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArchiveCollection {
    archive: Archive,
}

/// Where an archive is. The job reads what was there when it began: an archive that is replaced later is an error.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Archive {
    Upload(UploadedArchive),
    S3(S3Archive),
}

/// An archive that was uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadedArchive {
    /// The upload's id, from `POST /api/v1/uploads/`. Its bytes must have arrived.
    #[schema(value_type = Uuid)]
    upload: String,
}

/// An archive that is an object of S3.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct S3Archive {
    /// An object in a bucket that the configuration allows.
    #[schema(example = "s3://bucket/folder/all.zip")]
    s3: String,
}

/// A document.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Source {
    Text(TextSource),
    Base64(Base64Source),
    Url(UrlSource),
    Upload(UploadSource),
    S3(S3Source),
}

/// A document as text.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextSource {
    /// The document.
    #[schema(min_length = 1)]
    text: String,
    /// The name of its file; repeated in the result, and a hint at the format.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// Its media type: a hint, never trusted.
    #[schema(min_length = 1, max_length = 255)]
    media_type: Option<String>,
}

/// A document as bytes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Base64Source {
    /// The document in base64 (RFC 4648, section 4), padded or not, without line breaks.
    #[schema(min_length = 2)]
    base64: String,
    /// The name of its file; repeated in the result, and a hint at the format.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// Its media type: a hint, never trusted.
    #[schema(min_length = 1, max_length = 255)]
    media_type: Option<String>,
}

/// A document on the web, which the worker fetches.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UrlSource {
    /// An absolute `http` or `https` URL.
    #[schema(
        min_length = 8,
        max_length = 2048,
        example = "https://example.org/a.pdf"
    )]
    url: String,
    /// The `ETag` of the state that the client has, as `origin.etag` of a result says it: if the document is still in it, it is not
    /// fetched again, and the result says `not_modified`.
    #[schema(min_length = 1, max_length = 255, example = "\"33a64df5\"")]
    etag: Option<String>,
    /// The `Last-Modified` of the state that the client has; the same then.
    #[schema(
        min_length = 1,
        max_length = 255,
        example = "Mon, 09 Mar 2026 10:00:00 GMT"
    )]
    last_modified: Option<String>,
    /// The name of its file, instead of the one in the URL.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// Its media type, instead of the one that its server claims: a hint, never trusted.
    #[schema(min_length = 1, max_length = 255)]
    media_type: Option<String>,
}

/// A document that was uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadSource {
    /// What `POST /api/v1/uploads/` answered.
    #[schema(value_type = Uuid)]
    upload: String,
    /// The name of its file, instead of the one that was given with the upload.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// Its media type, instead of the one that was given with the upload: a hint, never trusted.
    #[schema(min_length = 1, max_length = 255)]
    media_type: Option<String>,
}

/// A document that is to be uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadRequest {
    /// The name of its file; repeated in results, and a hint at the format.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// Its size in bytes: neither more nor less is taken.
    #[schema(minimum = 1, maximum = 500_000_000)]
    bytes: u64,
    /// Its media type: a hint, never trusted.
    #[schema(min_length = 1, max_length = 255)]
    media_type: Option<String>,
    /// The SHA-256 of its bytes, in hexadecimal: no other bytes are taken.
    #[schema(pattern = "^[0-9A-Fa-f]{64}$")]
    sha256: Option<String>,
}

/// A document in a bucket that the configuration allows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct S3Source {
    /// The object.
    #[schema(example = "s3://bucket/folder/a.pdf")]
    s3: String,
    /// The name of its file, instead of the last part of its key.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// Its media type, instead of the one that is kept with it: a hint, never trusted.
    #[schema(min_length = 1, max_length = 255)]
    media_type: Option<String>,
}

/// A request as the parts of a form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanForm {
    /// The documents, each a part of this name; its file name and content type are kept.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1, max_items = 100)]
    file: Vec<String>,
    /// What to extract from each document: names joined by commas, or the list in JSON. Default: entities, text, metadata.
    #[schema(example = "entities,tables")]
    extract: Option<String>,
    /// The saved extractor that says it, in the place of `extract`: `invoice`, or one of its versions, `invoice@3`.
    extractor: Option<String>,
}

/// The bytes of a document.
#[derive(Deserialize, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Document(String);

/// All that was extracted, or as much of it as was asked for.
pub(crate) struct ResultOrPage;

impl PartialSchema for ResultOrPage {
    fn schema() -> RefOr<Schema> {
        let description = "All that was extracted, or a page of the records; of a collection its manifest; what is done so far, if that is asked for; or, with `link=true`, where it lies.";
        let forms = [
            ScanResult::name(),
            RecordsPage::name(),
            Manifest::name(),
            PartialResult::name(),
            ResultLink::name(),
        ];
        let forms = forms.into_iter().map(Ref::from_schema_name);
        let one = forms.fold(OneOfBuilder::new(), OneOfBuilder::item);
        RefOr::T(one.description(Some(description)).build().into())
    }
}

impl ToSchema for ResultOrPage {
    fn schemas(schemas: &mut Schemas) {
        add::<ScanResult>(schemas);
        add::<RecordsPage>(schemas);
        add::<Manifest>(schemas);
        add::<PartialResult>(schemas);
        add::<ResultLink>(schemas);
    }
}

/// All that was extracted; of a collection its manifest.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum WholeResult {
    Result(ScanResult),
    Manifest(Manifest),
}

/// What was extracted.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ScanResult {
    /// The columns of the records in CSV.
    columns: Option<Vec<String>>,
    /// What was found in all documents, in the order of the documents and of their texts.
    records: Vec<ResultRecord>,
    /// What is said of each document: those that were sent, in their order, and then those that were found within them.
    documents: Vec<DocumentResult>,
}

/// A page of the records.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RecordsPage {
    /// Records, in the order of the result.
    records: Vec<ResultRecord>,
    /// The cursor of the next page; null if there is none.
    #[schema(required = true)]
    next: Option<String>,
}

/// Something found, a flat object: an entity, a row of a table, or fields.
#[derive(Deserialize)]
pub(crate) struct ResultRecord;

impl PartialSchema for ResultRecord {
    fn schema() -> RefOr<Schema> {
        let description = "Something found, a flat object: an entity, a row of a table, or fields.";
        let kinds = [Entity::name(), RowRecord::name(), FieldsRecord::name()];
        let kinds = kinds.into_iter().map(Ref::from_schema_name);
        // Not one of them alone: whatever is an entity or a row has what is asked of fields.
        let any = kinds.fold(AnyOfBuilder::new(), AnyOfBuilder::item);
        RefOr::T(any.description(Some(description)).build().into())
    }
}

impl ToSchema for ResultRecord {
    fn schemas(schemas: &mut Schemas) {
        add::<Entity>(schemas);
        add::<RowRecord>(schemas);
        add::<FieldsRecord>(schemas);
    }
}

/// Schemas by their names.
type Schemas = Vec<(String, RefOr<Schema>)>;

/// Adds the schema of this, and those that it refers to.
fn add<T: ToSchema>(schemas: &mut Schemas) {
    schemas.push((T::name().into(), T::schema()));
    T::schemas(schemas);
}

/// Something of a known kind, such as an address or an amount of money. Its value stands also in a member named after the kind: `email`, `money`, …; some kinds
/// add members of their own.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Entity {
    kind: EntityKind,
    /// Its value in the normal form of its kind.
    value: String,
    /// Exactly what stands in the text; absent for masked card numbers.
    raw: Option<String>,
    /// Whether it passed all checks of its kind. What did not is there only if it was asked for.
    valid: bool,
    /// Why it is not valid.
    reason: Option<String>,
    source: RecordSource,
    #[serde(flatten)]
    members: BTreeMap<String, Value>,
}

/// A kind of entity: in the description the definition of `plan` stands in the place of this.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EntityKind;

/// A row of a table, its cells under the names of their columns: numbers and truth values as such, dates in ISO 8601, all else as text, empty cells as null.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RowRecord {
    kind: RowKind,
    /// The table's number in the document, counted from 0.
    table: u64,
    source: RecordSource,
    #[serde(flatten)]
    members: BTreeMap<String, Value>,
}

/// What kind of record a row is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowKind {
    Row,
}

/// Fields as its members, null where there is nothing.
#[derive(Deserialize, ToSchema)]
pub(crate) struct FieldsRecord {
    /// The name of their definition, `fields` by default.
    kind: String,
    /// Why there is no value, or not the one that was wanted.
    problems: Option<Vec<FieldProblem>>,
    source: RecordSource,
    #[serde(flatten)]
    members: BTreeMap<String, Value>,
}

/// What became of a collection: how many documents there were, and where each stretch of the merged result stands.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Manifest {
    /// How many documents there were.
    documents: u32,
    /// How many of them were extracted.
    done: u32,
    /// How many of them were not: their lines say why.
    failed: u32,
    result: MergedResult,
    /// The stretches, in the order of the documents.
    parts: Vec<ManifestPart>,
}

/// The merged result: a line for each document.
#[derive(Deserialize, ToSchema)]
pub(crate) struct MergedResult {
    #[schema(example = "application/x-ndjson")]
    media_type: String,
    /// Its size.
    bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal; absent where the collection is too large for one step to know it.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: Option<String>,
}

/// A stretch of the merged result.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ManifestPart {
    /// The number of its first document, counted from 0.
    first: u32,
    /// How many documents it has.
    documents: u32,
    /// How many of them were extracted.
    done: u32,
    /// How many of them were not.
    failed: u32,
    /// Where it begins in the merged result, in bytes.
    offset: u64,
    /// Its size.
    bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
}

/// The result of one document of a job of many: what a job of this document alone would have as its result.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NumberedResult {
    /// The document's number in the job, counted from 0.
    number: u32,
    /// Its name, if it has one.
    name: Option<String>,
    #[serde(flatten)]
    result: ScanResult,
}

/// What is wrong with a field.
#[derive(Deserialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// A JSON pointer (RFC 6901) to the field, from the record.
    #[schema(example = "/items/0/price")]
    field: String,
    /// What is wrong, and what would help.
    detail: String,
}

/// Where a record was found: `text[start..end]` of its document, counted in Unicode scalar values. Fields that stand nowhere in
/// the text, such as metadata, have no place.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RecordSource {
    /// The document's number, counted from 0.
    document: u64,
    /// The page, counted from 1; absent for formats without pages.
    #[schema(minimum = 1)]
    page: Option<u64>,
    /// Scalar values of the document's text before it.
    start: Option<u64>,
    /// Scalar values of the document's text up to its end.
    end: Option<u64>,
    /// Of fields: where each value stands, by its JSON pointer from the record.
    fields: Option<BTreeMap<String, Place>>,
}

/// What is said of one document. Of the optional members those are there that were asked for and that the document has.
#[derive(Deserialize, ToSchema)]
pub(crate) struct DocumentResult {
    /// Where it was fetched from; absent if it came with the request, or was uploaded.
    origin: Option<Origin>,
    /// Of a document that was fetched on condition that it had changed: it has not, and nothing else is said of it.
    #[schema(example = false)]
    not_modified: Option<bool>,
    /// The name of the file, if one was given; of a document within another its path there.
    name: Option<String>,
    /// The number of the document that it was found in: an archive, or an e-mail.
    parent: Option<u64>,
    /// What the bytes really are, whatever they were called.
    media_type: Option<String>,
    /// The charset that the bytes were decoded from; absent for binary formats.
    charset: Option<String>,
    /// Size as sent, in bytes.
    bytes: u64,
    /// SHA-256 of the bytes as sent, in lower-case hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: Option<String>,
    /// Number of pages; absent for formats without pages.
    pages: Option<u64>,
    /// The language of the text, as a tag of BCP 47; absent where it is not clear, and where `metadata` was not asked for.
    #[schema(example = "en-GB")]
    language: Option<String>,
    /// The whole text.
    text: Option<String>,
    /// The whole text as Markdown.
    markdown: Option<String>,
    /// The whole text as an HTML page.
    html: Option<String>,
    /// The whole text as a `DoclingDocument`, version 1.5 of its model.
    docling: Option<BTreeMap<String, Value>>,
    /// What the document says of itself.
    metadata: Option<BTreeMap<String, Value>>,
    /// The links.
    links: Option<Vec<Link>>,
    /// The tables.
    tables: Option<Vec<Table>>,
    /// Structured data in the document.
    structured: Option<Vec<Structured>>,
    /// The main content.
    article: Option<Article>,
    /// The text in pieces for retrieval.
    chunks: Option<Vec<Chunk>>,
    /// What was left out or could not be understood.
    warnings: Option<Vec<String>>,
    /// Why there is nothing of this document, while there is something of others.
    error: Option<DocumentError>,
}

/// Where a document was fetched from.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Origin {
    /// What was asked for: `http`, `https` or `s3`.
    #[schema(example = "https://example.org/a.pdf")]
    url: String,
    /// Where it was in the end, after redirects.
    #[schema(example = "https://www.example.org/files/a.pdf")]
    final_url: Option<String>,
    /// The status of the last answer.
    #[schema(example = 200)]
    status: Option<u16>,
    /// What its server calls this state of it.
    #[schema(example = "\"33a64df5\"")]
    etag: Option<String>,
    /// When it was changed last, as its server says it.
    #[schema(example = "Mon, 09 Mar 2026 10:00:00 GMT")]
    last_modified: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    fetched_at: String,
}

/// Why a document could not be extracted.
#[derive(Deserialize, ToSchema)]
pub(crate) struct DocumentError {
    /// The kind of fault. Stable, to be switched on.
    #[schema(example = "encrypted")]
    code: String,
    /// What is wrong, and where.
    detail: String,
}

/// A link.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Link {
    /// Where it leads: absolute where the document states a base, else as written.
    href: String,
    /// The words that carry the link; may be empty.
    text: String,
    /// Where those words stand; absent where the format does not say.
    place: Option<Place>,
}

/// A table.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Table {
    /// Its caption; absent if it has none.
    caption: Option<String>,
    /// One name per column, made of its header cells; absent for a table without header rows.
    columns: Option<Vec<String>>,
    /// How many of the first rows are headers.
    header_rows: u64,
    /// The texts of all cells, row by row, header rows first; all rows have the same number of cells. A cell that spans
    /// several rows or columns is repeated in each.
    rows: Vec<Vec<String>>,
    /// The rows below the headers as objects: numbers and truth values as such, dates in ISO 8601, all else as text, empty
    /// cells as null. A second column of the same name is `name 2`, one without a name `column 3`. Absent for a table without
    /// header rows.
    records: Option<Vec<BTreeMap<String, Value>>>,
    /// The cells that span several rows or columns.
    merged: Option<Vec<Merged>>,
    /// Where it stands; absent where the format does not say.
    place: Option<Place>,
}

/// A cell of a table that spans several rows or columns.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Merged {
    /// Its first row, counted from 0, header rows included.
    row: u64,
    /// Its first column, counted from 0.
    column: u64,
    /// How many rows it spans.
    rows: u64,
    /// How many columns it spans.
    columns: u64,
}

/// One item of structured data.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Structured {
    syntax: Syntax,
    /// What it says: JSON-LD as written; microdata and `RDFa` in the same shape; else an object of names and values.
    value: Value,
}

/// How a document carries structured data.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Syntax {
    JsonLd,
    Microdata,
    Rdfa,
    OpenGraph,
    Twitter,
}

/// The main content of a document.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Article {
    /// Its title.
    title: Option<String>,
    /// Who wrote it.
    byline: Option<String>,
    /// When it was published: RFC 3339, or a date alone.
    #[schema(example = "2026-03-09")]
    published: Option<String>,
    /// Its text: what stands at `places`, with a blank line between two of them.
    text: String,
    /// The same as Markdown.
    markdown: String,
    /// Where it stands.
    places: Vec<Place>,
}

/// A piece of a text.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Chunk {
    /// The headings that it stands under, the highest first.
    headings: Vec<String>,
    /// Its text: what stands at `place`.
    text: String,
    place: Place,
}

/// A place in a document's text: `text[start..end]`, counted in Unicode scalar values.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Place {
    /// The page it begins on, counted from 1; absent for formats without pages.
    #[schema(minimum = 1)]
    page: Option<u64>,
    /// Scalar values before its first.
    start: u64,
    /// Scalar values before and including its last.
    end: u64,
}
