//! The strings that cells share.

use std::borrow::Cow;

use crate::Error;
use crate::read::events::{Node, Xml};
use crate::read::package::Package;
use crate::read::{Context, check_text};

/// The strings of a workbook, one behind the other.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    pub(super) fn read(
        package: &mut Package<'_>,
        path: &str,
        context: &Context<'_>,
    ) -> Result<Self, Error> {
        let mut strings = Self::default();
        let Some(mut xml) = package.xml(path)? else {
            return Ok(strings);
        };
        xml.root()?;
        loop {
            match xml.next()? {
                Node::Start(_) => {
                    item(&mut xml, &mut strings.text)?;
                    strings.ends.push(strings.text.len());
                    check_text(strings.text.len(), context.limits)?;
                }
                Node::Text(_) => {}
                Node::End => return Ok(strings),
            }
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[start..end])
    }
}

/// Reads a string to the end of its element: its runs, but not how they are pronounced.
fn item(xml: &mut Xml<'_, '_>, text: &mut String) -> Result<(), Error> {
    let (mut depth, mut in_text) = (1_usize, false);
    while depth > 0 {
        match xml.next()? {
            Node::Start(tag) if tag.name() == "rPh" => xml.skip()?,
            Node::Start(tag) => {
                in_text = tag.name() == "t";
                depth += 1;
            }
            Node::Text(piece) if in_text => text.push_str(&piece),
            Node::Text(_) => {}
            Node::End => {
                in_text = false;
                depth -= 1;
            }
        }
    }
    Ok(())
}

/// The characters that XML cannot hold are written as `_x000D_`.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut all = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest
            .get(at + 2..at + 6)
            .filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let char = code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        let Some(char) = char else {
            all.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        all.push_str(&rest[..at]);
        all.push(char);
        rest = &rest[at + 7..];
    }
    Cow::Owned(all + rest)
}
