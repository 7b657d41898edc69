//! Listeners on all addresses, and what they hear.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::spawn;

use fetch::{Answer, Conditions, FetchError, Fetcher, Limits, Policy, Resolve};

use crate::namespace::packets;

/// The ports of the web, of many a service within, and of the runtime API of functions.
pub(crate) const PORTS: [u16; 4] = [80, 443, 8080, 9001];

/// What has been heard: to which address somebody connected, and what was asked for.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    heard: Mutex<Vec<(SocketAddr, String)>>,
}

impl Ear {
    /// Listens on all addresses. A path `/to/…` is answered by a redirect to what follows, any other by an empty page.
    pub(crate) fn listen() -> &'static Self {
        static EAR: OnceLock<Ear> = OnceLock::new();
        // This panics in the wrong place, before anything else is done there.
        packets();
        let is_new = EAR.get().is_none();
        let ear = EAR.get_or_init(Self::default);
        if is_new {
            for port in PORTS {
                // IPv4 comes here, too.
                let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).unwrap();
                spawn(move || listener.incoming().for_each(|it| ear.answer(it.unwrap())));
            }
        }
        ear.take();
        ear
    }

    /// One at a time is enough.
    fn answer(&self, mut stream: TcpStream) {
        let at = stream.local_addr().unwrap();
        let at = SocketAddr::new(at.ip().to_canonical(), at.port());
        let mut head = Vec::new();
        let mut part = [0; 4096];
        while !head.windows(4).any(|it| it == b"\r\n\r\n") {
            match stream.read(&mut part) {
                Ok(read @ 1..) => head.extend_from_slice(&part[..read]),
                // Whoever connects has sent a packet, whatever comes then.
                _ => break,
            }
        }
        let head = String::from_utf8_lossy(&head);
        let path = head.split(' ').nth(1).unwrap_or_default();
        let status = match path.strip_prefix("/to/") {
            Some(to) => format!("302 Found\r\nLocation: {to}"),
            None if path == "/robots.txt" => "404 Not Found".to_owned(),
            None => "200 OK".to_owned(),
        };
        self.heard.lock().unwrap().push((at, path.to_owned()));
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(answer.as_bytes());
    }

    /// What was heard since this was asked last.
    pub(crate) fn take(&self) -> Vec<(SocketAddr, String)> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

/// A name has these addresses; each further look-up finds the next list, and the last one again and again.
#[derive(Debug)]
pub(crate) struct Names {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: Mutex<usize>,
}

impl Names {
    pub(crate) fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |list: &&[&str]| list.iter().map(|it| it.parse().unwrap()).collect();
        Arc::new(Self {
            answers: Mutex::new(answers.iter().map(parse).collect()),
            asked: Mutex::new(0),
        })
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

impl Resolve for Names {
    fn resolve(&self, _: &str) -> fetch::Addresses {
        *self.asked.lock().unwrap() += 1;
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 {
            answers.remove(0)
        } else {
            answers[0].clone()
        };
        Box::pin(async move { Ok(answer) })
    }
}

/// A fetcher within the usual policy, but that no site is asked for its `robots.txt`.
pub(crate) fn fetcher(names: Arc<dyn Resolve>) -> Fetcher {
    let off = |name: &str| (name == "FETCH_ROBOTS").then(|| "off".to_owned());
    let policy = Policy::read(off).unwrap();
    Fetcher::with(policy, Limits::default(), names)
}

pub(crate) async fn get(fetcher: &Fetcher, url: &str) -> Result<Answer, FetchError> {
    fetcher.get(url, &Conditions::default()).await
}

/// Does this without a packet being sent, or fails.
pub(crate) async fn silently<T>(what: &str, ear: &Ear, work: impl Future<Output = T>) -> T {
    let before = packets();
    let outcome = work.await;
    assert_eq!(packets(), before, "packets were sent for {what}");
    assert_eq!(ear.take(), [], "somebody connected for {what}");
    outcome
}
