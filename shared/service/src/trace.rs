//! The trace that AWS put a request in.

use std::num::NonZeroU128;

/// The trace in a header of X-Ray's (`Root=1-5759e988-bd862e3fe1be46a994272793;Parent=…;Sampled=1`), as an id of W3C Trace Context: the digits are
/// the same. None if there is none that can be understood.
pub fn xray_trace_id(header: &str) -> Option<NonZeroU128> {
    let root = header
        .split(';')
        .find_map(|part| part.trim().strip_prefix("Root=1-"))?;
    let (time, unique) = root.split_once('-')?;
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if (time.len(), unique.len()) != (8, 24) || !hex(time) || !hex(unique) {
        return None;
    }
    u128::from_str_radix(&format!("{time}{unique}"), 16)
        .ok()
        .and_then(NonZeroU128::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_of_x_ray_has_the_same_digits_elsewhere() {
        let id = 0x5759_e988_bd86_2e3f_e1be_46a9_9427_2793;
        let root = "Root=1-5759e988-bd862e3fe1be46a994272793";
        for header in [
            root.to_owned(),
            format!("{root};Parent=53995c3f42cd8ad8;Sampled=1"),
            format!("Self=1-67891234-12456789abcdef012345678; {root}"),
        ] {
            assert_eq!(
                xray_trace_id(&header).map(NonZeroU128::get),
                Some(id),
                "{header}"
            );
        }
    }

    #[test]
    fn anything_else_is_no_trace() {
        for header in [
            "",
            "Root=",
            "Root=1-5759e988",
            "Root=1-5759e988-bd862e3fe1be46a99427279",
            "Root=1-5759e988-bd862e3fe1be46a99427279é",
            "Root=1-+759e988-bd862e3fe1be46a994272793",
            "Root=2-5759e988-bd862e3fe1be46a994272793",
            "Root=1-00000000-000000000000000000000000",
            "4bf92f3577b34da6a3ce929d0e0e4736",
        ] {
            assert_eq!(xray_trace_id(header), None, "{header}");
        }
    }
}
