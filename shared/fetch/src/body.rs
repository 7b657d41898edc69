//! The bytes of an answer, unpacked and bounded.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use http::Response;
use http::header::CONTENT_ENCODING;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::FetchError;

/// The one coding that is asked for: it is known by all, and unpacked a piece at a time.
pub(crate) const CODING: &str = "gzip";

/// What was read of an answer.
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    /// Whether that is all. Of more than may be read, as sent or unpacked, only the beginning is here.
    pub(crate) is_whole: bool,
}

/// Reads the body of an answer as far as it may go.
pub(crate) async fn read(
    response: Response<Incoming>,
    max_bytes: usize,
) -> Result<Body, FetchError> {
    let mut unpacked = Unpacked::new(&response, max_bytes)?;
    let mut body = response.into_body();
    let mut sent = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| FetchError::Unreachable("the connection broke off."))?;
        let Ok(data) = frame.into_data() else {
            continue; // trailers
        };
        sent += data.len();
        // What is packed well is short as sent, so this is the longer bound; it holds what unpacks to nothing.
        let over = unpacked.write(&data)? || sent > max_bytes;
        if over {
            return Ok(unpacked.cut_off());
        }
    }
    unpacked.end()
}

enum Unpacked {
    AsSent(Bounded),
    Gzip(Box<MultiGzDecoder<Bounded>>),
}

impl Unpacked {
    fn new(response: &Response<Incoming>, max_bytes: usize) -> Result<Self, FetchError> {
        let bounded = Bounded {
            bytes: Vec::new(),
            max_bytes,
            is_over: false,
        };
        let coding = response.headers().get(CONTENT_ENCODING);
        let coding = coding.map_or(&b""[..], |it| it.as_bytes().trim_ascii());
        if coding.is_empty() || coding.eq_ignore_ascii_case(b"identity") {
            Ok(Self::AsSent(bounded))
        } else if coding.eq_ignore_ascii_case(CODING.as_bytes())
            || coding.eq_ignore_ascii_case(b"x-gzip")
        {
            Ok(Self::Gzip(Box::new(MultiGzDecoder::new(bounded))))
        } else {
            Err(FetchError::Malformed(
                "its Content-Encoding is none that was asked for.",
            ))
        }
    }

    /// Adds what was sent. Says whether there is more than may be.
    fn write(&mut self, data: &[u8]) -> Result<bool, FetchError> {
        match self {
            Self::AsSent(bounded) => Ok(bounded.write_all(data).is_err()),
            Self::Gzip(decoder) => match decoder.write_all(data) {
                Ok(()) => Ok(false),
                Err(_) if decoder.get_ref().is_over => Ok(true),
                Err(_) => Err(DAMAGED),
            },
        }
    }

    fn cut_off(self) -> Body {
        let bounded = match self {
            Self::AsSent(bounded) => bounded,
            Self::Gzip(mut decoder) => std::mem::take(decoder.get_mut()),
        };
        Body {
            bytes: bounded.bytes,
            is_whole: false,
        }
    }

    fn end(self) -> Result<Body, FetchError> {
        let bounded = match self {
            Self::AsSent(bounded) => bounded,
            Self::Gzip(mut decoder) => {
                if decoder.try_finish().is_err() {
                    if decoder.get_ref().is_over {
                        return Ok(Self::Gzip(decoder).cut_off());
                    }
                    return Err(DAMAGED);
                }
                std::mem::take(decoder.get_mut())
            }
        };
        Ok(Body {
            bytes: bounded.bytes,
            is_whole: true,
        })
    }
}

const DAMAGED: FetchError = FetchError::Malformed("its gzip is damaged or cut off.");

/// Takes so many bytes and no more.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    max_bytes: usize,
    is_over: bool,
}

impl Write for Bounded {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let room = self.max_bytes - self.bytes.len();
        if data.len() > room {
            self.bytes.extend_from_slice(&data[..room]);
            self.is_over = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
