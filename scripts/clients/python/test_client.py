"""The Python client against the running product at URL, with an admin's KEY, and at HELD, whose worker is off and who asks nobody.

Each operation of the description is called, and each answer held to its description: also those that the client has no type for.
"""

import io
import json
import os
import re
import unittest
import zipfile
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from jsonschema import Draft202012Validator

from data_extraction_client import AuthenticatedClient
from data_extraction_client.api.access import (
    create_key,
    get_key,
    get_whoami,
    list_audit,
    list_keys,
    revoke_key,
    rotate_key,
)
from data_extraction_client.api.dead_letters import (
    discard_dead_letter,
    discard_dead_letters,
    list_dead_letters,
    redrive_dead_letter,
    redrive_dead_letters,
)
from data_extraction_client.api.docling import (
    clear_results,
    convert_file,
    convert_source,
    get_result,
    poll_status,
)
from data_extraction_client.api.documentation import get_docs, get_extractors_schema, get_schema
from data_extraction_client.api.extractors import (
    get_extractor,
    list_extractor_versions,
    list_extractors,
    preview_extraction,
    remove_extractor,
    save_extractor,
)
from data_extraction_client.api.scan import (
    cancel_scan,
    get_scan_events,
    get_scan_request,
    get_scan_result,
    get_scan_status,
    list_scans,
    remove_scan,
    retry_scan,
    start_scan,
)
from data_extraction_client.api.service import (
    get_admin,
    get_health,
    get_limits,
    get_quotas,
    get_system,
    get_usage,
    reset_quotas,
    set_quotas,
)
from data_extraction_client.api.uploads import create_upload, get_upload, remove_upload
from data_extraction_client.api.webhooks import (
    create_webhook_secret,
    enable_webhook,
    list_disabled_webhooks,
    list_scan_webhooks,
    list_webhook_secrets,
    remove_webhook_secret,
    replay_scan_webhook,
)
from data_extraction_client.models import (
    Accepted,
    ArchiveCollection,
    Base64Source,
    ConversionStatus,
    ConvertDocumentResponse,
    ConvertDocumentsOptions,
    ConvertFilesForm,
    ConvertSourcesRequest,
    Definition,
    Ended,
    Entity,
    EntityKind,
    ExtractorName,
    ExtractorOptions,
    ExtractorOptionsTables,
    Fields,
    FieldsItem,
    FieldsRecord,
    FieldValue,
    FileSource,
    FileKind,
    HttpKind,
    HttpSource,
    JobFailure,
    JobStatus,
    KeyRequest,
    KeyState,
    Manifest,
    NewQuotas,
    NumberedResult,
    OutputFormat,
    PartialResult,
    ProblemDetails,
    QuotaSource,
    RecordsPage,
    ResultLink,
    Rotation,
    RowRecord,
    SavedExtractor,
    ScanForm,
    ScanRequest,
    ScanRequestTags,
    ScanResult,
    Scope,
    Status,
    TaskFailureResult,
    TextSource,
    UploadAllowed,
    UploadedArchive,
    UploadRequest,
    UploadSource,
    UploadStatus,
    ValueType,
    Webhook,
)
from data_extraction_client.types import UNSET, File, Unset

ROOT = Path(__file__).resolve().parents[3]
DESCRIPTION: dict[str, Any] = json.loads((ROOT / "openapi/openapi.json").read_text("utf-8"))
WAIT_S = 20
TEXT = "Write to ann@example.com or bob@example.org."
INVOICE = "Invoice no. 2024-17\nTotal: 1.234,50 €\n"
# A PDF in which there is nothing, in base64.
DAMAGED = "JVBERi0xLjcKbm90aGluZw=="
# Well-formed, and nobody's.
NO_LETTER = "SjIwMjYtMDktMDFUMTI6MDA6MDAuMTIzWiMx"
NO_ENDPOINT = "5d41402abc4b2a76b9719d911017c592"


class Held:
    """Notes which operations were called, and holds their answers to the description."""

    def __init__(self) -> None:
        self.called: set[str] = set()
        self.operations: list[tuple[str, re.Pattern[str], dict[str, Any]]] = []
        for path, item in DESCRIPTION["paths"].items():
            pattern = re.compile("/".join("[^/]+" if "{" in it else it for it in path.split("/")))
            for method, operation in item.items():
                self.operations.append((method.upper(), pattern, operation))
        # Where a path fits two operations, the one without a parameter is meant.
        self.operations.sort(key=lambda it: "[^/]+" in it[1].pattern)

    def uncalled(self) -> set[str]:
        return {operation["operationId"] for _, _, operation in self.operations} - self.called

    def hold(self, response: httpx.Response) -> None:
        response.read()
        request = response.request
        path = request.url.path
        found = (it for it in self.operations if it[0] == request.method and it[1].fullmatch(path))
        operation = next(found)[2]
        name = operation["operationId"]
        self.called.add(name)
        described = operation["responses"].get(str(response.status_code))
        assert described, f"{name} is not described to answer {response.status_code}"
        media_type = response.headers.get("content-type", "").split(";")[0]
        content = described.get("content", {})
        assert not media_type or media_type in content, f"{name} answers {media_type}"
        if not media_type.endswith("json"):
            return
        schema = {**content[media_type]["schema"], "components": DESCRIPTION["components"]}
        wrong = [
            f"{error.json_path}: {error.message[:200]}"
            for error in Draft202012Validator(schema).iter_errors(response.json())
        ]
        assert not wrong, f"{name} answers otherwise than described: {wrong}"


HELD = Held()


def client_of(variable: str, token: str) -> AuthenticatedClient:
    return AuthenticatedClient(
        os.environ[variable], token=token, httpx_args={"event_hooks": {"response": [HELD.hold]}}
    )


CLIENT = client_of("URL", os.environ["KEY"])
WAITING = client_of("HELD", "nobody asks")


def tearDownModule() -> None:
    for client in (CLIENT, WAITING):
        client.get_httpx_client().close()
    uncalled = sorted(HELD.uncalled())
    assert not uncalled, f"not called: {', '.join(uncalled)}"


def done(request: ScanRequest) -> Ended:
    job = start_scan.sync(client=CLIENT, body=request, wait=WAIT_S)
    assert isinstance(job, Ended), job
    return job


def result_of(job_id: UUID) -> ScanResult:
    result = get_scan_result.sync(job_id, client=CLIENT)
    assert isinstance(result, ScanResult), result
    return result


def entities(result: ScanResult | RecordsPage | NumberedResult) -> list[str]:
    return [record.value for record in result.records if isinstance(record, Entity)]


def text(words: str, *extract: ExtractorName | ExtractorOptions | FieldsItem) -> ScanRequest:
    wanted = list(extract) or [ExtractorName.ENTITIES]
    return ScanRequest(source=TextSource(text=words), extract=wanted)


def problem(answer: object, status: int) -> ProblemDetails:
    assert isinstance(answer, ProblemDetails), answer
    assert answer.status == status, answer
    return answer


class Jobs(unittest.TestCase):
    def test_a_text_is_started_waited_for_and_read(self) -> None:
        job = start_scan.sync(client=CLIENT, body=text(TEXT))
        assert isinstance(job, Accepted), job
        status = get_scan_status.sync(job.job_id, client=CLIENT, wait=WAIT_S)
        assert isinstance(status, JobStatus), status
        self.assertIs(status.status, Status.COMPLETED)
        assert not isinstance(status.finished_at, Unset)
        self.assertGreaterEqual(status.finished_at, status.created_at)
        result = result_of(job.job_id)
        first = result.records[0]
        assert isinstance(first, Entity)
        self.assertIs(first.kind, EntityKind.EMAIL)
        self.assertEqual((first["email"], first.value), ("ann@example.com", "ann@example.com"))
        start, end = first.source.start, first.source.end
        assert isinstance(start, int) and isinstance(end, int)
        self.assertEqual(TEXT[start:end], "ann@example.com")
        request = get_scan_request.sync(job.job_id, client=CLIENT)
        self.assertNotIsInstance(request, ProblemDetails)

    def test_files_go_as_a_form_and_as_they_are(self) -> None:
        files = [
            File(io.BytesIO(TEXT.encode()), "a.txt", "text/plain"),
            File(io.BytesIO(b"name,mail\nCy,cy@example.net\n"), "b.csv", "text/csv"),
        ]
        job = start_scan.sync(client=CLIENT, body=ScanForm(files, extract="entities"), wait=WAIT_S)
        assert isinstance(job, Ended) and isinstance(job.result, ScanResult), job
        self.assertEqual([document.name for document in job.result.documents], ["a.txt", "b.csv"])
        self.assertIn("cy@example.net", entities(job.result))
        pdf = (ROOT / "shared/extract/fixtures/pdf/invoice.pdf").read_bytes()
        job = start_scan.sync(client=CLIENT, body=File(io.BytesIO(pdf)), extract="text", wait=WAIT_S)
        assert isinstance(job, Ended) and isinstance(job.result, ScanResult), job
        self.assertEqual(job.result.documents[0].media_type, "application/pdf")

    def test_fields_and_rows_are_records_of_their_own_types(self) -> None:
        fields = Fields()
        fields["number"] = FieldValue(label=["Invoice no.", "Rechnungsnummer"])
        fields["total"] = FieldValue(label="Total", type_=ValueType.MONEY, locale="de")
        job = done(text(INVOICE, FieldsItem(fields=fields, name="invoice")))
        record = result_of(job.job_id).records[0]
        assert isinstance(record, FieldsRecord)
        self.assertEqual(record.kind, "invoice")
        self.assertEqual(record["number"], "2024-17")
        self.assertEqual(record["total"], {"amount": "1234.50", "currency": "EUR"})
        table = ScanRequest(
            source=TextSource(text="name,age\nCy,7\n", media_type="text/csv"),
            extract=[ExtractorOptions(tables=ExtractorOptionsTables(records=True))],
        )
        result = result_of(done(table).job_id)
        row = result.records[0]
        assert isinstance(row, RowRecord)
        self.assertEqual((row.table, row["name"], row["age"]), (0, "Cy", 7))
        tables = result.documents[0].tables
        assert not isinstance(tables, Unset)
        self.assertEqual(tables[0].columns, ["name", "age"])

    def test_everything_that_can_be_asked_for_is_as_described(self) -> None:
        page = (ROOT / "shared/extract/fixtures/html/article.html").read_text("utf-8")
        everything = ScanRequest(
            source=TextSource(text=page, media_type="text/html", name="a.html"),
            extract=list(ExtractorName),
            tags=ScanRequestTags.from_dict({"batch": "all"}),
        )
        document = result_of(done(everything).job_id).documents[0]
        assert not isinstance(document.article, Unset)
        self.assertTrue(document.article.markdown)

    def test_records_come_page_by_page_and_in_other_forms(self) -> None:
        job = done(text(TEXT))
        page = get_scan_result.sync(job.job_id, client=CLIENT, limit=1)
        assert isinstance(page, RecordsPage), page
        found = entities(page)
        while page.next_ is not None:
            page = get_scan_result.sync(job.job_id, client=CLIENT, limit=1, cursor=page.next_)
            assert isinstance(page, RecordsPage), page
            found += entities(page)
        self.assertEqual(found, ["ann@example.com", "bob@example.org"])
        rows = CLIENT.get_httpx_client().get(job.result_url, headers={"Accept": "text/csv"})
        self.assertEqual(rows.headers["content-type"].split(";")[0], "text/csv")
        self.assertIn("ann@example.com", rows.text)

    def test_what_has_not_changed_is_not_sent_again(self) -> None:
        job = done(text(TEXT))
        status = get_scan_status.sync_detailed(job.job_id, client=CLIENT)
        tag = status.headers["etag"]
        again = get_scan_status.sync_detailed(job.job_id, client=CLIENT, if_none_match=tag)
        self.assertIs(again.status_code, HTTPStatus.NOT_MODIFIED)
        self.assertIsNone(again.parsed)

    def test_a_call_can_be_repeated(self) -> None:
        name = str(uuid4())
        first = start_scan.sync(client=CLIENT, body=text(TEXT), idempotency_key=name)
        again = start_scan.sync_detailed(client=CLIENT, body=text(TEXT), idempotency_key=name)
        assert isinstance(first, Accepted) and isinstance(again.parsed, Accepted)
        self.assertEqual(first.job_id, again.parsed.job_id)
        self.assertEqual(again.headers["idempotency-replayed"], "true")

    def test_jobs_are_listed_by_what_they_are(self) -> None:
        batch = f"batch:{uuid4()}"
        tags = ScanRequestTags.from_dict(dict([batch.split(":")]))
        jobs = [done(ScanRequest(source=TextSource(text=TEXT), tags=tags)).job_id for _ in range(3)]
        before = datetime.now(UTC) - timedelta(hours=1)
        found = list[UUID]()
        cursor: str | Unset | None = UNSET
        while cursor is not None:
            page = list_scans.sync(
                client=CLIENT,
                status=[Status.COMPLETED],
                tag=[batch],
                created_after=before,
                limit=2,
                cursor=cursor,
            )
            assert page is not None and not isinstance(page, ProblemDetails), page
            found += [job.job_id for job in page.jobs]
            cursor = page.next_
        self.assertEqual(found, jobs[::-1])

    def test_a_job_is_followed_to_its_end(self) -> None:
        events = get_scan_events.sync(done(text(TEXT)).job_id, client=CLIENT)
        assert isinstance(events, str), events
        self.assertIn("completed", events)

    def test_a_job_is_cancelled_retried_and_removed(self) -> None:
        job = start_scan.sync(client=WAITING, body=text(TEXT))
        assert isinstance(job, Accepted), job
        cancelled = cancel_scan.sync(job.job_id, client=WAITING)
        assert cancelled is not None and not isinstance(cancelled, ProblemDetails), cancelled
        self.assertIs(cancelled.status, Status.CANCELLED)
        conflict = problem(get_scan_result.sync(job.job_id, client=WAITING), 409)
        self.assertEqual(conflict.type_, "urn:problem:job_not_completed")
        retried = retry_scan.sync(job.job_id, client=WAITING)
        assert isinstance(retried, Accepted), retried
        self.assertIs(retried.status, Status.PENDING)
        removed = remove_scan.sync_detailed(job.job_id, client=WAITING)
        self.assertIs(removed.status_code, HTTPStatus.NO_CONTENT)
        problem(get_scan_status.sync(job.job_id, client=WAITING), 404)

    def test_a_job_that_failed_says_why(self) -> None:
        damaged = Base64Source(base64=DAMAGED, name="a.pdf")
        job = done(ScanRequest(source=damaged))
        self.assertIs(job.status, Status.FAILED)
        assert isinstance(job.error, JobFailure)
        self.assertTrue(job.error.type_.startswith("urn:problem:"))

    def test_what_is_done_so_far_is_told_of_a_job_of_many(self) -> None:
        damaged = Base64Source(base64=DAMAGED)
        job = done(ScanRequest(sources=[TextSource(text=TEXT, name="a"), damaged]))
        so_far = get_scan_result.sync(job.job_id, client=CLIENT, partial=True)
        assert isinstance(so_far, PartialResult), so_far
        self.assertEqual([it.number for it in so_far.results], [0, 1])
        self.assertEqual(entities(so_far.results[0]), ["ann@example.com", "bob@example.org"])


class Uploads(unittest.TestCase):
    def upload(self, content: bytes, name: str) -> UUID:
        allowed = create_upload.sync(client=CLIENT, body=UploadRequest(bytes_=len(content), name=name))
        assert isinstance(allowed, UploadAllowed), allowed
        sent = httpx.put(allowed.url, content=content, headers=allowed.headers.additional_properties)
        self.assertEqual(sent.status_code, 200, sent.text)
        return allowed.upload

    def test_a_large_document_is_uploaded_and_its_result_is_a_link(self) -> None:
        line = b"One line of very many in a text that has no end of them.\n"
        upload = self.upload(line * 100_000, "long.txt")
        status = get_upload.sync(upload, client=CLIENT)
        assert isinstance(status, UploadStatus), status
        source = UploadSource(upload=upload)
        job = done(ScanRequest(source=source, extract=[ExtractorName.TEXT]))
        result = get_scan_result.sync_detailed(job.job_id, client=CLIENT)
        self.assertIs(result.status_code, HTTPStatus.SEE_OTHER)
        assert isinstance(result.parsed, ResultLink)
        whole = ScanResult.from_dict(httpx.get(result.parsed.location).json())
        assert isinstance(whole.documents[0].text, str)
        self.assertGreater(len(whole.documents[0].text), 5_000_000)
        removed = remove_upload.sync_detailed(upload, client=CLIENT)
        self.assertIs(removed.status_code, HTTPStatus.NO_CONTENT)
        problem(get_upload.sync(upload, client=CLIENT), 404)

    def test_a_collection_has_a_manifest(self) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as members:
            members.writestr("a.txt", TEXT)
            members.writestr("b.pdf", "%PDF-1.7 nothing")
        upload = self.upload(archive.getvalue(), "all.zip")
        collection = ArchiveCollection(archive=UploadedArchive(upload=upload))
        job = done(ScanRequest(collection=collection, extract=[ExtractorName.ENTITIES]))
        manifest = get_scan_result.sync(job.job_id, client=CLIENT)
        assert isinstance(manifest, Manifest), manifest
        self.assertEqual((manifest.documents, manifest.done, manifest.failed), (2, 1, 1))


class Extractors(unittest.TestCase):
    def test_an_extractor_is_saved_used_and_removed(self) -> None:
        fields = Fields()
        fields["total"] = FieldValue(label="Total", type_=ValueType.MONEY, locale="de")
        definition = Definition([FieldsItem(fields=fields)])
        saved = save_extractor.sync("bill", client=CLIENT, body=definition)
        assert isinstance(saved, SavedExtractor), saved
        read = get_extractor.sync("bill", client=CLIENT, version=saved.version)
        assert isinstance(read, SavedExtractor), read
        item = read.extract[0]
        assert isinstance(item, FieldsItem)
        total = item.fields["total"]
        assert isinstance(total, FieldValue)
        self.assertIs(total.type_, ValueType.MONEY)
        job = done(ScanRequest(source=TextSource(text=INVOICE), extractor="bill"))
        record = result_of(job.job_id).records[0]
        self.assertEqual(record["total"], {"amount": "1234.50", "currency": "EUR"})
        listed = list_extractors.sync(client=CLIENT)
        assert listed is not None and not isinstance(listed, ProblemDetails), listed
        self.assertIn("bill", [extractor.name for extractor in listed.extractors])
        versions = list_extractor_versions.sync("bill", client=CLIENT)
        assert versions is not None and not isinstance(versions, ProblemDetails), versions
        removed = remove_extractor.sync_detailed("bill", client=CLIENT)
        self.assertIs(removed.status_code, HTTPStatus.NO_CONTENT)
        problem(get_extractor.sync("bill", client=CLIENT), 404)

    def test_an_extraction_is_tried_at_once(self) -> None:
        result = preview_extraction.sync(client=CLIENT, body=text(TEXT))
        assert isinstance(result, ScanResult), result
        self.assertEqual(entities(result), ["ann@example.com", "bob@example.org"])


class Access(unittest.TestCase):
    def test_a_key_is_made_used_rotated_and_revoked(self) -> None:
        request = KeyRequest(name="reader", scopes=[Scope.SCANREAD], expires_in_days=7)
        made = create_key.sync(client=CLIENT, body=request)
        assert made is not None and not isinstance(made, ProblemDetails), made
        reader = client_of("URL", made.key)
        self.addCleanup(reader.get_httpx_client().close)
        me = get_whoami.sync(client=reader)
        assert me is not None and not isinstance(me, ProblemDetails), me
        self.assertEqual(me.scopes, [Scope.SCANREAD])
        refused = problem(start_scan.sync(client=reader, body=text(TEXT)), 403)
        self.assertEqual(refused.type_, "urn:problem:forbidden")
        successor = rotate_key.sync(made.id, client=CLIENT, body=Rotation(overlap_seconds=60))
        assert successor is not None and not isinstance(successor, ProblemDetails), successor
        for key_id in (made.id, successor.id):
            revoked = revoke_key.sync_detailed(key_id, client=CLIENT)
            self.assertIs(revoked.status_code, HTTPStatus.NO_CONTENT)
        key = get_key.sync(made.id, client=CLIENT)
        assert key is not None and not isinstance(key, ProblemDetails), key
        self.assertIs(key.state, KeyState.REVOKED)
        keys = list_keys.sync(client=CLIENT)
        assert keys is not None and not isinstance(keys, ProblemDetails), keys
        self.assertIn(made.id, [key.id for key in keys.keys])
        audit = list_audit.sync(client=CLIENT, event="key_revoked", limit=5)
        assert audit is not None and not isinstance(audit, ProblemDetails), audit
        self.assertEqual(audit.events[0].subject, successor.id)

    def test_who_is_not_known_is_refused(self) -> None:
        stranger = client_of("URL", "dx_0000000000000000_" + "0" * 72)
        self.addCleanup(stranger.get_httpx_client().close)
        answer = problem(list_scans.sync(client=stranger), 401)
        self.assertTrue(answer.type_.startswith("urn:problem:"))

    def test_a_request_that_is_wrong_is_told_where(self) -> None:
        request = ScanRequest(source=TextSource(text=""), extractor="no such name!")
        refused = problem(start_scan.sync(client=CLIENT, body=request), 422)
        assert not isinstance(refused.errors, Unset)
        self.assertIn("/source/text", [flaw.pointer for flaw in refused.errors])


class Service(unittest.TestCase):
    def test_limits_quotas_and_usage_are_told(self) -> None:
        limits = get_limits.sync(client=CLIENT)
        assert limits is not None and not isinstance(limits, ProblemDetails), limits
        self.assertEqual(limits.max_documents, 100)
        quotas = set_quotas.sync(client=CLIENT, body=NewQuotas(jobs_in_flight=1_000), x_tenant="acme")
        assert quotas is not None and not isinstance(quotas, ProblemDetails), quotas
        self.assertEqual(quotas.jobs_in_flight.limit, 1_000)
        self.assertIs(quotas.jobs_in_flight.source, QuotaSource.TENANT)
        reset_quotas.sync_detailed(client=CLIENT, x_tenant="acme")
        quotas = get_quotas.sync(client=CLIENT)
        assert quotas is not None and not isinstance(quotas, ProblemDetails), quotas
        self.assertIs(quotas.jobs_in_flight.source, QuotaSource.INSTALLATION)
        usage = get_usage.sync(client=CLIENT, days=7)
        assert usage is not None and not isinstance(usage, ProblemDetails), usage
        self.assertGreaterEqual(usage.total.requests, 1)

    def test_it_describes_itself(self) -> None:
        health = get_health.sync(client=CLIENT)
        assert health is not None and not isinstance(health, ProblemDetails), health
        self.assertEqual(health.version, DESCRIPTION["info"]["version"])
        self.assertNotIsInstance(get_system.sync(client=CLIENT), ProblemDetails | None)
        described = get_schema.sync(client=CLIENT, format_="json")
        assert described is not None and not isinstance(described, ProblemDetails | str), described
        self.assertEqual(described["openapi"], "3.1.0")
        schema = get_extractors_schema.sync(client=CLIENT)
        assert schema is not None and not isinstance(schema, ProblemDetails), schema
        self.assertEqual(schema["title"], "Extract")
        for page in (get_docs, get_admin):
            self.assertIn("<html", str(page.sync(client=CLIENT)))

    def test_dead_letters_are_listed_and_dealt_with(self) -> None:
        letters = list_dead_letters.sync(client=CLIENT, limit=5)
        assert letters is not None and not isinstance(letters, ProblemDetails), letters
        for all_of_them in (redrive_dead_letters, discard_dead_letters):
            dealt = all_of_them.sync(client=CLIENT, reason="undeliverable")
            self.assertNotIsInstance(dealt, ProblemDetails)
        for one in (redrive_dead_letter, discard_dead_letter):
            problem(one.sync(NO_LETTER, client=CLIENT), 404)

    def test_webhooks_are_signed_and_told_of(self) -> None:
        secret = create_webhook_secret.sync(client=CLIENT)
        assert secret is not None and not isinstance(secret, ProblemDetails), secret
        self.assertTrue(secret.secret.startswith("whsec_"))
        secrets = list_webhook_secrets.sync(client=CLIENT)
        assert secrets is not None and not isinstance(secrets, ProblemDetails), secrets
        self.assertIn(secret.id, [it.id for it in secrets.secrets])
        request = text(TEXT)
        request.webhook = Webhook(url="https://example.org/hook")
        create_webhook_secret.sync(client=WAITING)
        job = start_scan.sync(client=WAITING, body=request)
        assert isinstance(job, Accepted), job
        told = list_scan_webhooks.sync(job.job_id, client=WAITING)
        assert told is not None and not isinstance(told, ProblemDetails), told
        self.assertEqual((told.url, told.deliveries), ("https://example.org/hook", []))
        problem(replay_scan_webhook.sync(job.job_id, client=WAITING), 409)
        disabled = list_disabled_webhooks.sync(client=CLIENT)
        assert disabled is not None and not isinstance(disabled, ProblemDetails), disabled
        self.assertEqual(disabled.endpoints, [])
        problem(enable_webhook.sync(NO_ENDPOINT, client=CLIENT), 404)
        problem(remove_webhook_secret.sync(secret.id, client=CLIENT), 409)


class Docling(unittest.TestCase):
    def test_a_document_is_converted(self) -> None:
        form = ConvertFilesForm(
            files=[File(io.BytesIO(b"# Report\n"), "report.md", "text/markdown")],
            to_formats=[OutputFormat.MD, OutputFormat.JSON],
        )
        task = convert_file.sync(client=CLIENT, body=form)
        assert task is not None and not isinstance(task, ProblemDetails), task
        status = poll_status.sync(task.task_id, client=CLIENT, wait=WAIT_S)
        assert status is not None and not isinstance(status, ProblemDetails), status
        self.assertIs(status.task_status, ConversionStatus.SUCCESS)
        converted = get_result.sync(task.task_id, client=CLIENT)
        assert isinstance(converted, ConvertDocumentResponse), converted
        self.assertIn("Report", converted.document.md_content or "")
        self.assertIsNone(converted.document.html_content)

    def test_a_document_that_cannot_be_read_has_failed(self) -> None:
        damaged = FileSource(kind=FileKind.FILE, base64_string=DAMAGED, filename="a.pdf")
        task = convert_source.sync(client=CLIENT, body=ConvertSourcesRequest([damaged]))
        assert task is not None and not isinstance(task, ProblemDetails), task
        poll_status.sync(task.task_id, client=CLIENT, wait=WAIT_S)
        self.assertIsInstance(get_result.sync(task.task_id, client=CLIENT), TaskFailureResult)
        web = HttpSource(kind=HttpKind.HTTP, url="https://example.org/a.pdf")
        options = ConvertDocumentsOptions(to_formats=[OutputFormat.MD])
        task = convert_source.sync(client=WAITING, body=ConvertSourcesRequest([web], options))
        assert task is not None and not isinstance(task, ProblemDetails), task
        self.assertIs(task.task_status, ConversionStatus.PENDING)
        cleared = clear_results.sync(client=WAITING, older_then=3600)
        self.assertNotIsInstance(cleared, ProblemDetails)


if __name__ == "__main__":
    unittest.main()
