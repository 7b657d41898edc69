//! Listens to what `DynamoDB` says that each call has consumed.

use aws_sdk_dynamodb::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemOutput;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::put_item::PutItemOutput;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::operation::scan::ScanOutput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemOutput;
use aws_sdk_dynamodb::types::ConsumedCapacity;

use crate::{meter, metrics};

/// Records the units that an answer tells, on the account of whoever called. It stands in the client, so that no call can be forgotten.
#[derive(Debug)]
pub(crate) struct CountUnits;

impl Intercept for CountUnits {
    fn name(&self) -> &'static str {
        "CountUnits"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(answer) = context.output_or_error() else {
            return Ok(());
        };
        let read = [
            answer
                .downcast_ref()
                .and_then(GetItemOutput::consumed_capacity),
            answer
                .downcast_ref()
                .and_then(QueryOutput::consumed_capacity),
            answer
                .downcast_ref()
                .and_then(ScanOutput::consumed_capacity),
        ];
        let written = [
            answer
                .downcast_ref()
                .and_then(PutItemOutput::consumed_capacity),
            answer
                .downcast_ref()
                .and_then(UpdateItemOutput::consumed_capacity),
            answer
                .downcast_ref()
                .and_then(DeleteItemOutput::consumed_capacity),
        ];
        for units in units(read) {
            metrics::read_units(units);
            meter::read(units);
        }
        for units in units(written) {
            metrics::write_units(units);
            meter::written(units);
        }
        Ok(())
    }
}

fn units<const N: usize>(told: [Option<&ConsumedCapacity>; N]) -> impl Iterator<Item = f64> {
    told.into_iter()
        .flatten()
        .filter_map(ConsumedCapacity::capacity_units)
}
