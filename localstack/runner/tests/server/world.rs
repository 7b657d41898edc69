//! A product, and connections to it that say what no client would.

use std::time::Duration;

use engine::{Engine, Isolation};
use local::product::Product;
use local::server::Bounds;
use local::settings::Settings;
use service::Clock;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use worker::Elsewhere;

/// What takes so long would take for ever.
const HUNG: Duration = Duration::from_secs(30);

/// A product whose worker is off.
pub(crate) struct World {
    pub(crate) product: Product,
    _folder: TempDir,
}

/// A connection to its port.
pub(crate) struct Peer(TcpStream);

/// An answer, as far as it matters here.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Status line and headers, in small letters.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Bounds::default()).await
    }

    pub(crate) async fn with(bounds: Bounds) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let variables = |name: &str| match name {
            "LISTEN" => Some("127.0.0.1:0".to_owned()),
            "DATA_DIR" => Some(folder.path().to_str().unwrap().to_owned()),
            "WORKER" => Some("off".to_owned()),
            _ => None,
        };
        let settings = Settings {
            bounds,
            ..Settings::read(variables).unwrap()
        };
        let engine = Engine::new(Isolation::Thread, engine::Settings::default());
        let product = Product::start(&settings, engine, Elsewhere::off(), Clock::system())
            .await
            .unwrap();
        Self {
            product,
            _folder: folder,
        }
    }

    pub(crate) async fn connect(&self) -> Peer {
        let host = self.product.url.strip_prefix("http://").unwrap();
        Peer(TcpStream::connect(host).await.unwrap())
    }

    /// What these bytes are answered on a connection of their own, until it is closed. Whoever sends them sends no more.
    pub(crate) async fn say(&self, bytes: impl AsRef<[u8]>) -> Vec<Answer> {
        let mut peer = self.connect().await;
        peer.send(bytes).await;
        peer.rest().await
    }

    /// Whether it still answers as it should.
    pub(crate) async fn is_well(&self) -> bool {
        let request =
            "GET /api/v1/health/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        let answers = self.say(request).await;
        answers.len() == 1 && answers[0].status == 200
    }
}

impl Answer {
    /// Whether it tells that its connection takes no more.
    pub(crate) fn says_it_closes(&self) -> bool {
        self.head.contains("connection: close")
    }
}

impl Peer {
    /// Sends as much of this as is taken: a server may have closed already.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = timeout(HUNG, self.0.write_all(bytes.as_ref()))
            .await
            .unwrap();
    }

    /// The next answer.
    pub(crate) async fn answer(&mut self) -> Answer {
        let mut text = Vec::new();
        loop {
            let mut answers = split(&text);
            if let Some(answer) = answers.pop() {
                return answer;
            }
            let read = timeout(HUNG, self.0.read_buf(&mut text)).await.unwrap();
            assert!(read.unwrap() > 0, "closed without an answer: {text:?}");
        }
    }

    /// All that comes until the connection is closed, by the server.
    pub(crate) async fn rest(&mut self) -> Vec<Answer> {
        let mut text = Vec::new();
        // Closed with something unread is a reset, also after an answer.
        let _ = timeout(HUNG, self.0.read_to_end(&mut text))
            .await
            .expect("the connection stays open");
        split(&text)
    }
}

/// The whole answers in a text.
fn split(mut text: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    while let Some(end) = text.windows(4).position(|it| it == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&text[..end]).to_lowercase();
        let length = head.lines().find_map(|line| {
            let length = line.strip_prefix("content-length: ")?;
            length.parse().ok()
        });
        let Some(body) = text[end + 4..].get(..length.unwrap_or(0)) else {
            break;
        };
        text = &text[end + 4 + body.len()..];
        answers.push(Answer {
            status: head[9..12].parse().unwrap(),
            head,
            body: String::from_utf8_lossy(body).into_owned(),
        });
    }
    answers
}
