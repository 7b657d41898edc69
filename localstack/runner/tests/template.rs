//! What this program makes for itself is what `template.yaml` makes on AWS.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeDefinition, KeySchemaElement};
use aws_sdk_sqs::types::QueueAttributeName;
use job::limits;
use local::endpoints::{Endpoints, Options, Pages, Ports, Storage};
use local::provision;
use serde_json::{Value, json};
use service::{Clients, Clock};
use yaml_serde::Value as Yaml;

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn the_table_is_the_templates() {
    let (_endpoints, clients) = start().await;
    let dynamodb = &clients.dynamodb;
    store::provision::create_table(dynamodb, "table")
        .await
        .unwrap();
    let table = dynamodb.describe_table().table_name("table").send().await;
    let table = table.unwrap().table.unwrap();
    let indexes = table.global_secondary_indexes().iter().map(|index| {
        let projection = index.projection().unwrap();
        assert!(projection.non_key_attributes().is_empty());
        json!({
            "IndexName": index.index_name().unwrap(),
            "KeySchema": keys(index.key_schema()),
            "Projection": {"ProjectionType": projection.projection_type().unwrap().as_str()},
        })
    });
    let life = dynamodb.describe_time_to_live().table_name("table").send();
    let life = life.await.unwrap().time_to_live_description.unwrap();
    let made = json!({
        "BillingMode": table.billing_mode_summary().unwrap().billing_mode().unwrap().as_str(),
        "AttributeDefinitions": attributes(table.attribute_definitions()),
        "KeySchema": keys(table.key_schema()),
        "GlobalSecondaryIndexes": indexes.collect::<Vec<_>>(),
        "TimeToLiveSpecification": {
            "AttributeName": life.attribute_name().unwrap(),
            "Enabled": life.time_to_live_status().unwrap().as_str() == "ENABLED",
        },
    });
    assert!(table.local_secondary_indexes().is_empty());

    let mut described = properties("Table");
    for only_on_aws in [
        "DeletionProtectionEnabled",
        "PointInTimeRecoverySpecification",
        "SSESpecification",
    ] {
        assert!(described.remove(only_on_aws).is_some(), "{only_on_aws}");
    }
    let mut described = serde_json::to_value(described).unwrap();
    sort(&mut described["AttributeDefinitions"]);
    assert_eq!(made, described);
}

#[tokio::test]
async fn the_queues_are_the_templates() {
    let (_endpoints, clients) = start().await;
    let queues = provision::queues(&clients.sqs, "jobs", Duration::from_mins(1))
        .await
        .unwrap();
    for (queue, id, letters) in [
        (
            &queues.jobs,
            "Queue",
            Some((&queues.dead_letters, "DeadLetterQueue")),
        ),
        (&queues.dead_letters, "DeadLetterQueue", None),
        (
            &queues.webhooks,
            "WebhookQueue",
            Some((&queues.webhook_dead_letters, "WebhookDeadLetterQueue")),
        ),
        (&queues.webhook_dead_letters, "WebhookDeadLetterQueue", None),
    ] {
        let made = clients.sqs.get_queue_attributes().queue_url(&queue.url);
        let made = made.attribute_names(QueueAttributeName::All).send().await;
        let made = made.unwrap().attributes.unwrap();
        let mut described = properties(id);
        // How long a message stays hidden here depends on how long a job may take here.
        for of_the_place in ["QueueName", "VisibilityTimeout", "SqsManagedSseEnabled"] {
            assert!(described.remove(of_the_place).is_some(), "{of_the_place}");
        }
        if let Some(allowed) = described.remove("RedriveAllowPolicy") {
            assert!(letters.is_none(), "{allowed:?}");
        }
        let retention = described.remove("MessageRetentionPeriod").unwrap();
        assert_eq!(
            made[&QueueAttributeName::MessageRetentionPeriod],
            retention.as_u64().unwrap().to_string()
        );
        let redrive = described.remove("RedrivePolicy").map(|policy| {
            let (letters, id) = letters.unwrap();
            assert_eq!(policy["deadLetterTargetArn"], arn_of(id));
            let receives = policy["maxReceiveCount"].as_u64();
            json!({
                "deadLetterTargetArn": letters.arn,
                "maxReceiveCount": receives.unwrap(),
            })
        });
        let made = made.get(&QueueAttributeName::RedrivePolicy);
        let made = made.map(|policy| serde_json::from_str::<Value>(policy).unwrap());
        assert_eq!(made, redrive);
        assert!(described.is_empty(), "of {id} not compared: {described:?}");
    }
}

#[test]
fn the_templates_times_leave_the_protocol_its_own() {
    let seconds = |id: &str, property: &str| {
        let value = properties(id)[property].as_u64();
        Duration::from_secs(value.unwrap())
    };
    let retention = |id| seconds(id, "MessageRetentionPeriod");
    assert!(retention("Queue") < retention("DeadLetterQueue"));
    assert!(retention("DeadLetterQueue") < limits::KEEP_UNFINISHED);
    let receives = properties("Queue")["RedrivePolicy"]["maxReceiveCount"].as_u64();
    assert!(receives.unwrap() > u64::from(limits::MAX_ATTEMPTS));
    let timeout = seconds("WorkerFunction", "Timeout");
    assert!(timeout > limits::EXTRACT_TIME);
    assert!(seconds("Queue", "VisibilityTimeout") >= timeout * 6);
    assert!(
        seconds("DeadLetterQueue", "VisibilityTimeout") >= seconds("ReaperFunction", "Timeout") * 6
    );

    let rules = &properties("Bucket")["LifecycleConfiguration"]["Rules"];
    let days = rules.as_sequence().unwrap().iter();
    let days: Vec<_> = days
        .filter_map(|rule| rule["ExpirationInDays"].as_u64())
        .collect();
    let days_of = |kept: Duration| kept.as_secs() / DAY.as_secs();
    let uploads = days_of(limits::KEEP_UPLOAD) + 1;
    assert_eq!(days, [days_of(limits::KEEP_UNFINISHED), uploads]);
}

async fn start() -> (Endpoints, Clients) {
    let endpoints = Endpoints::start(Options {
        storage: Storage::Memory,
        ports: Ports::default(),
        clock: Clock::system(),
        pages: Pages::default(),
    });
    let endpoints = endpoints.await.unwrap();
    let clients = endpoints.clients().await;
    (endpoints, clients)
}

/// The properties of a resource in the template.
fn properties(id: &str) -> BTreeMap<String, Yaml> {
    let template = include_str!("../../../template.yaml");
    let template: Yaml = yaml_serde::from_str(template).unwrap();
    let properties = &template["Resources"][id]["Properties"];
    yaml_serde::from_value(properties.clone()).unwrap()
}

fn arn_of(id: &str) -> Yaml {
    yaml_serde::from_str(&format!("!GetAtt {id}.Arn")).unwrap()
}

fn attributes(of: &[AttributeDefinition]) -> Value {
    let attribute = |attribute: &AttributeDefinition| {
        json!({
            "AttributeName": attribute.attribute_name(),
            "AttributeType": attribute.attribute_type().as_str(),
        })
    };
    let mut attributes = of.iter().map(attribute).collect();
    sort(&mut attributes);
    attributes
}

fn keys(of: &[KeySchemaElement]) -> Value {
    let key = |key: &KeySchemaElement| {
        json!({
            "AttributeName": key.attribute_name(),
            "KeyType": key.key_type().as_str(),
        })
    };
    of.iter().map(key).collect()
}

/// Puts a list into an order, where it has none that means anything.
fn sort(list: &mut Value) {
    let list = list.as_array_mut().unwrap();
    list.sort_by_key(ToString::to_string);
}
