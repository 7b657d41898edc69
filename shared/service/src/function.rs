//! A process in which Lambda runs a function: what each invocation is logged and measured with.

use std::io;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use lambda_runtime::tower::Service;
use lambda_runtime::tower::layer::layer_fn;
use lambda_runtime::{Error, LambdaInvocation, Runtime};
use tracing::{Instrument, field};

use crate::emf::Embedded;
use crate::{Clock, LogFormat, config, init_logs, metrics, trace};

/// Where the metrics stand in `CloudWatch`, unless `METRICS_NAMESPACE` says otherwise.
const NAMESPACE: &str = "DataExtraction";

/// A function in its process.
#[derive(Debug)]
pub struct Function {
    metrics: Arc<Embedded>,
}

impl Function {
    /// Starts the logs and metrics of the function of this name. The first thing that a process does.
    pub fn start(name: &'static str) -> Result<Self, String> {
        init_logs(LogFormat::Json { function: name }, "")?;
        let namespace = config::optional("METRICS_NAMESPACE").unwrap_or_else(|| NAMESPACE.into());
        Ok(Self {
            metrics: Embedded::install(namespace, name),
        })
    }

    /// Runs one invocation after the other, until Lambda ends the process. What is logged within one names its request, says whether it was the first,
    /// and names its trace where X-Ray knows of one. Its metrics are told when it has been answered, whatever the answer was.
    pub async fn serve<'a, S>(self, runtime: Runtime<S>) -> Result<(), Error>
    where
        S: Service<LambdaInvocation, Response = (), Error = Error>,
        S::Future: 'a,
    {
        let observed = layer_fn(|inner| Observed {
            inner,
            metrics: self.metrics.clone(),
            is_cold: true,
            life: PhantomData::<&'a ()>,
        });
        runtime.layer(observed).run().await
    }
}

/// A function that is observed.
struct Observed<'a, S> {
    inner: S,
    metrics: Arc<Embedded>,
    /// Whether the next invocation is the first.
    is_cold: bool,
    /// How long the futures of the function may live.
    life: PhantomData<&'a ()>,
}

impl<'a, S> Service<LambdaInvocation> for Observed<'a, S>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
    S::Future: 'a,
{
    type Response = ();
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        let cold_start = mem::replace(&mut self.is_cold, false);
        if cold_start {
            metrics::cold_start();
        }
        let request_id = invocation.context.request_id.clone();
        // At the highest level, so that it is there whatever `LOG` says.
        let span = tracing::error_span!(
            "invocation",
            request_id,
            cold_start,
            trace_id = field::Empty
        );
        let xray = invocation.context.xray_trace_id.as_deref();
        if let Some(id) = xray.and_then(trace::xray_trace_id) {
            span.record("trace_id", format!("{id:032x}"));
        }
        let metrics = self.metrics.clone();
        let answered = span
            .in_scope(|| self.inner.call(invocation))
            .instrument(span);
        Box::pin(async move {
            let answered = answered.await;
            // Nobody can be told if this fails.
            let _ = metrics.flush(&request_id, Clock::system().now(), io::stdout().lock());
            answered
        })
    }
}
