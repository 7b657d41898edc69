//! Tenants.

use job::Tenant;

/// The tenant of this name.
pub fn tenant(name: &str) -> Tenant {
    #[expect(clippy::disallowed_methods, reason = "a test says whose a thing is")]
    let tenant = Tenant::new(name);
    tenant.unwrap()
}
