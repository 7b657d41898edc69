// The queues and the table that a product under test stands on, past its API.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Gives the queue up on a message that is no job's: it will be a dead letter. */
export async function giveUpMessage(product, body) {
    const QueueUrl = await queue(product, "jobs-dead-letters");
    await sqs(product, "SendMessage", { QueueUrl, MessageBody: body });
}

/** Starts a job and has the queue give up on it. Its id. For a product whose worker is off. */
export async function giveUpJob(product) {
    const { job_id } = await product.ask("/api/v1/scan/start/", { method: "POST" });
    const QueueUrl = await queue(product, "jobs");
    for (;;) {
        const asked = { QueueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 5 };
        const [{ Body, ReceiptHandle }] = (await sqs(product, "ReceiveMessage", asked)).Messages;
        await sqs(product, "DeleteMessage", { QueueUrl, ReceiptHandle });
        // Those of earlier jobs are in nobody's way.
        if (JSON.parse(Body).job !== job_id) continue;
        await giveUpMessage(product, Body);
        return job_id;
    }
}

/** Waits until there are so many dead letters, and gives them. */
export async function letters(product, count) {
    for (;;) {
        const found = await allLetters(product);
        if (found.length >= count) return found;
        await new Promise((done) => setTimeout(done, 50));
    }
}

async function allLetters(product) {
    const found = [];
    for (let cursor = ""; cursor !== null;) {
        const page = await product.ask(`/api/v1/dead-letters/?limit=100${cursor && `&cursor=${cursor}`}`);
        found.push(...page.dead_letters);
        cursor = page.next;
    }
    return found;
}

/** Writes so many more jobs into the table, like this one but for their ids, each a millisecond younger. */
export async function plant(product, job_id, count) {
    const { Item } = await dynamodb(product, "GetItem", { TableName: "jobs", Key: keyOf(job_id) });
    const begin = Number(Item.cre.N);
    const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, batch) => batch * BATCH);
    const write = async () => {
        for (let from = batches.pop(); from !== undefined; from = batches.pop()) {
            const numbers = Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => from + at + 1);
            const requests = numbers.map((number) => {
                const cre = { N: String(begin + number) };
                return { PutRequest: { Item: { ...Item, ...keyOf(idAt(begin + number)), cre } } };
            });
            const told = await dynamodb(product, "BatchWriteItem", { RequestItems: { jobs: requests } });
            assert.deepEqual(told.UnprocessedItems ?? {}, {});
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, write));
}

/** Items that one write takes, and writes at once. */
const BATCH = 25;
const AT_ONCE = 8;

/** A UUID of version 7 of this time, in milliseconds. */
function idAt(ms) {
    const random = crypto.randomUUID().replaceAll("-", "");
    const digits = `${ms.toString(16).padStart(12, "0")}7${random.slice(13)}`;
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function keyOf(id) {
    const shard = Number.parseInt(id.slice(-2), 16) % 8;
    return { pk: { S: `T#default#${shard}` }, sk: { S: `J#${id}` } };
}

async function queue(product, name) {
    const { QueueUrl } = await sqs(product, "GetQueueUrl", { QueueName: name });
    return QueueUrl;
}

const sqs = (product, operation, request) => call(product, "sqs", `AmazonSQS.${operation}`, request);

const dynamodb = (product, operation, request) =>
    call(product, "dynamodb", `DynamoDB_20120810.${operation}`, request);

async function call({ folder }, service, target, request) {
    const announced = JSON.parse(readFileSync(join(folder, "data/endpoints.json"), "utf8"));
    const headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": target,
        // Not checked, but for its form.
        "X-Amz-Date": "20260901T120000Z",
        Authorization:
            "AWS4-HMAC-SHA256 Credential=test/20260901/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0",
    };
    const body = JSON.stringify(request);
    const response = await fetch(`http://${announced[service]}/`, { method: "POST", headers, body });
    const text = await response.text();
    assert(response.ok, `${target}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : {};
}
