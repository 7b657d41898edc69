//! `local aws`: the AWS endpoints alone, for programs that run elsewhere on this machine.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use service::{Clients, Clock};

use crate::endpoints::{Endpoints, Options, REGION, Storage};
use crate::settings::AwsSettings;
use crate::signals::Signals;

/// Serves until a signal comes.
pub async fn run(settings: AwsSettings) -> Result<ExitCode, Box<dyn Error>> {
    let mut signals = Signals::install()?;
    let endpoints = Endpoints::start(Options {
        storage: Storage::Folder(settings.data),
        ports: settings.ports,
        clock: Clock::system(),
        pages: settings.pages,
    })
    .await?;
    io::stdout().write_all(greeting(&endpoints).as_bytes())?;
    signals.next().await;
    Ok(signals.unless_repeated(endpoints.shutdown()).await)
}

/// A shell can take these lines as they are.
fn greeting(endpoints: &Endpoints) -> String {
    let service::Endpoints { dynamodb, sqs, s3 } = &endpoints.urls;
    let (key, secret) = (Clients::LOCAL_KEY, Clients::LOCAL_SECRET);
    let folder = endpoints.folder().display();
    format!(
        "# DynamoDB, SQS and S3 of this machine. Data: {folder}
export AWS_ENDPOINT_URL_DYNAMODB={dynamodb}
export AWS_ENDPOINT_URL_SQS={sqs}
export AWS_ENDPOINT_URL_S3={s3}
export AWS_REGION={REGION}
export AWS_ACCESS_KEY_ID={key}
export AWS_SECRET_ACCESS_KEY={secret}
# S3 is addressed by path: aws configure set default.s3.addressing_style path
# Ctrl-C ends it.
"
    )
}
