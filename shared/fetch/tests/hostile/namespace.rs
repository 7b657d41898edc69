//! A network namespace that has only loopback, on which every address is at home.

use std::process::Command;

/// In the namespace: brings loopback up, and has every address of both families answered there.
const HOME: &str = "PATH=$PATH:/usr/sbin:/sbin
ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo && exec \"$@\"";

/// The ways to a namespace: as whoever may make one, as root, and by way of root.
const WAYS: [&[&str]; 3] = [
    &["unshare", "--user", "--map-root-user", "--net"],
    &["unshare", "--net"],
    &["sudo", "--non-interactive", "unshare", "--net"],
];

/// Runs the ignored tests of this program in a namespace.
pub(crate) fn run_ignored_tests() {
    let way = WAYS.into_iter().find(|way| run(way, &["true"]).is_ok());
    let way = way.unwrap_or_else(|| {
        let tried: Vec<_> = WAYS.map(|way| run(way, &["true"]).unwrap_err()).into();
        panic!(
            "These tests need a network namespace of their own, made by unshare (util-linux) and ip (iproute2), \
             as root, by sudo without a password, or where user namespaces are allowed:\n{}",
            tried.join("\n")
        )
    });
    let program = std::env::current_exe().unwrap();
    let tests = [program.to_str().unwrap(), "--ignored", "--test-threads=1"];
    let said = run(way, &tests).unwrap_or_else(|said| panic!("{said}"));
    // A filter that matches nothing would pass, too.
    assert!(!said.contains(" 0 passed"), "{said}");
}

fn run(way: &[&str], command: &[&str]) -> Result<String, String> {
    let ran = Command::new(way[0])
        .args(&way[1..])
        .args(["sh", "-c", HOME, "sh"])
        .args(command)
        .output();
    let ran = ran.map_err(|error| format!("{way:?}: {error}"))?;
    let [out, err] = [&ran.stdout, &ran.stderr].map(|it| String::from_utf8_lossy(it));
    if ran.status.success() {
        Ok(out.into_owned())
    } else {
        Err(format!("{way:?}: {}\n{out}\n{err}", ran.status))
    }
}

/// Packets that all interfaces have sent. Panics outside of a namespace without a way out.
pub(crate) fn packets() -> u64 {
    let routes = std::fs::read_to_string("/proc/net/route").unwrap();
    assert_eq!(routes.lines().count(), 1, "There is a way out:\n{routes}");
    let counters = std::fs::read_to_string("/proc/net/dev").unwrap();
    let sent = counters.lines().skip(2).map(|line| {
        let (_, counters) = line.split_once(':').unwrap();
        let sent = counters.split_whitespace().nth(9).unwrap();
        sent.parse::<u64>().unwrap()
    });
    sent.sum()
}
