//! XLSX (ECMA-376), read sheet by sheet in one pass.

mod sheet;
mod strings;

use std::collections::HashMap;

use self::strings::Strings;
use super::Book;
use super::number::{self, Epoch, Kind};
use crate::read::events::{Node, Tag, Xml};
use crate::read::opc::{self, Relations};
use crate::read::package::{self, Package};
use crate::read::{Context, Format, Reader};
use crate::{Document, Error};

pub(in crate::read) static FORMAT: Format = Format {
    name: "XLSX",
    media_types: &[
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
        "application/vnd.ms-excel.sheet.macroenabled.12",
        "application/vnd.ms-excel.template.macroenabled.12",
    ],
    extensions: &["xlsx", "xlsm", "xltx", "xltm"],
    reader: Reader::Package {
        kind: package::Kind::Xlsx,
        read,
    },
};

fn read(mut package: Package<'_>, context: &Context<'_>) -> Result<Document, Error> {
    let main = opc::main_part(&mut package, "xl/workbook.xml")?;
    let relations = Relations::of(&main, &mut package)?;
    let Some(xml) = package.xml(&main)? else {
        return Ok(Document::default());
    };
    let (sheets, epoch) = workbook(xml)?;
    let styles = match relations.target("styles") {
        Some(path) => package.xml(path)?.map(styles).transpose()?,
        None => None,
    };
    let strings = match relations.target("sharedStrings") {
        Some(path) => Strings::read(&mut package, path, context)?,
        None => Strings::default(),
    };
    let shared = Shared {
        strings,
        kinds: styles.unwrap_or_default(),
        epoch,
    };
    let mut book = Book::new(context);
    for Listed {
        name,
        relation,
        is_hidden,
    } in sheets
    {
        let part = relations.get(&relation).filter(|it| !it.is_external);
        // A sheet that is only a chart has no cells.
        let Some(part) = part.filter(|it| it.kind == "worksheet") else {
            continue;
        };
        if is_hidden {
            book.hide(&name);
            continue;
        }
        let grid = sheet::read(&mut package, &part.target, &shared, context)?;
        book.sheet(&name, grid)?;
    }
    Ok(book.finish(opc::metadata(&mut package)?))
}

/// What all sheets have in common.
struct Shared {
    strings: Strings,
    /// What the number format of each style makes of a number.
    kinds: Vec<Kind>,
    epoch: Epoch,
}

/// A sheet, as the workbook lists it.
struct Listed {
    name: String,
    relation: String,
    is_hidden: bool,
}

/// The sheets in their order, and the day from which all count.
fn workbook(mut xml: Xml<'_, '_>) -> Result<(Vec<Listed>, Epoch), Error> {
    let (mut sheets, mut epoch) = (Vec::new(), Epoch::Of1900);
    each_element(&mut xml, |tag| match tag.name() {
        "workbookPr" => {
            let says = tag.attribute("date1904");
            if says.is_some_and(|it| it == "1" || it == "true") {
                epoch = Epoch::Of1904;
            }
        }
        "sheet" => sheets.push(Listed {
            name: tag.attribute("name").unwrap_or_default().into_owned(),
            relation: tag.relation().unwrap_or_default().into_owned(),
            is_hidden: tag.attribute("state").is_some_and(|it| it != "visible"),
        }),
        _ => {}
    })?;
    Ok((sheets, epoch))
}

/// The kinds of number of all styles of cells.
fn styles(mut xml: Xml<'_, '_>) -> Result<Vec<Kind>, Error> {
    let mut formats = HashMap::new();
    let mut kinds = Vec::new();
    let mut of_cells = false;
    each_element(&mut xml, |tag| match tag.name() {
        "numFmt" => {
            let id: Option<u32> = tag.number("numFmtId");
            let code = tag.attribute("formatCode");
            if let (Some(id), Some(code)) = (id, code) {
                formats.insert(id, number::kind(&code));
            }
        }
        "cellXfs" => of_cells = true,
        "cellStyleXfs" | "cellStyles" | "dxfs" => of_cells = false,
        "xf" if of_cells => {
            let id = tag.number("numFmtId").unwrap_or(0);
            let own = formats.get(&id).cloned();
            kinds.push(own.unwrap_or_else(|| number::builtin(id)));
        }
        _ => {}
    })?;
    Ok(kinds)
}

/// Calls the function with each element, however deep it stands.
fn each_element(xml: &mut Xml<'_, '_>, mut each: impl FnMut(&Tag<'_>)) -> Result<(), Error> {
    let mut depth = 0_usize;
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                each(&tag);
                depth += 1;
            }
            Node::End if depth <= 1 => return Ok(()),
            Node::End => depth -= 1,
            Node::Text(_) => {}
        }
    }
}
