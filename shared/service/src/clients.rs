//! The AWS clients, made once per process.

use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};

use crate::capacity::CountUnits;

/// Clients of the three services.
#[derive(Debug, Clone)]
pub struct Clients {
    /// The table.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The queues.
    pub sqs: aws_sdk_sqs::Client,
    /// The bucket.
    pub s3: aws_sdk_s3::Client,
}

/// Where the three services are, when they are not AWS's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// `http://host:port` of `DynamoDB`.
    pub dynamodb: String,
    /// `http://host:port` of SQS.
    pub sqs: String,
    /// `http://host:port` of S3.
    pub s3: String,
}

impl Clients {
    /// Clients as the SDK's own variables tell.
    pub async fn from_env() -> Self {
        let shared = limits(aws_config::defaults(BehaviorVersion::latest()))
            .http_client(http_client())
            .load()
            .await;
        // An endpoint that is not AWS's own has no name for each bucket.
        let path_style = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]
            .into_iter()
            .any(|variable| crate::config::optional(variable).is_some());
        Self::new(&shared, path_style)
    }

    /// Clients of endpoints on this machine, whatever the environment says.
    pub async fn for_endpoints(endpoints: &Endpoints) -> Self {
        let credentials =
            Credentials::new(Self::LOCAL_KEY, Self::LOCAL_SECRET, None, None, "local");
        let shared = limits(aws_config::defaults(BehaviorVersion::latest()))
            .region(Region::from_static("us-east-1"))
            .credentials_provider(credentials)
            .http_client(http_client())
            .load()
            .await;
        let at = |url: &str| shared.to_builder().endpoint_url(url).build();
        Self {
            dynamodb: dynamodb(&at(&endpoints.dynamodb)),
            sqs: aws_sdk_sqs::Client::new(&at(&endpoints.sqs)),
            s3: s3(&at(&endpoints.s3), true),
        }
    }

    /// The access key of the embedded endpoints: no secret, they listen on loopback only.
    pub const LOCAL_KEY: &str = "local";

    /// The secret that belongs to [`Clients::LOCAL_KEY`].
    pub const LOCAL_SECRET: &str = "local-secret";

    fn new(shared: &SdkConfig, path_style: bool) -> Self {
        Self {
            dynamodb: dynamodb(shared),
            sqs: aws_sdk_sqs::Client::new(shared),
            s3: s3(shared, path_style),
        }
    }
}

/// The one layer of retries: all clients have it, and nothing above them retries within a request.
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(4)
}

/// Longest wait for a connection.
const CONNECT_TIME: Duration = Duration::from_secs(3);

/// The retries, and an end to every wait.
fn limits(loader: aws_config::ConfigLoader) -> aws_config::ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIME)
        .operation_attempt_timeout(Duration::from_secs(30))
        .build();
    loader.retry_config(retries()).timeout_config(timeouts)
}

fn dynamodb(shared: &SdkConfig) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::config::Builder::from(shared)
        .interceptor(CountUnits)
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

fn s3(shared: &SdkConfig, path_style: bool) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(shared)
        .force_path_style(path_style)
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

/// What all HTTP of this process that is not a document's goes through: with the roots that the system trusts, the proxy that the environment
/// names, and our timeout, whatever a caller asks for. It follows no redirect.
pub fn http_connector() -> SharedHttpConnector {
    CONNECTOR.clone()
}

/// It reads the roots that the system trusts, which takes longer than all else at the start: so it is made once, not once for each client.
static CONNECTOR: LazyLock<SharedHttpConnector> = LazyLock::new(connector);

/// The connector for all clients: made on a thread of its own, while the function asks for its first event. The first call waits for it
/// where it must.
fn http_client() -> SharedHttpClient {
    // Without the thread the first call makes it.
    let _ = thread::Builder::new().spawn(|| {
        LazyLock::force(&CONNECTOR);
    });
    http_client_fn(|_, _| http_connector())
}

fn connector() -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder()
        .connect_timeout(CONNECT_TIME)
        .build();
    let connector = Connector::builder()
        .connector_settings(settings)
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .proxy_config(ProxyConfig::from_env())
        .build();
    SharedHttpConnector::new(connector)
}
