//! Callers with keys.

use access::{ApiKey, KeyRecord, Scope};

use crate::Stack;

impl Stack {
    /// A key of this tenant's with these scopes, as its holder has it.
    pub async fn key(&self, tenant: &str, scopes: impl IntoIterator<Item = Scope>) -> String {
        self.key_but(tenant, scopes, |_record| {}).await
    }

    /// The same, but for what `change` makes of what is kept of it.
    pub async fn key_but(
        &self,
        tenant: &str,
        scopes: impl IntoIterator<Item = Scope>,
        change: impl FnOnce(&mut KeyRecord),
    ) -> String {
        let key = ApiKey::draw();
        let mut record = KeyRecord {
            id: key.id(),
            hash: key.hash(),
            tenant: crate::tenant(tenant),
            scopes: scopes.into_iter().collect(),
            name: "a test's".into(),
            created_at: self.clock.now(),
            created_by: "a test".into(),
            expires_at: None,
            revoked_at: None,
            replaced_by: None,
            last_used: None,
        };
        change(&mut record);
        self.store.api_keys().create(&record).await.unwrap();
        key.reveal()
    }
}
