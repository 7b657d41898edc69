//! Every forbidden range, and what lies beside it.

use std::net::IpAddr;

use crate::ear::{Ear, Names, fetcher, get, silently};
use crate::runtime;
use fetch::FetchError;

/// Addresses of each range: its first, its last, and others that are known.
pub(crate) const FORBIDDEN: [&str; 71] = [
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.0",
    "127.0.0.1",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.0",
    "169.254.79.129",
    "169.254.169.253",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.255.255",
    "172.16.0.0",
    "172.17.0.1",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.192",
    "192.0.0.255",
    "192.0.2.0",
    "192.0.2.255",
    "192.88.99.0",
    "192.88.99.255",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.0",
    "198.51.100.255",
    "203.0.113.0",
    "203.0.113.255",
    "224.0.0.0",
    "239.255.255.255",
    "240.0.0.0",
    "255.255.255.255",
    // IPv6: what is not 2000::/3, whatever IPv4 stands within.
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:93.184.216.34",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::93.184.216.34",
    "64:ff9b:1::1",
    "100::1",
    "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "4000::",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    // IPv6: what is not public within 2000::/3.
    "2001::",
    "2001:0:5ef5:79fb::1",
    "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::",
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
];

/// The neighbours of those ranges.
const PUBLIC: [&str; 36] = [
    "1.0.0.0",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "168.63.129.17",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.255",
    "192.88.100.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.99.255",
    "198.51.101.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "2000::1",
    "2001:200::1",
    "2001:db7:ffff::1",
    "2001:db9::1",
    "2003::1",
    "2606:2800:220:1:248:1893:25c8:1946",
    "3ffe::1",
    "3fff:1000::1",
];

pub(crate) fn url(address: &str) -> String {
    match address.parse().unwrap() {
        IpAddr::V4(it) => format!("http://{it}/"),
        IpAddr::V6(it) => format!("http://[{it}]/"),
    }
}

#[test]
#[ignore = "runs in a namespace"]
fn no_forbidden_address_is_connected_to_named_or_resolved() {
    runtime().block_on(async {
        let ear = Ear::listen();
        for address in FORBIDDEN {
            let names = Names::of(&[&[address]]);
            let fetcher = fetcher(names.clone());
            silently(address, ear, async {
                let answer = get(&fetcher, &url(address)).await;
                assert_eq!(answer, Err(FetchError::ForbiddenAddress), "{address}");
                assert_eq!(names.asked(), 0);
                for scheme in ["http", "https"] {
                    let answer = get(&fetcher, &format!("{scheme}://name.test/")).await;
                    assert_eq!(answer, Err(FetchError::ForbiddenAddress), "{address}");
                }
                assert_eq!(names.asked(), 2);
            })
            .await;
        }
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn every_address_beside_a_forbidden_range_is_connected_to_named_or_resolved() {
    runtime().block_on(async {
        let ear = Ear::listen();
        for address in PUBLIC {
            let fetcher = fetcher(Names::of(&[&[address]]));
            for url in [url(address), "http://name.test/".to_owned()] {
                get(&fetcher, &url).await.unwrap();
                let heard = ear.take();
                assert_eq!(heard.len(), 1, "{url}");
                assert_eq!(heard[0].0.ip(), address.parse::<IpAddr>().unwrap());
            }
        }
    });
}
